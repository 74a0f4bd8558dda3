"""What the observation grid saw, kept apart from answers that are erased."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portrea.web.surveys.models import Survey


class Observed(models.Model):
    """One situation before one procedure: its month, what blocked, a code of the place.

    Nothing links it to an answer; the code tells two places apart without naming them.
    """

    survey = models.ForeignKey(
        Survey, on_delete=models.CASCADE, related_name="+", verbose_name=_("enquête")
    )
    month = models.DateField(_("mois (son premier jour)"))
    procedure = models.CharField(_("démarche"), max_length=40)
    codes = models.JSONField(_("ce qui bloque"), default=list)
    place = models.CharField(_("code du lieu"), max_length=16)

    class Meta:
        """By month, of a survey."""

        verbose_name = _("situation observée")
        verbose_name_plural = _("situations observées")
        ordering: ClassVar = ["month", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["survey", "month"], name="journeys_observed_month")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.procedure}"
