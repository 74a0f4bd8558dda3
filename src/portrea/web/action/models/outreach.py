"""Help that goes to people, or leaves with them: home, maraudes, computers, loans, mandates."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import CODE, KEY, new_code, new_key
from portrea.web.action.models.base import Made


class SelfService(Made):
    """A computer that people use by themselves; ``key`` is in the address of its kiosk."""

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    label = models.CharField(_("poste"), max_length=120)
    place = models.CharField(_("lieu du recensement"), max_length=100, blank=True)
    retired = models.DateField(_("retiré le"), null=True, blank=True)

    class Meta:
        """By word."""

        verbose_name = _("poste en libre accès")
        verbose_name_plural = _("postes en libre accès")
        ordering: ClassVar = ["label", "pk"]

    def __str__(self) -> str:
        return self.label


class SelfServiceUse(models.Model):
    """How often a computer served, by day and purpose: a count, nobody in it."""

    station = models.ForeignKey(SelfService, on_delete=models.CASCADE, related_name="uses")
    day = models.DateField(_("jour"))
    purpose = models.CharField(_("pour quoi"), max_length=24)
    outcome = models.CharField(_("et alors"), max_length=12)
    times = models.PositiveIntegerField(_("fois"), default=0)

    class Meta:
        """One row by day, purpose and outcome."""

        verbose_name = _("usage d’un poste")
        verbose_name_plural = _("usages d’un poste")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["station", "day", "purpose", "outcome"], name="action_use_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.station_id} {self.day}"


class HomeHelp(Made):
    """Administrative help at home: the zone it covers, never an address."""

    title = models.CharField(_("service"), max_length=160)
    communes = models.JSONField(_("communes"), default=list)
    audience = models.CharField(_("pour qui"), max_length=200, blank=True)
    how = models.CharField(_("comment demander"), max_length=240, blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    days = models.CharField(_("quand"), max_length=160, blank=True)
    checked = models.DateField(_("vérifié le"))
    retired = models.DateField(_("retiré le"), null=True, blank=True)

    class Meta:
        """By name."""

        verbose_name = _("aide administrative à domicile")
        verbose_name_plural = _("aides administratives à domicile")
        ordering: ClassVar = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class Maraude(Made):
    """A recurring presence outside: a maraude or a distribution of food, at a point and an hour.

    It pauses from ``pause_first`` to ``pause_last``, both included.
    """

    class Kind(models.TextChoices):
        """What it is."""

        MARAUDE = "maraude", _("maraude")
        FOOD = "distribution", _("distribution alimentaire")

    kind = models.CharField(_("type"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("nom"), max_length=160)
    point = models.CharField(_("point de rencontre"), max_length=200)
    commune = models.CharField(_("commune"), max_length=5)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(_("jour de la semaine"))
    starts = models.TimeField(_("de"))
    ends = models.TimeField(_("à"))
    every = models.PositiveSmallIntegerField(_("toutes les … semaines"), default=1)
    first = models.DateField(_("à partir du"))
    last = models.DateField(_("jusqu’au"), null=True, blank=True)
    pause_first = models.DateField(_("interrompue du"), null=True, blank=True)
    pause_last = models.DateField(_("interrompue jusqu’au"), null=True, blank=True)
    helps = models.CharField(_("ce qu’on y trouve"), max_length=240, blank=True)
    public = models.BooleanField(_("montrée au public"), default=True)
    checked = models.DateField(_("vérifiée le"))

    class Meta:
        """Through the week."""

        verbose_name = _("maraude ou distribution")
        verbose_name_plural = _("maraudes et distributions")
        ordering: ClassVar = ["weekday", "starts", "pk"]

    def __str__(self) -> str:
        return self.title


class Equipment(Made):
    """A thing that is lent: a computer, a telephone, a key to the network."""

    label = models.CharField(_("objet"), max_length=120)
    kind = models.CharField(_("type"), max_length=16)
    number = models.CharField(_("numéro d’inventaire"), max_length=40, blank=True)
    retired = models.DateField(_("retiré le"), null=True, blank=True)

    class Meta:
        """By word."""

        verbose_name = _("matériel à prêter")
        verbose_name_plural = _("matériels à prêter")
        ordering: ClassVar = ["label", "pk"]

    def __str__(self) -> str:
        return self.label


class Loan(models.Model):
    """A thing lent until a day; who has it is on the paper, under this code, never here."""

    equipment = models.ForeignKey(Equipment, on_delete=models.CASCADE, related_name="loans")
    code = models.CharField(_("code"), max_length=CODE, unique=True, default=new_code)
    out = models.DateField(_("prêté le"))
    due = models.DateField(_("à rendre le"))
    back = models.DateField(_("rendu le"), null=True, blank=True)
    condition = models.CharField(_("état au retour"), max_length=160, blank=True)

    class Meta:
        """Newest first; a thing is lent once at a time."""

        verbose_name = _("prêt")
        verbose_name_plural = _("prêts")
        ordering: ClassVar = ["-out", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["equipment"], condition=models.Q(back=None), name="action_loan_once"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Mandate(Made):
    """A written mandate: its number, its time, its perimeter. The names are on the paper only."""

    number = models.CharField(_("numéro"), max_length=CODE, unique=True, default=new_code)
    starts = models.DateField(_("du"))
    ends = models.DateField(_("au"))
    days = models.PositiveSmallIntegerField(_("durée, en jours"))
    perimeter = models.JSONField(_("démarches permises"), default=list)
    revoked = models.DateField(_("révoqué le"), null=True, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = _("mandat")
        verbose_name_plural = _("mandats")
        ordering: ClassVar = ["-starts", "-pk"]

    def __str__(self) -> str:
        return self.number


class MandateAct(models.Model):
    """One thing done under a mandate: when and of which kind, so that it may be accounted for."""

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="acts")
    theme = models.CharField(_("démarche permise"), max_length=40)
    what = models.CharField(_("acte"), max_length=24)
    at = models.DateTimeField(_("le"), default=timezone.now)

    class Meta:
        """As they were done."""

        verbose_name = _("acte fait sous mandat")
        verbose_name_plural = _("actes faits sous mandat")
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return self.what
