"""Questionnaires: a draft that is written, versions that never change."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import KEY, new_key


class Questionnaire(models.Model):
    """A questionnaire of a territory; ``draft`` holds its sheets (XLSForm) as they are written."""

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    name = models.SlugField(_("nom technique"), max_length=64)
    title = models.CharField(_("titre"), max_length=200)
    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    model = models.CharField(_("modèle de départ"), max_length=64, blank=True)
    draft = models.JSONField(_("feuilles en cours"), default=dict)
    edits = models.PositiveIntegerField(_("changements du brouillon"), default=0)
    reread = models.JSONField(_("traductions à relire"), default=list, blank=True)
    created = models.DateTimeField(_("créé le"), default=timezone.now)
    archived = models.DateTimeField(_("rangé le"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("créé par"),
    )

    class Meta:
        """Newest first."""

        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["level", "code"], name="surveys_form_where")]

    def __str__(self) -> str:
        return self.title

    @property
    def territory(self) -> str:
        """Where, as permissions ask."""
        return f"{self.level}:{self.code}"


class Earlier(models.Model):
    """The draft as it was before a change, so that the change can be undone; the last ones only."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, related_name="earlier"
    )
    edits = models.PositiveIntegerField(_("rang du changement"))
    what = models.CharField(_("changement"), max_length=200)
    draft = models.JSONField(_("feuilles d’avant"))
    reread = models.JSONField(_("traductions à relire, avant"), default=list, blank=True)
    at = models.DateTimeField(_("le"), default=timezone.now)

    class Meta:
        """Newest first."""

        verbose_name = _("brouillon d’avant")
        verbose_name_plural = _("brouillons d’avant")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.what


class Version(models.Model):
    """A questionnaire as it was asked one day: its sheets and its XForm never change."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, related_name="versions"
    )
    number = models.CharField(_("version"), max_length=32)
    sheets = models.JSONField(_("feuilles"))
    xform = models.TextField(_("XForm"))
    digest = models.CharField(_("empreinte de l’XForm"), max_length=32)
    created = models.DateTimeField(_("publiée le"), default=timezone.now)

    class Meta:
        """Newest first, each number once."""

        verbose_name = _("version d’un questionnaire")
        verbose_name_plural = _("versions d’un questionnaire")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="surveys_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} {self.number}"
