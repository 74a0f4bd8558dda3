"""Two places that are one: what was joined, why, and how to part them again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Merge(models.Model):
    """One place absorbed by another. ``moved`` says which cards, fixes and aliases went over."""

    kept = models.ForeignKey("offer.Place", on_delete=models.CASCADE, related_name="merges")
    absorbed = models.ForeignKey(
        "offer.Place", on_delete=models.CASCADE, related_name="absorptions"
    )
    evidence = models.JSONField(_("raisons"), default=dict)
    origin = models.CharField(_("décidée par"), max_length=20, default="person")
    at = models.DateTimeField(_("le"), default=timezone.now)
    undone = models.DateTimeField(_("défaite le"), null=True, blank=True)
    moved = models.JSONField(_("ce qui est passé de l’un à l’autre"), default=dict)

    class Meta:
        """A place is absorbed by one other at a time."""

        verbose_name = _("fusion")
        verbose_name_plural = _("fusions")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=models.Q(undone__isnull=True),
                name="offer_merge_absorbed_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.kept_id}"


class Alias(models.Model):
    """A former identifier, and the place that answers for it."""

    id = models.CharField(_("ancien identifiant"), primary_key=True, max_length=40)
    place = models.ForeignKey("offer.Place", on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        """Followed by addresses of pages and exports."""

        verbose_name = _("ancien identifiant")
        verbose_name_plural = _("anciens identifiants")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.id} → {self.place_id}"
