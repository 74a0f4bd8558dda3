"""A comité de pilotage: its seats, and what people concerned want it to hear."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import CODE, KEY, new_code, new_key


class Committee(models.Model):
    """The comité of a territory; ``each_year`` meetings. ``key`` is in the link of the paroles."""

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    each_year = models.PositiveSmallIntegerField(_("réunions par an"), default=2)
    created = models.DateTimeField(_("créé le"), default=timezone.now)

    class Meta:
        """One by territory."""

        verbose_name = _("comité de pilotage")
        verbose_name_plural = _("comités de pilotage")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["level", "code"], name="steering_committee_once")
        ]

    def __str__(self) -> str:
        return self.territory

    @property
    def territory(self) -> str:
        """Where, as permissions ask."""
        return f"{self.level}:{self.code}"


class SeatKind(models.TextChoices):
    """For whom a seat is kept."""

    ELECTED = "elu", _("Élu·e")
    TECHNICAL = "technicien", _("Technicien·ne d’une collectivité")
    CAF = "caf", _("Caf")
    FRANCE_TRAVAIL = "france_travail", _("France Travail")
    CPAM = "cpam", _("Assurance maladie")
    ASSOCIATION = "association", _("Association")
    CONCERNED = "concernee", _("Personne concernée")
    OTHER = "autre", _("Autre")


class Seat(models.Model):
    """A seat: a body and its part in the comité, never a name.

    A person concerned chooses a ``pseudonym``, or none; it is forgotten after she leaves.
    """

    personal_data = ("pseudonym",)

    committee = models.ForeignKey(Committee, on_delete=models.CASCADE, related_name="seats")
    kind = models.CharField(_("siège"), max_length=16, choices=SeatKind.choices)
    body = models.CharField(_("organisme"), max_length=160, blank=True)
    part = models.CharField(_("rôle dans le comité"), max_length=160, blank=True)
    pseudonym = models.CharField(_("pseudonyme choisi"), max_length=40, blank=True)
    left = models.DateField(_("quitté le"), null=True, blank=True)

    class Meta:
        """As they were added."""

        verbose_name = _("siège")
        verbose_name_plural = _("sièges")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What the seat is called: its pseudonym or its body, else its kind."""
        return self.pseudonym or self.body or str(SeatKind(self.kind).label)


class Voice(models.Model):
    """Something a person concerned wants the comité to hear, by her consent.

    Told to the comité once read again (``reviewed``); her ``code`` takes it away at any time.
    """

    personal_data = ("pseudonym", "words")

    committee = models.ForeignKey(Committee, on_delete=models.CASCADE, related_name="voices")
    code = models.CharField(_("code de retrait"), max_length=CODE, unique=True, default=new_code)
    pseudonym = models.CharField(_("pseudonyme choisi"), max_length=40, blank=True)
    words = models.TextField(_("parole"))
    consented = models.DateTimeField(_("accord donné le"), default=timezone.now)
    reviewed = models.DateTimeField(_("relue le"), null=True, blank=True)

    class Meta:
        """As they came."""

        verbose_name = _("parole")
        verbose_name_plural = _("paroles")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"parole {self.pk}"
