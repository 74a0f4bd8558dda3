"""A survey: one version asked to people of a territory for a time, and who was invited."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.surveys.designs import Design
from portrea.web.accounts.keys import KEY, new_key
from portrea.web.surveys.models.questionnaires import Questionnaire, Version


class Survey(models.Model):
    """One round of a questionnaire: whom it is for, when, how people came to answer.

    ``quotas`` and ``margins`` map a question to {choice: number to ask} and {choice: people of the
    population}; ``erased`` keeps a digest of each identifier erased on request, so that no import
    brings it back; ``key`` is the public address, ``invited_only`` closes it to others.
    """

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="surveys"
    )
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="surveys")
    title = models.CharField(_("titre"), max_length=200)
    purpose = models.TextField(_("à quoi elle sert"), blank=True)
    contact = models.CharField(_("qui contacter"), max_length=200, blank=True)
    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    design = models.CharField(
        _("façon d’interroger"),
        max_length=12,
        choices=[(str(one), str(one)) for one in Design],
        default=str(Design.CONVENIENCE),
    )
    population = models.PositiveIntegerField(_("personnes représentées"), null=True, blank=True)
    population_source = models.CharField(_("source de ce nombre"), max_length=200, blank=True)
    quotas = models.JSONField(_("quotas"), default=dict, blank=True)
    margins = models.JSONField(_("totaux de calage"), default=dict, blank=True)
    margins_source = models.TextField(_("source des totaux"), blank=True)
    trim = models.FloatField(_("poids au plus, en fois la moyenne"), null=True, blank=True)
    opens = models.DateField(_("ouvre le"), null=True, blank=True)
    closes = models.DateField(_("ferme le"), null=True, blank=True)
    closed = models.DateTimeField(_("close le"), null=True, blank=True)
    invited_only = models.BooleanField(_("sur invitation seulement"), default=False)
    keep_days = models.PositiveSmallIntegerField(
        _("jours de conservation après la clôture"), default=365
    )
    erased = models.JSONField(_("empreintes des réponses effacées"), default=list, blank=True)
    published = models.DateTimeField(_("résultats publiés le"), null=True, blank=True)
    report = models.JSONField(_("choix du rapport"), default=dict, blank=True)
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

        verbose_name = _("enquête")
        verbose_name_plural = _("enquêtes")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["level", "code"], name="surveys_survey_where")]

    def __str__(self) -> str:
        return self.title

    @property
    def territory(self) -> str:
        """Where, as permissions ask."""
        return f"{self.level}:{self.code}"


class Invitation(models.Model):
    """One who was asked, known by a word of the référent (a structure, « logement 12 »).

    Only the digest of the link is kept. ``outcome`` says why there is no answer.
    """

    class Outcome(models.TextChoices):
        """What became of an invitation."""

        WAITING = "attente", _("pas encore de réponse")
        ANSWERED = "reponse", _("a répondu")
        REFUSED = "refus", _("a refusé")
        ABSENT = "absent", _("absent ou injoignable")
        UNABLE = "empeche", _("ne pouvait pas répondre (langue, santé)")
        OUTSIDE = "hors_champ", _("n’était pas concerné")
        UNKNOWN = "inconnu", _("sans réponse, motif inconnu")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="invitations")
    label = models.CharField(_("qui"), max_length=200)
    kind = models.CharField(_("groupe"), max_length=80, blank=True)
    place = models.CharField(_("lieu du recensement"), max_length=40, blank=True)
    digest = models.CharField(_("empreinte du lien"), max_length=64, unique=True)
    outcome = models.CharField(
        _("suite"), max_length=10, choices=Outcome.choices, default=Outcome.WAITING
    )
    sent = models.DateTimeField(_("envoyée le"), null=True, blank=True)
    reminded = models.DateTimeField(_("relancée le"), null=True, blank=True)
    since = models.DateTimeField(_("suite connue le"), null=True, blank=True)

    class Meta:
        """In the order they were made."""

        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar = ["survey_id", "pk"]

    def __str__(self) -> str:
        return self.label
