"""The catalogue of procedures: what people must do, with which administration, where it is told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import KEY, new_key


class Procedure(models.Model):
    """A procedure, national (``france:FR``) or of a territory. It is retired, never erased.

    ``origin`` is its code in ``demarches.yaml``; once ``edited`` on the site, the file no longer
    changes it.
    """

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    name = models.CharField(_("démarche"), max_length=160)
    body = models.CharField(_("administration"), max_length=160)
    theme = models.CharField(_("thème"), max_length=40, blank=True)
    words = models.CharField(_("autres mots"), max_length=400, blank=True)
    link = models.URLField(_("page officielle"), max_length=400, blank=True)
    source = models.CharField(_("source"), max_length=200)
    checked = models.DateField(_("relue le"))
    retired = models.DateField(_("retirée le"), null=True, blank=True)
    origin = models.CharField(_("ligne du catalogue"), max_length=40, blank=True)
    edited = models.DateTimeField(_("changée sur le site le"), null=True, blank=True)
    level = models.CharField(_("niveau du territoire"), max_length=12, default="france")
    code = models.CharField(_("code du territoire"), max_length=12, default="FR")

    class Meta:
        """By name; the same once in a territory."""

        verbose_name = _("démarche administrative")
        verbose_name_plural = _("démarches administratives")
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name", "body", "level", "code"], name="action_procedure_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.body})"

    @property
    def territory(self) -> str:
        """Where it is asked, as permissions ask."""
        return f"{self.level}:{self.code}"
