"""Campaigns: structures of a territory asked whether their sheet is still true."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Campaign(models.Model):
    """One round of questions to the structures of a territory."""

    title = models.CharField(_("titre"), max_length=200)
    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    created = models.DateTimeField(_("créée le"), default=timezone.now)
    closed = models.DateTimeField(_("close le"), null=True, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = _("campagne")
        verbose_name_plural = _("campagnes")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def territory(self) -> str:
        """Where, as permissions ask."""
        return f"{self.level}:{self.code}"


class Ask(models.Model):
    """One place in a campaign: how often it was asked, and what came back."""

    class State(models.TextChoices):
        """The states of :class:`portrea.offer.freshness.AskState`."""

        NOT_ASKED = "not_asked", _("pas encore demandé")
        ASKED = "asked", _("demandé")
        REMINDED = "reminded", _("relancé")
        CONFIRMED = "confirmed", _("rien n’a changé")
        CHANGED = "changed", _("correction reçue")
        NO_ANSWER = "no_answer", _("sans réponse")
        OPTED_OUT = "opted_out", _("ne veut plus être contacté")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="asks")
    place = models.ForeignKey("offer.Place", on_delete=models.CASCADE, related_name="asks")
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default="not_asked")
    since = models.DateField(_("depuis le"), null=True, blank=True)
    times = models.PositiveSmallIntegerField(_("courriels envoyés"), default=0)

    class Meta:
        """A place once by campaign."""

        verbose_name = _("demande")
        verbose_name_plural = _("demandes")
        ordering: ClassVar = ["campaign_id", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "place"], name="offer_ask_once")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.place_id}"


class OptOut(models.Model):
    """An address that asked not to be written to: its keyed digest, never the address."""

    digest = models.CharField(_("empreinte de l’adresse"), max_length=64, unique=True)
    at = models.DateTimeField(_("le"), default=timezone.now)

    class Meta:
        """Newest first."""

        verbose_name = _("adresse à ne plus écrire")
        verbose_name_plural = _("adresses à ne plus écrire")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.digest[:8]
