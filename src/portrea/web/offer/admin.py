"""The census in the administration: to look and to search; every change goes through services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin

from portrea.web.offer.models import (
    Alias,
    Fix,
    ImportBatch,
    ImportRow,
    Merge,
    Place,
    Question,
    SourceCard,
)

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReadOnly(admin.ModelAdmin):
    """Shown, never written: a change here would escape the journal and the layers."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, *arguments: Any) -> bool:  # noqa: ARG002
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse."""
        return False


@admin.register(Place)
class PlaceAdmin(ReadOnly):
    """Places, by town and name."""

    list_display = ("name", "city", "kind", "status", "updated", "listed")
    list_filter = ("status", "listed", "region")
    search_fields = ("search", "id")


@admin.register(SourceCard)
class SourceCardAdmin(ReadOnly):
    """What lists tell."""

    list_display = ("source_id", "source", "updated", "reliability", "present")
    search_fields = ("source_id",)
    raw_id_fields = ("place", "batch")


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnly):
    """Lists received."""

    list_display = ("id", "title", "source", "state", "applied", "undone")
    list_filter = ("state",)


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnly):
    """What became of each row."""

    list_display = ("batch_id", "row", "action", "source_id", "place")
    list_filter = ("action",)
    search_fields = ("source_id", "place")


@admin.register(Fix)
class FixAdmin(ReadOnly):
    """What people fixed."""

    list_display = ("place_id", "path", "at", "origin", "state")
    list_filter = ("state", "origin")
    search_fields = ("place__id", "path")


@admin.register(Question)
class QuestionAdmin(ReadOnly):
    """What waits for an answer."""

    list_display = ("place_id", "path", "source", "raised", "state")
    list_filter = ("state",)


@admin.register(Merge)
class MergeAdmin(ReadOnly):
    """Places that are one."""

    list_display = ("absorbed_id", "kept_id", "origin", "at", "undone")
    list_filter: ClassVar = ["origin"]


@admin.register(Alias)
class AliasAdmin(ReadOnly):
    """Former identifiers."""

    list_display = ("id", "place_id")
    search_fields = ("id",)
