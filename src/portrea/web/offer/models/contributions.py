"""What people without an account propose, the links that let them, and the decisions."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ContributionLink(models.Model):
    """A link, or its QR code, that proposes places of a territory or corrects one sheet.

    The token is never kept: its digest finds the link, and only this site's secret key can write it
    again (to print the poster once more). A new ``serial`` makes the former token worthless.
    """

    digest = models.CharField(_("empreinte du jeton"), max_length=64, unique=True)
    serial = models.PositiveIntegerField(_("numéro du jeton"), default=1)
    label = models.CharField(_("nom du lien"), max_length=120)
    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    place = models.ForeignKey(
        "offer.Place",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="links",
        verbose_name=_("structure"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="contribution_links",
        verbose_name=_("créé par"),
    )
    created = models.DateTimeField(_("créé le"), default=timezone.now)
    expires = models.DateTimeField(_("expire le"))
    revoked = models.DateTimeField(_("révoqué le"), null=True, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = _("lien de contribution")
        verbose_name_plural = _("liens de contribution")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def territory(self) -> str:
        """Where it proposes, as permissions ask."""
        return f"{self.level}:{self.code}"

    @property
    def open(self) -> bool:
        """Whether the link still proposes."""
        return self.revoked is None and self.expires > timezone.now()


class Proposal(models.Model):
    """Something proposed, that nobody sees before a référent decides.

    ``content`` is path → value proposed, ``seen`` what its author saw there. The e-mail, when one
    is left to be told, is erased by the decision.
    """

    class Kind(models.TextChoices):
        """The kinds of :class:`portrea.offer.moderation.Kind`."""

        NEW = "new", _("Nouveau lieu")
        FIX = "fix", _("Correction")
        CLOSED = "closed", _("Fermé ?")
        DUPLICATE = "duplicate", _("En double ?")
        REMARK = "remark", _("Remarque")

    class State(models.TextChoices):
        """The states of :class:`portrea.offer.moderation.State`."""

        WAITING = "waiting", _("en attente")
        ACCEPTED = "accepted", _("acceptée")
        PARTLY = "partly", _("acceptée en partie")
        REFUSED = "refused", _("refusée")

    class Origin(models.TextChoices):
        """By which door it came."""

        PUBLIC = "public", _("page publique")
        LINK = "link", _("lien ou QR code")
        CAMPAIGN = "campaign", _("campagne")
        API = "api", _("clé d’API")

    kind = models.CharField(_("type"), max_length=9, choices=Kind.choices)
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.WAITING)
    origin = models.CharField(
        _("venue par"), max_length=8, choices=Origin.choices, default=Origin.PUBLIC
    )
    link = models.ForeignKey(
        ContributionLink,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("lien"),
    )
    place = models.ForeignKey(
        "offer.Place",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("lieu"),
    )
    title = models.CharField(_("lieu proposé"), max_length=300)
    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    content = models.JSONField(_("valeurs proposées"), default=dict)
    seen = models.JSONField(_("valeurs vues"), default=dict)
    other = models.CharField(_("autre lieu"), max_length=40, blank=True)
    words = models.TextField(_("remarque"), max_length=1000, blank=True)
    email = models.EmailField(_("courriel de qui veut la réponse"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    reason = models.CharField(_("raison du refus"), max_length=20, blank=True)
    note = models.CharField(_("précision"), max_length=500, blank=True)
    result = models.JSONField(_("effet"), default=dict)
    created = models.DateTimeField(_("reçue le"), default=timezone.now)
    decided = models.DateTimeField(_("décidée le"), null=True, blank=True)

    class Meta:
        """Oldest first: who waits longest is answered first."""

        verbose_name = _("proposition")
        verbose_name_plural = _("propositions")
        ordering: ClassVar = ["created", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["state", "created"], name="offer_proposal_state"),
            models.Index(fields=["level", "code"], name="offer_proposal_where"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.title}"

    @property
    def territory(self) -> str:
        """Where it is about, as permissions and the journal ask."""
        return f"{self.level}:{self.code}"


class PairVerdict(models.Model):
    """What a person said of two places that look like one: not the same, or later."""

    class Verdict(models.TextChoices):
        """« The same » is a merge, kept elsewhere."""

        APART = "apart", _("ce sont deux lieux")
        LATER = "later", _("à voir plus tard")

    left = models.CharField(_("premier lieu"), max_length=40)
    right = models.CharField(_("second lieu"), max_length=40)
    verdict = models.CharField(_("avis"), max_length=5, choices=Verdict.choices)
    at = models.DateTimeField(_("le"), default=timezone.now)

    class Meta:
        """One verdict by pair, identifiers in order."""

        verbose_name = _("avis sur deux lieux")
        verbose_name_plural = _("avis sur deux lieux")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["left", "right"], name="offer_pair_once")
        ]

    def __str__(self) -> str:
        return f"{self.left} / {self.right}"


class SavedMapping(models.Model):
    """Columns of a list as a person matched them, kept for the next version of the list."""

    name = models.CharField(_("nom du profil"), max_length=120, unique=True)
    mapping = models.JSONField(_("correspondance"))
    created = models.DateTimeField(_("gardé le"), default=timezone.now)

    class Meta:
        """By name."""

        verbose_name = _("profil d’import")
        verbose_name_plural = _("profils d’import")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
