"""Workshops: series, one day of it, contacts to make, team, registrations, what people thought."""

from __future__ import annotations

from datetime import time
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import CODE, KEY, new_code, new_key
from portrea.web.action.models.base import Made


class Series(Made):
    """A workshop that comes back: the rhythm of :class:`portrea.action.planning.Series`.

    ``starts`` and ``ends`` are hours on the clocks of the place.
    """

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    title = models.CharField(_("titre"), max_length=160)
    first = models.DateField(_("à partir du"))
    until = models.DateField(_("jusqu’au"))
    every = models.PositiveSmallIntegerField(_("tous les … mois"), default=3)
    window_first = models.PositiveSmallIntegerField(_("du … du mois"), default=1)
    window_last = models.PositiveSmallIntegerField(_("au … du mois"), default=31)
    weekday = models.PositiveSmallIntegerField(_("jour de la semaine"), null=True, blank=True)
    turns = models.JSONField(_("lieux, tour à tour"), default=list, blank=True)
    starts = models.TimeField(_("début"), default=time(14))
    ends = models.TimeField(_("fin"), default=time(16))

    class Meta:
        """Newest first."""

        verbose_name = _("série d’ateliers")
        verbose_name_plural = _("séries d’ateliers")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["level", "code"], name="action_series_where")]

    def __str__(self) -> str:
        return self.title


class Workshop(Made):
    """One day: a workshop, a round table by administration, a collective permanence.

    ``capacity`` none means no limit; ``waiting`` is the length of the waiting list. ``equipment``
    lists ``{what, number, ready, only}``. Registration without account is open when ``public``.
    ``area`` is the priority area that it is for (``iris:350510101``). ``sequence`` counts the
    changes that a calendar must follow.
    """

    class Format(models.TextChoices):
        """What it is."""

        WORKSHOP = "atelier", _("atelier")
        ROUND_TABLE = "table_ronde", _("table ronde par administration")
        PERMANENCE = "permanence", _("permanence collective")

    class State(models.TextChoices):
        """Where it stands."""

        PLANNED = "prevu", _("prévu")
        HELD = "tenu", _("tenu")
        CANCELLED = "annule", _("annulé")

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    series = models.ForeignKey(
        Series, on_delete=models.SET_NULL, null=True, blank=True, related_name="workshops",
        verbose_name=_("série"),
    )  # fmt: skip
    title = models.CharField(_("titre"), max_length=160)
    format = models.CharField(
        _("format"), max_length=12, choices=Format.choices, default=Format.WORKSHOP
    )
    themes = models.JSONField(_("thèmes"), default=list, blank=True)
    standing = models.CharField(_("niveau"), max_length=16, blank=True)
    about = models.TextField(_("ce qu’on y fait"), blank=True)
    turn = models.CharField(_("genre de lieu dont c’est le tour"), max_length=80, blank=True)
    area = models.CharField(_("zone visée"), max_length=24, blank=True)
    starts = models.DateTimeField(_("début"))
    ends = models.DateTimeField(_("fin"))
    place = models.CharField(_("lieu du recensement"), max_length=100, blank=True)
    place_name = models.CharField(_("lieu"), max_length=160, blank=True)
    address = models.CharField(_("adresse"), max_length=240, blank=True)
    commune = models.CharField(_("commune"), max_length=5, blank=True)
    host = models.CharField(_("mairie ou structure d’accueil"), max_length=160, blank=True)
    phone = models.CharField(_("téléphone pour s’inscrire"), max_length=30, blank=True)
    capacity = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)
    waiting = models.PositiveSmallIntegerField(_("places en liste d’attente"), default=0)
    public = models.BooleanField(_("inscription sans compte"), default=False)
    equipment = models.JSONField(_("matériel"), default=list, blank=True)
    training = models.CharField(_("formation demandée à l’équipe"), max_length=80, blank=True)
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.PLANNED)
    sequence = models.PositiveSmallIntegerField(_("changements annoncés"), default=0)
    balance = models.JSONField(_("bilan"), default=dict, blank=True)

    class Meta:
        """In time."""

        verbose_name = _("atelier")
        verbose_name_plural = _("ateliers")
        ordering: ClassVar = ["starts", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["level", "code", "starts"], name="action_workshop_where")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_planned(self) -> bool:
        """Whether it is still to be held."""
        return self.state == self.State.PLANNED

    @property
    def is_held(self) -> bool:
        """Whether its balance sheet is closed."""
        return self.state == self.State.HELD

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not be held."""
        return self.state == self.State.CANCELLED


class Contact(models.Model):
    """Somebody to be written to before a workshop: a function (maire, préfet…), never a name."""

    class State(models.TextChoices):
        """Where it stands."""

        TODO = "a_faire", _("à contacter")
        ASKED = "contacte", _("contacté")
        AGREED = "accepte", _("d’accord")
        DECLINED = "refuse", _("ne peut pas")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="contacts")
    who = models.CharField(_("qui (fonction ou structure)"), max_length=120)
    why = models.CharField(_("pour quoi"), max_length=160, blank=True)
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.TODO)
    due = models.DateField(_("pour le"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=400, blank=True)

    class Meta:
        """By date, then as written."""

        verbose_name = _("contact à prendre")
        verbose_name_plural = _("contacts à prendre")
        ordering: ClassVar = [models.F("due").asc(nulls_last=True), "pk"]

    def __str__(self) -> str:
        return self.who


class Helper(Made):
    """An agent or a volunteer, known by the word that the team chose (a first name, a function).

    ``trainings`` lists ``{what, until}``.
    """

    class Kind(models.TextChoices):
        """Paid or not."""

        AGENT = "agent", _("agent·e")
        VOLUNTEER = "benevole", _("bénévole")

    label = models.CharField(_("prénom ou fonction"), max_length=60)
    kind = models.CharField(_("statut"), max_length=8, choices=Kind.choices)
    trainings = models.JSONField(_("formations"), default=list, blank=True)
    left = models.DateField(_("parti·e le"), null=True, blank=True)

    class Meta:
        """By word."""

        verbose_name = _("membre de l’équipe")
        verbose_name_plural = _("membres de l’équipe")
        ordering: ClassVar = ["label", "pk"]
        indexes: ClassVar = [models.Index(fields=["level", "code"], name="action_helper_where")]

    def __str__(self) -> str:
        return self.label


class Shift(models.Model):
    """A part of a workshop held by somebody of the team, or still to be held."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="shifts")
    helper = models.ForeignKey(
        Helper, on_delete=models.SET_NULL, null=True, blank=True, related_name="shifts",
        verbose_name=_("qui"),
    )  # fmt: skip
    task = models.CharField(_("pour faire quoi"), max_length=80)
    starts = models.DateTimeField(_("de"))
    ends = models.DateTimeField(_("à"))
    training = models.CharField(_("formation demandée"), max_length=80, blank=True)

    class Meta:
        """In time."""

        verbose_name = _("créneau de l’équipe")
        verbose_name_plural = _("créneaux de l’équipe")
        ordering: ClassVar = ["starts", "pk"]

    def __str__(self) -> str:
        return self.task


