"""What connects a person beside her password: links by e-mail, a second factor, recovery codes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.models.account import User


class LoginLink(models.Model):
    """A link that connects once, for a quarter of an hour; only a digest of it is kept."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="login_links", verbose_name=_("compte")
    )
    digest = models.CharField(_("empreinte du lien"), max_length=64, unique=True)
    created = models.DateTimeField(_("envoyé le"), default=timezone.now)

    class Meta:
        """Newest first."""

        verbose_name = _("lien de connexion")
        verbose_name_plural = _("liens de connexion")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.created:%Y-%m-%d %H:%M}"


class SecondFactor(models.Model):
    """The six digits of a telephone; the key they come from is not kept, only what it is drawn of.

    The key is derived from ``seed`` by the secret key of the site (``second_factor.secret_of``):
    who reads the database alone cannot write a code. ``counter`` is the last step of time used, so
    that a code is good once.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="second_factor", verbose_name=_("compte")
    )
    asked = models.DateTimeField(_("demandé depuis"), default=timezone.now)
    seed = models.CharField(_("graine"), max_length=40, blank=True)
    confirmed = models.DateTimeField(_("en place depuis"), null=True, blank=True)
    counter = models.BigIntegerField(_("dernier pas employé"), default=0)

    class Meta:
        """One by account."""

        verbose_name = _("second facteur")
        verbose_name_plural = _("seconds facteurs")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return str(self.confirmed or "")


class RecoveryCode(models.Model):
    """A code on paper that stands once for the telephone; only a digest of it is kept."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="recovery_codes", verbose_name=_("compte")
    )
    digest = models.CharField(_("empreinte du code"), max_length=64)

    class Meta:
        """Each once."""

        verbose_name = _("code de secours")
        verbose_name_plural = _("codes de secours")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="accounts_recovery_code_once")
        ]

    def __str__(self) -> str:
        return str(self.pk)
