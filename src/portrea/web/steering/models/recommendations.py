"""Recommended actions that people keep, change or set aside, and their former words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.steering.committee import OPEN, State
from portrea.steering.recommending import LESS, MORE
from portrea.web.accounts.keys import KEY, new_key
from portrea.web.steering.models.meetings import Decision

if TYPE_CHECKING:
    from datetime import date

ACTION_STATES = [
    (str(State.WAITING), _("À faire")),
    (str(State.DOING), _("En cours")),
    (str(State.DONE), _("Faite")),
    (str(State.DROPPED), _("Écartée")),
]
WANTED = [(LESS, _("que cela baisse")), (MORE, _("que cela monte"))]
NOT_DONE = (*OPEN, State.DROPPED)
"""States in which a rule does not propose its action again."""


class Recommendation(models.Model):
    """An action for a territory: why, who, for when, how it will be seen.

    ``rule`` says what proposed it, empty when somebody wrote it; ``why`` is the sentence of that
    day. ``indicator`` is the key of a fact, ``baseline`` that fact on the day the action was kept.
    ``reason`` says why it was set aside. ``version`` counts the changes of its words.
    """

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    rule = models.CharField(_("règle"), max_length=24, blank=True)
    rank = models.PositiveSmallIntegerField(_("rang"), default=0)
    title = models.CharField(_("action"), max_length=200)
    why = models.TextField(_("pourquoi"), blank=True)
    how = models.TextField(_("comment"), blank=True)
    owner = models.CharField(_("qui s’en charge"), max_length=160, blank=True)
    due = models.DateField(_("pour quand"), null=True, blank=True)
    indicator = models.CharField(_("mesure suivie"), max_length=24, blank=True)
    baseline = models.JSONField(_("mesure au départ"), default=dict, blank=True)
    wanted = models.CharField(_("ce que l’on veut"), max_length=4, choices=WANTED, default=LESS)
    target = models.FloatField(_("objectif"), null=True, blank=True)
    state = models.CharField(
        _("où elle en est"), max_length=12, choices=ACTION_STATES, default=str(State.WAITING)
    )
    reason = models.CharField(_("pourquoi elle est écartée"), max_length=300, blank=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    decision = models.ForeignKey(
        Decision, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("décision du comité"),
    )  # fmt: skip
    created = models.DateTimeField(_("gardée le"), default=timezone.now)
    changed = models.DateTimeField(_("changée le"), default=timezone.now)

    class Meta:
        """In the order chosen; a rule proposes once until its action is done."""

        verbose_name = _("action recommandée")
        verbose_name_plural = _("actions recommandées")
        ordering: ClassVar = ["rank", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["level", "code"], name="steering_action_where"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["level", "code", "rule"],
                condition=~models.Q(rule="") & models.Q(state__in=[str(one) for one in NOT_DONE]),
                name="steering_action_rule_once",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def territory(self) -> str:
        """Where, as permissions ask."""
        return f"{self.level}:{self.code}"

    @property
    def standing(self) -> State:
        """Where it stands: what the comité says of it, once it decided."""
        return State(self.decision.state if self.decision else self.state)

    @property
    def due_by(self) -> date | None:
        """For when: the day that the comité gave it, once it decided."""
        return (self.decision.due if self.decision else None) or self.due

    @property
    def kept(self) -> bool:
        """Whether people keep it."""
        return self.state != State.DROPPED


class FormerWords(models.Model):
    """The words of an action before a change: a version of it, and until when."""

    action = models.ForeignKey(Recommendation, on_delete=models.CASCADE, related_name="former")
    version = models.PositiveSmallIntegerField(_("version"))
    words = models.JSONField(_("mots d’avant"), default=dict)
    until = models.DateTimeField(_("jusqu’au"), default=timezone.now)

    class Meta:
        """Newest first, each version once."""

        verbose_name = _("version d’une action")
        verbose_name_plural = _("versions d’une action")
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["action", "version"], name="steering_action_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.action_id} v{self.version}"
