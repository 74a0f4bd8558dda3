"""Rules of dates that a territory adds or changes, in the words of ``params/echeances.yaml``."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portrea.web.action.models.base import Made


class DateRule(Made):
    """One rule of a territory; ``card`` is what :func:`read_rules` reads, source and date told."""

    name = models.SlugField(_("nom technique"), max_length=40)
    card = models.JSONField(_("règle"))
    checked = models.DateField(_("relue le"))
    retired = models.DateField(_("retirée le"), null=True, blank=True)

    class Meta:
        """By name, each once in a territory."""

        verbose_name = _("règle de dates")
        verbose_name_plural = _("règles de dates")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "level", "code"], name="action_rule_once")
        ]

    def __str__(self) -> str:
        return self.name
