"""Difficulties met in procedures, and what is asked of administrations because of them."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import KEY, new_key
from portrea.web.action.models.activities import Channel, Record
from portrea.web.action.models.base import Made
from portrea.web.action.models.procedures import Procedure
from portrea.web.action.models.workshops import Workshop


class Difficulty(Made):
    """One person before one procedure, and what blocked (codes of ``difficultes.yaml``).

    ``words`` are free, what identifies somebody taken out; they are published only once read
    again (``reviewed``). ``place`` is where it was seen: identifier of the census, else its name.
    ``picture`` names a file that is never public; it waits for its names to be hidden until
    ``picture_checked``.
    """

    uuid = models.UUIDField(_("identifiant"), unique=True, default=uuid4)
    day = models.DateField(_("jour"))
    procedure = models.ForeignKey(
        Procedure, on_delete=models.PROTECT, related_name="difficulties", verbose_name=_("démarche")
    )
    codes = models.JSONField(_("ce qui bloque"), default=list)
    severity = models.PositiveSmallIntegerField(_("gravité"), null=True, blank=True)
    place = models.CharField(_("lieu qui l’a vu"), max_length=100)
    commune = models.CharField(_("commune"), max_length=5, blank=True)
    words = models.TextField(_("en quelques mots"), blank=True)
    reviewed = models.DateTimeField(_("texte relu le"), null=True, blank=True)
    picture = models.CharField(_("capture d’écran"), max_length=40, blank=True)
    picture_added = models.DateTimeField(_("capture reçue le"), null=True, blank=True)
    picture_checked = models.DateTimeField(_("capture relue le"), null=True, blank=True)
    record = models.ForeignKey(
        Record, on_delete=models.SET_NULL, null=True, blank=True, related_name="difficulties",
        verbose_name=_("compte rendu"),
    )  # fmt: skip
    workshop = models.ForeignKey(
        Workshop, on_delete=models.SET_NULL, null=True, blank=True, related_name="difficulties",
        verbose_name=_("atelier"),
    )  # fmt: skip
    channel = models.CharField(
        _("par où"), max_length=8, choices=Channel.choices, default=Channel.WEB
    )

    class Meta:
        """Newest first."""

        verbose_name = _("difficulté")
        verbose_name_plural = _("difficultés")
        ordering: ClassVar = ["-day", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["level", "code", "day"], name="action_difficulty_where"),
            models.Index(fields=["procedure", "day"], name="action_difficulty_procedure"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.day}"


class Proposal(Made):
    """What a territory asks of an administration about one procedure and one thing that blocks.

    ``facts`` are the sentences and counts as they were when it was sent: they do not move; nor
    does ``compared``, the count before and after, until it is measured again. Its
    ``answer_key`` lets the administration answer without an account. States and moves are those of
    :mod:`portrea.action.proposals`.
    """

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    answer_key = models.CharField(_("lien pour répondre"), max_length=KEY, default=new_key)
    procedure = models.ForeignKey(
        Procedure, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("démarche")
    )
    trouble = models.CharField(_("ce qui bloque"), max_length=16)
    title = models.CharField(_("titre"), max_length=200)
    facts = models.JSONField(_("faits"), default=dict)
    who = models.TextField(_("qui est touché"), blank=True)
    suggestion = models.TextField(_("ce que nous proposons"), blank=True)
    evidence = models.TextField(_("preuves"), blank=True)
    addressee = models.CharField(_("service de l’administration"), max_length=160, blank=True)
    email = models.EmailField(_("courriel du service"), blank=True)
    state = models.CharField(_("état"), max_length=12, default="brouillon")
    since = models.DateField(_("depuis le"), null=True, blank=True)
    sent = models.DateField(_("envoyée le"), null=True, blank=True)
    reminded = models.DateField(_("relancée le"), null=True, blank=True)
    answer = models.TextField(_("réponse"), blank=True)
    compared = models.JSONField(_("avant et après"), default=dict, blank=True)
    changed_on = models.DateField(_("la démarche a changé le"), null=True, blank=True)
    public = models.BooleanField(_("page de suivi publique"), default=False)

    class Meta:
        """Newest first."""

        verbose_name = _("proposition à une administration")
        verbose_name_plural = _("propositions aux administrations")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["level", "code"], name="action_proposal_where")]

    def __str__(self) -> str:
        return self.title


class Exchange(models.Model):
    """Something that happened to a proposal: the event of a move, and its words."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="exchanges")
    event = models.CharField(_("événement"), max_length=12)
    words = models.TextField(_("texte"), blank=True)
    from_body = models.BooleanField(_("de l’administration"), default=False)
    at = models.DateTimeField(_("le"), default=timezone.now)

    class Meta:
        """As they happened."""

        verbose_name = _("échange")
        verbose_name_plural = _("échanges")
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.event}"
