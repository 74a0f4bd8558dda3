"""Links that show one view of the indicators, to whoever holds them, until they end."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SharedView(models.Model):
    """A view of the indicators of a territory: ``asked`` is its address, nothing else is shown.

    The token is never kept: its digest finds the link, and only this site's secret key can write it
    again.
    """

    digest = models.CharField(_("empreinte du jeton"), max_length=64, unique=True)
    label = models.CharField(_("nom du lien"), max_length=120)
    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    asked = models.JSONField(_("vue partagée"), default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True,
        related_name="+", verbose_name=_("créé par"),
    )  # fmt: skip
    created = models.DateTimeField(_("créé le"), default=timezone.now)
    expires = models.DateTimeField(_("expire le"))
    revoked = models.DateTimeField(_("révoqué le"), null=True, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = _("lien vers des indicateurs")
        verbose_name_plural = _("liens vers des indicateurs")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def territory(self) -> str:
        """What it shows, as permissions ask."""
        return f"{self.level}:{self.code}"

    @property
    def open(self) -> bool:
        """Whether it still shows something."""
        return self.revoked is None and self.expires > timezone.now()
