"""Aids that a commune or a département gives, written by those who hold its territory."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portrea.web.rights.models.base import Placed


class LocalAid(Placed):
    """One aid; ``card`` is what :func:`portrea.rights.aids.read_aid` reads.

    It is retired, never erased; the journal keeps its versions.
    """

    name = models.SlugField(_("nom technique"), max_length=60)
    card = models.JSONField(_("aide"))
    retired = models.DateField(_("retirée le"), null=True, blank=True)

    class Meta:
        """By name, each once in a territory."""

        verbose_name = _("aide locale")
        verbose_name_plural = _("aides locales")
        ordering: ClassVar = ["level", "code", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "level", "code"], name="rights_aid_once")
        ]

    def __str__(self) -> str:
        return self.name
