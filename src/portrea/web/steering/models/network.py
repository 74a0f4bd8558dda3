"""Who works with whom: links declared between structures, communities of practice, their news.

Everything is at the level of structures (places of the census): no person is written here.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.steering.network import LinkKind
from portrea.vocab.situations import Situation

KINDS = [
    (str(LinkKind.ORIENTATION), _("Oriente des personnes vers")),
    (str(LinkKind.PARTNERSHIP), _("Travaille avec")),
]


class Tie(models.Model):
    """A link that a structure, or the référent for it, declares with another.

    ``declared_by`` is the structure that said it, empty when it is the référent. The other one
    answers: confirmed or refused; a link ``ended`` is kept for memory and no longer drawn.
    """

    class State(models.TextChoices):
        """What the other structure said."""

        DECLARED = "declare", _("déclaré")
        CONFIRMED = "confirme", _("confirmé")
        REFUSED = "refuse", _("démenti")

    source = models.ForeignKey("offer.Place", on_delete=models.CASCADE, related_name="ties_out")
    target = models.ForeignKey("offer.Place", on_delete=models.CASCADE, related_name="ties_in")
    kind = models.CharField(_("lien"), max_length=12, choices=KINDS)
    about = models.CharField(_("à quel sujet"), max_length=160, blank=True)
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.DECLARED)
    declared = models.DateTimeField(_("déclaré le"), default=timezone.now)
    declared_by = models.CharField(_("structure qui l’a dit"), max_length=40, blank=True)
    answered = models.DateTimeField(_("confirmé ou démenti le"), null=True, blank=True)
    ended = models.DateTimeField(_("terminé le"), null=True, blank=True)

    class Meta:
        """As they were declared; one open link of a kind between two structures."""

        verbose_name = _("lien entre structures")
        verbose_name_plural = _("liens entre structures")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "target", "kind"],
                condition=models.Q(ended=None),
                name="steering_tie_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class Community(models.Model):
    """A community of practice: structures that meet about a theme, and when they meet next."""

    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    title = models.CharField(_("nom"), max_length=120)
    theme = models.CharField(
        _("thème"), max_length=16, choices=[(str(one), one.label) for one in Situation]
    )
    about = models.CharField(_("à quoi elle sert"), max_length=500, blank=True)
    next_day = models.DateField(_("prochaine rencontre"), null=True, blank=True)
    next_place = models.CharField(_("lieu de la rencontre"), max_length=160, blank=True)
    members = models.ManyToManyField(
        "offer.Place", related_name="communities", blank=True, verbose_name=_("structures")
    )
    created = models.DateTimeField(_("créée le"), default=timezone.now)
    closed = models.DateTimeField(_("close le"), null=True, blank=True)

    class Meta:
        """By title."""

        verbose_name = _("communauté de pratique")
        verbose_name_plural = _("communautés de pratique")
        ordering: ClassVar = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def territory(self) -> str:
        """Where, as permissions ask."""
        return f"{self.level}:{self.code}"


class News(models.Model):
    """What a structure does or looks for, told for a while; a référent reads it before the others.

    ``until`` is the last day it is shown.
    """

    class Kind(models.TextChoices):
        """What is told."""

        ACTION = "action", _("Action, atelier")
        PERMANENCE = "permanence", _("Permanence")
        PROJECT = "projet", _("Projet")
        PARTNER = "partenaire", _("Recherche de partenaires")
        NEWS = "nouvelle", _("Nouvelle")

    class Audience(models.TextChoices):
        """Who reads it."""

        PUBLIC = "public", _("Tout le monde")
        ACTORS = "acteurs", _("Les acteurs seulement")

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "attente", _("à relire")
        SHOWN = "montree", _("publiée")
        REFUSED = "refusee", _("refusée")
        WITHDRAWN = "retiree", _("retirée")

    place = models.ForeignKey("offer.Place", on_delete=models.CASCADE, related_name="news")
    kind = models.CharField(_("genre"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("titre"), max_length=120)
    words = models.TextField(_("en quelques mots"), max_length=1_000)
    link = models.URLField(_("pour en savoir plus"), max_length=300, blank=True)
    day = models.DateField(_("date de l’action"), null=True, blank=True)
    until = models.DateField(_("montrée jusqu’au"))
    audience = models.CharField(
        _("pour qui"), max_length=8, choices=Audience.choices, default=Audience.PUBLIC
    )
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.WAITING)
    posted = models.DateTimeField(_("proposée le"), default=timezone.now)
    reviewed = models.DateTimeField(_("relue le"), null=True, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = _("nouvelle d’un acteur")
        verbose_name_plural = _("nouvelles des acteurs")
        ordering: ClassVar = ["-posted", "-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "until"], name="steering_news_shown")]

    def __str__(self) -> str:
        return self.title
