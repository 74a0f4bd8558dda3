"""An orientation handed over to a partner by an agent, and what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.offer.orientation import handover


class Handover(models.Model):
    """A need handed over to a place; who the person is only if she agreed, until it ends.

    The token of the link is never kept: its digest finds the row, and only this site’s secret key
    can write it again. ``nonce`` makes a button pressed twice send once. ``news`` is what the agent
    has not been told yet. ``exchange`` are the questions of the partner and the answers.
    """

    class State(models.TextChoices):
        """The states of :class:`portrea.offer.orientation.handover.State`."""

        WAITING = "waiting", _("en attente")
        QUESTION = "question", _("précision demandée")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")
        EXPIRED = "expired", _("expirée")
        DROPPED = "dropped", _("sans suite")

    place = models.ForeignKey(
        "offer.Place",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="handovers",
        verbose_name=_("lieu"),
    )
    place_name = models.CharField(_("nom du lieu à l’envoi"), max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="handovers",
        verbose_name=_("envoyée par"),
    )
    level = models.CharField(_("niveau du territoire de l’envoi"), max_length=12)
    code = models.CharField(_("code du territoire de l’envoi"), max_length=12)
    structure = models.CharField(_("structure qui envoie"), max_length=40, blank=True)
    sender_name = models.CharField(_("qui envoie"), max_length=300)

    need = models.CharField(_("besoin"), max_length=12)
    procedure = models.CharField(_("démarche"), max_length=40, blank=True)
    constraints = models.JSONField(_("contraintes"), default=list)
    commune = models.CharField(_("commune de départ"), max_length=5, blank=True)
    words = models.CharField(_("précisions"), max_length=300, blank=True)
    first_name = models.CharField(_("prénom, avec accord"), max_length=40, blank=True)
    contact = models.CharField(_("moyen de joindre, avec accord"), max_length=120, blank=True)
    consented = models.DateTimeField(_("accord donné le"), null=True, blank=True)
    consent = models.CharField(_("mots de l’accord"), max_length=400, blank=True)

    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.WAITING)
    version = models.PositiveIntegerField(_("version"), default=1)
    reason = models.CharField(_("raison"), max_length=20, blank=True)
    note = models.CharField(_("mots du partenaire"), max_length=300, blank=True)
    exchange = models.JSONField(_("questions et réponses"), default=list)
    digest = models.CharField(_("empreinte du jeton"), max_length=64, unique=True)
    nonce = models.CharField(_("numéro du formulaire"), max_length=40, unique=True)
    created = models.DateTimeField(_("envoyée le"), default=timezone.now)
    expires = models.DateTimeField(_("expire le"))
    reminders = models.PositiveSmallIntegerField(_("rappels envoyés"), default=0)
    answered = models.DateTimeField(_("réponse reçue le"), null=True, blank=True)
    ended = models.DateTimeField(_("terminée le"), null=True, blank=True)
    news = models.BooleanField(_("à annoncer à l’agent"), default=False)
    counted = models.BooleanField(_("comptée sans réponse"), default=False)

    class Meta:
        """Newest first."""

        verbose_name = _("orientation transmise")
        verbose_name_plural = _("orientations transmises")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["by", "state"], name="journeys_handover_by"),
            models.Index(fields=["structure", "state"], name="journeys_handover_from"),
            models.Index(fields=["state", "expires"], name="journeys_handover_state"),
        ]

    def __str__(self) -> str:
        return f"n° {self.pk} – {self.place_name}"

    @property
    def territory(self) -> str:
        """On whose behalf it was sent, as permissions and the journal ask."""
        return f"{self.level}:{self.code}"

    @property
    def status(self) -> handover.State:
        """Its state, as the rules know it."""
        return handover.State(self.state)

    @property
    def named(self) -> bool:
        """Whether the person agreed to be named, and still is."""
        return bool(self.first_name or self.contact)

    def forget(self) -> None:
        """Erase what tells of the person; what was agreed and when goes with it."""
        self.first_name = self.contact = self.words = self.consent = ""
        self.exchange = []
        self.consented = None
