"""Individual appointments of a permanence: its hours, its closings, who comes when; no identity."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import CODE, KEY, new_code, new_key
from portrea.web.action.models.base import Made


class Permanence(Made):
    """Where and how appointments are taken.

    ``minutes`` is the length of one, ``agents`` how many at once; it may be taken from ``notice``
    hours to ``ahead`` days before. ``public`` opens the booking without account.
    """

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    title = models.CharField(_("nom"), max_length=160)
    place = models.CharField(_("lieu du recensement"), max_length=100, blank=True)
    address = models.CharField(_("adresse"), max_length=240, blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    commune = models.CharField(_("commune"), max_length=5, blank=True)
    about = models.TextField(_("pour quoi"), blank=True)
    bring = models.TextField(_("à apporter"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes par rendez-vous"), default=30)
    agents = models.PositiveSmallIntegerField(_("personnes qui reçoivent"), default=1)
    notice = models.PositiveSmallIntegerField(_("heures avant, au plus tard"), default=2)
    ahead = models.PositiveSmallIntegerField(_("jours à l’avance, au plus"), default=42)
    public = models.BooleanField(_("réservation sans compte"), default=True)
    on_holidays = models.BooleanField(_("tenue les jours fériés"), default=False)
    in_school_holidays = models.BooleanField(
        _("tenue pendant les vacances scolaires"), default=True
    )
    closed = models.DateField(_("fermée depuis le"), null=True, blank=True)

    class Meta:
        """By name."""

        verbose_name = _("permanence sur rendez-vous")
        verbose_name_plural = _("permanences sur rendez-vous")
        ordering: ClassVar = ["title", "pk"]
        indexes: ClassVar = [models.Index(fields=["level", "code"], name="action_permanence_where")]

    def __str__(self) -> str:
        return self.title


class Opening(models.Model):
    """Hours of a permanence: a weekday (Monday is 0), every ``every`` weeks from ``first``."""

    permanence = models.ForeignKey(Permanence, on_delete=models.CASCADE, related_name="openings")
    weekday = models.PositiveSmallIntegerField(_("jour de la semaine"))
    starts = models.TimeField(_("de"))
    ends = models.TimeField(_("à"))
    every = models.PositiveSmallIntegerField(_("toutes les … semaines"), default=1)
    first = models.DateField(_("à partir du"))
    last = models.DateField(_("jusqu’au"), null=True, blank=True)

    class Meta:
        """Through the week."""

        verbose_name = _("ouverture")
        verbose_name_plural = _("ouvertures")
        ordering: ClassVar = ["weekday", "starts", "pk"]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts}–{self.ends}"


class Closing(models.Model):
    """Days when a permanence is not held, both included."""

    permanence = models.ForeignKey(Permanence, on_delete=models.CASCADE, related_name="closings")
    first = models.DateField(_("du"))
    last = models.DateField(_("au"))
    why = models.CharField(_("pourquoi"), max_length=120, blank=True)

    class Meta:
        """In time."""

        verbose_name = _("fermeture")
        verbose_name_plural = _("fermetures")
        ordering: ClassVar = ["first", "pk"]

    def __str__(self) -> str:
        return f"{self.first} – {self.last}"


class Appointment(models.Model):
    """A moment kept for somebody, who is known by a code only.

    ``seat`` numbers those of one moment, from 0 to ``agents`` − 1: the database refuses two active
    ones in the same seat, whoever clicks first. ``subject`` is a theme, not a story. ``message`` is
    what the team says of a change, shown to whoever has the code.
    """

    class State(models.TextChoices):
        """What became of it."""

        TAKEN = "pris", _("pris")
        CAME = "venu", _("venu·e")
        MISSED = "absent", _("non venu·e")
        CANCELLED = "annule", _("annulé")

    permanence = models.ForeignKey(
        Permanence, on_delete=models.CASCADE, related_name="appointments"
    )
    starts = models.DateTimeField(_("début"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    seat = models.PositiveSmallIntegerField(_("place"), default=0)
    code = models.CharField(_("code"), max_length=CODE, unique=True, default=new_code)
    subject = models.CharField(_("sujet"), max_length=40, blank=True)
    needs = models.JSONField(_("besoins"), default=list, blank=True)
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.TAKEN)
    by_agent = models.BooleanField(_("pris par un agent"), default=False)
    created = models.DateTimeField(_("pris le"), default=timezone.now)
    cancelled = models.DateTimeField(_("annulé le"), null=True, blank=True)
    message = models.CharField(_("message de la permanence"), max_length=200, blank=True)

    class Meta:
        """In time; one by seat."""

        verbose_name = _("rendez-vous")
        verbose_name_plural = _("rendez-vous")
        ordering: ClassVar = ["starts", "seat", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["permanence", "starts", "seat"],
                condition=~Q(state="annule"),
                name="action_appointment_seat",
            )
        ]

    def __str__(self) -> str:
        return f"{self.permanence_id} {self.starts:%Y-%m-%d %H:%M}"

    @property
    def is_held(self) -> bool:
        """Whether somebody is still expected, or was and nobody said what became of it."""
        return self.state == self.State.TAKEN

    @property
    def is_cancelled(self) -> bool:
        """Whether the moment was given back."""
        return self.state == self.State.CANCELLED


class AppointmentCount(models.Model):
    """How many appointments of a past month ended so: what is left of them, without any code."""

    permanence = models.ForeignKey(Permanence, on_delete=models.CASCADE, related_name="counts")
    month = models.DateField(_("mois"))
    state = models.CharField(_("état"), max_length=8, choices=Appointment.State.choices)
    subject = models.CharField(_("sujet"), max_length=40, blank=True)
    number = models.PositiveIntegerField(_("nombre"), default=0)

    class Meta:
        """By month; one line by state and subject."""

        verbose_name = _("décompte de rendez-vous")
        verbose_name_plural = _("décomptes de rendez-vous")
        ordering: ClassVar = ["-month", "state", "subject"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["permanence", "month", "state", "subject"],
                name="action_appointment_count_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.state} {self.number}"
