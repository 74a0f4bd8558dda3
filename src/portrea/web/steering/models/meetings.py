"""Meetings of a comité: agenda, what was measured that day, decisions and what became of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portrea.steering.committee import OPEN, State
from portrea.web.accounts.keys import KEY, new_key
from portrea.web.steering.models.committees import Committee, Seat

STATES = [
    (str(State.WAITING), _("À faire")),
    (str(State.DOING), _("En cours")),
    (str(State.DONE), _("Faite")),
    (str(State.DROPPED), _("Abandonnée")),
]


class MeetingState(models.TextChoices):
    """Where a meeting stands."""

    PLANNED = "prevue", _("prévue")
    HELD = "tenue", _("tenue")
    CANCELLED = "annulee", _("annulée")


class Meeting(models.Model):
    """A meeting; ``facts`` are the measures of the day it was held, that the next one reads.

    ``version`` counts the changes of its day, hours, place or state, for calendars.
    """

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    committee = models.ForeignKey(Committee, on_delete=models.CASCADE, related_name="meetings")
    day = models.DateField(_("jour"))
    starts = models.TimeField(_("début"), null=True, blank=True)
    ends = models.TimeField(_("fin"), null=True, blank=True)
    place = models.CharField(_("lieu"), max_length=200, blank=True)
    link = models.URLField(_("lien de visioconférence"), max_length=300, blank=True)
    state = models.CharField(
        _("état"), max_length=8, choices=MeetingState.choices, default=MeetingState.PLANNED
    )
    version = models.PositiveIntegerField(_("version"), default=0)
    facts = models.JSONField(_("mesures du jour"), default=dict, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = _("réunion du comité")
        verbose_name_plural = _("réunions du comité")
        ordering: ClassVar = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.committee_id} {self.day}"

    @property
    def planned(self) -> bool:
        """Whether it may still be prepared."""
        return self.state == MeetingState.PLANNED


class Item(models.Model):
    """A point of the agenda; ``rule`` says what proposed it, empty when somebody wrote it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    rank = models.PositiveSmallIntegerField(_("rang"), default=0)
    rule = models.CharField(_("règle"), max_length=24, blank=True)
    title = models.CharField(_("point"), max_length=200)
    why = models.TextField(_("pourquoi"), blank=True)
    page = models.CharField(_("page"), max_length=200, blank=True)
    left_out = models.BooleanField(_("écarté"), default=False)

    class Meta:
        """In the order of the meeting."""

        verbose_name = _("point de l’ordre du jour")
        verbose_name_plural = _("points de l’ordre du jour")
        ordering: ClassVar = ["rank", "pk"]

    def __str__(self) -> str:
        return self.title


class Decision(models.Model):
    """What a meeting decided: an action has an owner and a day; its indicator is frozen.

    ``indicator`` is the key of a fact, ``frozen`` that fact on the day of the decision.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    title = models.CharField(_("décision ou action"), max_length=300)
    owner = models.ForeignKey(
        Seat, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("qui s’en charge"),
    )  # fmt: skip
    due = models.DateField(_("pour quand"), null=True, blank=True)
    indicator = models.CharField(_("mesure suivie"), max_length=40, blank=True)
    frozen = models.JSONField(_("mesure du jour de la décision"), default=dict, blank=True)
    state = models.CharField(
        _("où elle en est"), max_length=12, choices=STATES, default=str(State.WAITING)
    )
    note = models.TextField(_("en quelques mots"), blank=True)

    class Meta:
        """As they were taken."""

        verbose_name = _("décision du comité")
        verbose_name_plural = _("décisions du comité")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN
