"""Trials of « Et si ? » that a référent named, to be found again and shown."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import KEY, new_key


class Scenario(models.Model):
    """A named trial: its address, and what it said the day it was named."""

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    title = models.CharField(_("nom de l’essai"), max_length=120)
    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    query = models.TextField(_("adresse de l’essai"))
    told = models.TextField(_("réponse de ce jour-là"))
    computation = models.CharField(_("calcul de ce jour-là"), max_length=40)
    created = models.DateTimeField(_("enregistré le"), default=timezone.now)
    shown = models.BooleanField(_("dans le portrait et le dossier du comité"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("enregistré par"),
    )

    class Meta:
        """Newest first."""

        verbose_name = _("essai")
        verbose_name_plural = _("essais")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["level", "code"], name="reach_scenario_where")]

    def __str__(self) -> str:
        return self.title

    @property
    def territory(self) -> str:
        """Where, as permissions ask."""
        return f"{self.level}:{self.code}"
