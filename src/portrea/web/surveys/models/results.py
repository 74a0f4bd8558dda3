"""What was published of a survey: each edition is kept as it was read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.surveys.models.rounds import Survey


class Publication(models.Model):
    """An edition of the results: its content never changes, small counts are already gone.

    Published pages are read from here: answers that come later change nothing, so that no count
    is found by comparing two days.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="publications")
    number = models.PositiveSmallIntegerField(_("édition"))
    content = models.JSONField(_("contenu publié"))
    at = models.DateTimeField(_("publiée le"), default=timezone.now)
    withdrawn = models.DateTimeField(_("retirée le"), null=True, blank=True)

    class Meta:
        """Newest first, each number once."""

        verbose_name = _("édition des résultats")
        verbose_name_plural = _("éditions des résultats")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "number"], name="surveys_edition_once")
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} n° {self.number}"
