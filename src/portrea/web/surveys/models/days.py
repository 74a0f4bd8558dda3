"""A démarche around a day of collection: its steps, who does what, who sits where."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import KEY, new_key
from portrea.web.surveys.models.rounds import Survey

PIN = 6


def new_pin() -> str:
    """Return the figures that open the board to those in the room."""
    return get_random_string(PIN, "0123456789")


class Day(models.Model):
    """A day where the actors of a territory meet to tell needs and offer, and what surrounds it."""

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    title = models.CharField(_("titre"), max_length=200)
    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    date = models.DateField(_("jour de la collecte"), null=True, blank=True)
    starts = models.TimeField(_("début"), null=True, blank=True)
    place = models.CharField(_("lieu"), max_length=200, blank=True)
    agenda = models.JSONField(_("ordre du jour"), default=list, blank=True)
    surveys = models.ManyToManyField(Survey, related_name="days", blank=True)
    closed = models.DateTimeField(_("close le"), null=True, blank=True)
    notes = models.TextField(_("notes du secrétaire"), blank=True)
    decisions = models.TextField(_("décisions"), blank=True)
    present = models.PositiveSmallIntegerField(_("structures présentes"), null=True, blank=True)
    pin = models.CharField(_("code des hôtes"), max_length=6, default=new_pin)
    created = models.DateTimeField(_("créée le"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("créée par"),
    )

    class Meta:
        """Newest first."""

        verbose_name = _("démarche")
        verbose_name_plural = _("démarches")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["level", "code"], name="surveys_day_where")]

    def __str__(self) -> str:
        return self.title

    @property
    def territory(self) -> str:
        """Where, as permissions ask."""
        return f"{self.level}:{self.code}"


class Task(models.Model):
    """One thing to do before, during or after the day: by which function, for when."""

    class Stage(models.TextChoices):
        """The steps of the démarche, in their order."""

        PRESENTATION = "presentation", _("Présentation (deux heures)")
        COMMITMENT = "engagement", _("Engagement des élu·es")
        COORDINATION = "coordination", _("Coordination (trois jours)")
        COLLECTION = "collecte", _("Journée de collecte")
        RESTITUTION = "restitution", _("Restitution")
        UPKEEP = "entretien", _("Entretien")

    day = models.ForeignKey(Day, on_delete=models.CASCADE, related_name="tasks")
    stage = models.CharField(_("étape"), max_length=12, choices=Stage.choices)
    title = models.CharField(_("à faire"), max_length=200)
    owner = models.CharField(_("qui (fonction ou structure)"), max_length=120, blank=True)
    due = models.DateField(_("pour le"), null=True, blank=True)
    done = models.DateField(_("fait le"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=400, blank=True)

    class Meta:
        """By date, then as written."""

        verbose_name = _("tâche")
        verbose_name_plural = _("tâches")
        ordering: ClassVar = [models.F("due").asc(nulls_last=True), "pk"]

    def __str__(self) -> str:
        return self.title


class Seat(models.Model):
    """One role of the day: a table and its host, the scribe; a function, not a name, by default."""

    class Role(models.TextChoices):
        """Who does what in the room."""

        REFERENT = "referent", _("référent·e")
        HOST = "hote", _("hôte de table")
        SCRIBE = "scribe", _("secrétaire")

    day = models.ForeignKey(Day, on_delete=models.CASCADE, related_name="seats")
    role = models.CharField(_("rôle"), max_length=8, choices=Role.choices)
    table = models.CharField(_("table"), max_length=40, blank=True)
    topic = models.CharField(_("sujet de la table"), max_length=200, blank=True)
    who = models.CharField(_("qui (fonction ou structure)"), max_length=120, blank=True)

    class Meta:
        """As written."""

        verbose_name = _("rôle du jour")
        verbose_name_plural = _("rôles du jour")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.role} {self.table}".strip()