class Registration(models.Model):
    """Places kept in a workshop, known by a code only; ``people`` come together.

    ``came`` is how many of them came, once somebody counted. The code is forgotten with time.
    """

    class State(models.TextChoices):
        """What became of it."""

        IN = "inscrit", _("inscrit·e")
        WAITING = "attente", _("en liste d’attente")
        CAME = "venu", _("venu·e")
        MISSED = "absent", _("non venu·e")
        CANCELLED = "annule", _("annulé")

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="registrations")
    code = models.CharField(
        _("code"), max_length=CODE, unique=True, null=True, blank=True, default=new_code
    )
    people = models.PositiveSmallIntegerField(_("personnes"), default=1)
    came = models.PositiveSmallIntegerField(_("venues"), null=True, blank=True)
    needs = models.JSONField(_("besoins"), default=list, blank=True)
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.IN)
    by_agent = models.BooleanField(_("par un agent"), default=False)
    created = models.DateTimeField(_("le"), default=timezone.now)

    class Meta:
        """First come first."""

        verbose_name = _("inscription")
        verbose_name_plural = _("inscriptions")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.workshop_id} {self.code}"


class Opinion(models.Model):
    """What somebody thought of a workshop, in two taps; nothing links it to a registration."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="opinions")
    useful = models.CharField(_("utile"), max_length=8)
    next = models.CharField(_("et maintenant"), max_length=16, blank=True)
    day = models.DateField(_("jour"), default=timezone.localdate)

    class Meta:
        """As they came."""

        verbose_name = _("avis")
        verbose_name_plural = _("avis")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.useful
