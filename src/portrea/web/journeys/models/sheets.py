"""Sheets of places that phones kept without a network, and the proposal that each became."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SheetReceived(models.Model):
    """A sheet sent by a phone: sent again, it is known by its identifier and what it says."""

    uuid = models.UUIDField(_("identifiant"))
    digest = models.CharField(_("empreinte"), max_length=64)
    proposal = models.ForeignKey(
        "offer.Proposal",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("proposition"),
    )
    received = models.DateTimeField(_("reçue le"), default=timezone.now)

    class Meta:
        """In the order they came, each once."""

        verbose_name = _("fiche reçue d’un téléphone")
        verbose_name_plural = _("fiches reçues de téléphones")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["uuid", "digest"], name="journeys_sheet_once")
        ]

    def __str__(self) -> str:
        return str(self.uuid)
