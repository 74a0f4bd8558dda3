"""Demands left without an answer, counted: no person, no address, no hour."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portrea.offer.orientation import unmet


class UnmetDemand(models.Model):
    """How many times, in a month, a need found nothing that suits from a commune."""

    class Origin(models.TextChoices):
        """Who told it."""

        AGENT = "agent", _("agents")
        VISITOR = "visitor", _("public")
        PARTNER = "partner", _("refus d’un partenaire")

    month = models.DateField(_("mois (son premier jour)"))
    commune = models.CharField(_("code de la commune"), max_length=5)
    need = models.CharField(_("besoin"), max_length=12)
    procedure = models.CharField(_("démarche"), max_length=40, blank=True)
    reason = models.CharField(_("raison"), max_length=12)
    origin = models.CharField(_("dite par"), max_length=7, choices=Origin.choices)
    count = models.PositiveIntegerField(_("nombre"), default=0)

    class Meta:
        """One row by month, commune, need, procedure, reason and origin."""

        verbose_name = _("demande sans réponse")
        verbose_name_plural = _("demandes sans réponse")
        ordering: ClassVar = ["month", "commune", "need", "procedure", "reason", "origin"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["month", "commune", "need", "procedure", "reason", "origin"],
                name="journeys_demand_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.commune} {self.need} {self.label}"

    @property
    def label(self) -> str:
        """French words of the reason."""
        return unmet.reasons()[self.reason].label
