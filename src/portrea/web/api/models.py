"""Keys of the programs that write, and what came by each of them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ApiKey(models.Model):
    """A key: what it may do, where, and until when. Only a digest of it is kept."""

    label = models.CharField(_("nom de la clé"), max_length=120)
    digest = models.CharField(_("empreinte de la clé"), max_length=64, unique=True)
    start = models.CharField(_("début de la clé"), max_length=20)
    level = models.CharField(_("niveau du territoire"), max_length=12)
    code = models.CharField(_("code du territoire"), max_length=12)
    acts = models.JSONField(_("actes permis"), default=list)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="api_keys",
        verbose_name=_("créée par"),
    )
    created = models.DateTimeField(_("créée le"), default=timezone.now)
    expires = models.DateTimeField(_("expire le"))
    revoked = models.DateTimeField(_("révoquée le"), null=True, blank=True)
    used = models.DateField(_("dernier jour d’usage"), null=True, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = _("clé d’API")
        verbose_name_plural = _("clés d’API")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def territory(self) -> str:
        """Where it may write, as permissions ask."""
        return f"{self.level}:{self.code}"

    @property
    def open(self) -> bool:
        """Whether the key still writes."""
        return self.revoked is None and self.expires > timezone.now()


class KeyProposal(models.Model):
    """By which key a proposal came: its bearer alone may ask what became of it."""

    key = models.ForeignKey(
        ApiKey, on_delete=models.CASCADE, related_name="sent", verbose_name=_("clé")
    )
    proposal = models.OneToOneField(
        "offer.Proposal",
        on_delete=models.CASCADE,
        related_name="by_key",
        verbose_name=_("proposition"),
    )

    class Meta:
        """Oldest first."""

        verbose_name = _("proposition venue par une clé")
        verbose_name_plural = _("propositions venues par une clé")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.key_id} → {self.proposal_id}"
