"""Small lists to import, and the whole state of the census to compare."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from portrea.offer.content import from_dict
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.offer.models import Alias, Fix, ImportBatch, Merge, Place, Question, SourceCard
from portrea.web.offer.services import import_apply, import_receive

if TYPE_CHECKING:
    from django.db import models

    from portrea.offer.record import Place as Record

LISTS = "liste-a"


def record(identifier: str = "1", **fields: Any) -> Record:
    """A place of Iffendic (35133) as a list tells it."""
    content = {"name": f"Lieu {identifier}", "commune": "35133", "city": "Iffendic"} | fields
    return from_dict({"id": identifier, **content})


def applied(
    *records: Record, source: str = LISTS, today: date | None = None, **options: Any
) -> ImportBatch:
    """Import a list, at once."""
    whole = options.pop("whole", True)
    batch = import_receive(actor=SYSTEM, source=source, whole=whole)
    return import_apply(actor=SYSTEM, batch=batch, places=records, today=today, **options)


def only_place() -> Place:
    """The one place of the census."""
    return Place.objects.get(status="open")


NOW_AND_THEN = {"version", "changed", "edits"}
"""Columns that tell that something happened, not what is known."""


def state() -> dict[str, list[dict[str, Any]]]:
    """Everything the census knows: two equal states are the same census."""
    kept: dict[str, list[dict[str, Any]]] = {}
    tables: tuple[type[models.Model], ...] = (Place, SourceCard, Fix, Question, Alias)
    for model in tables:
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in NOW_AND_THEN]
        kept[model.__name__] = list(model.objects.order_by("pk").values(*names))
    active = Merge.objects.filter(undone=None).order_by("pk")
    kept["Merge"] = list(active.values("kept_id", "absorbed_id"))
    return kept


def at(year: int, month: int = 1, day: int = 1) -> datetime:
    """A moment, at noon."""
    return datetime(year, month, day, 12, tzinfo=UTC)
