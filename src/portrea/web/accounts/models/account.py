"""One account: an e-mail address, no name required; the roles it holds; invitations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Create accounts by e-mail address."""

    use_in_migrations = True

    def get_by_natural_key(self, username: str | None) -> User:
        """Find an account whatever the case of the address."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an account; without password it cannot log in until one is set."""
        if not email:
            raise ValueError("An e-mail address is required.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an account that administers the site."""
        return self.create_user(
            email, password, **{**fields, "is_staff": True, "is_superuser": True}
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person who keeps the site, known by an e-mail address."""

    email = models.EmailField(
        _("adresse de courriel"),
        error_messages={"unique": _("Un compte existe déjà avec cette adresse.")},
        unique=True,
    )
    name = models.CharField(_("nom affiché"), max_length=150, blank=True)
    is_staff = models.BooleanField(_("accède à l’administration"), default=False)
    is_active = models.BooleanField(_("compte actif"), default=True)
    joined = models.DateTimeField(_("créé le"), default=timezone.now)
    warned = models.DateField(_("prévenu de la fermeture le"), null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """Addresses are unique whatever their case."""

        verbose_name = _("compte")
        verbose_name_plural = _("comptes")
        ordering: ClassVar = ["email"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_any_case",
                violation_error_message=_("Un compte existe déjà avec cette adresse."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Given(models.Model):
    """A role on a territory, or on one structure of it."""

    role = models.CharField(_("rôle"), max_length=20)
    level = models.CharField(_("niveau du territoire"), max_length=12, default="france")
    code = models.CharField(_("code du territoire"), max_length=12, default="FR")
    structure = models.CharField(_("structure"), max_length=200, blank=True)

    class Meta:
        """Columns shared by memberships and invitations."""

        abstract = True


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Roles held."""

    def current(self) -> MembershipQuerySet:
        """Leave out the roles that were lent until a day now past."""
        return self.filter(models.Q(until=None) | models.Q(until__gt=timezone.now()))


class Membership(Given):
    """A role that a person holds: on a territory subtree, or on her own structure.

    A role that is lent (``lent`` is the lender's own) ends by itself, and with the lender's.
    """

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("compte")
    )
    since = models.DateTimeField(_("depuis"), default=timezone.now)
    until = models.DateTimeField(_("jusqu’au"), null=True, blank=True)
    lent = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="loans",
        verbose_name=_("prêté de"),
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        """Held once."""

        verbose_name = _("rôle confié")
        verbose_name_plural = _("rôles confiés")
        ordering: ClassVar = ["user_id", "role", "level", "code", "structure"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "level", "code", "structure"],
                name="accounts_membership_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["level", "code"], name="accounts_membership_where"),
            models.Index(fields=["structure"], name="accounts_membership_structure"),
        ]

    def __str__(self) -> str:
        where = self.structure or f"{self.level}:{self.code}"
        return f"{self.role} {where}"


class Invitation(Given):
    """A role offered to an address, until it is accepted or expires; nothing secret is kept."""

    email = models.EmailField(_("adresse de courriel"))
    by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("invité par"),
    )
    created = models.DateTimeField(_("créée le"), default=timezone.now)
    expires = models.DateTimeField(_("expire le"))
    accepted = models.DateTimeField(_("acceptée le"), null=True, blank=True)
    revoked = models.DateTimeField(_("annulée le"), null=True, blank=True)
    until = models.DateTimeField(_("rôle prêté jusqu’au"), null=True, blank=True)
    lent = models.ForeignKey(
        Membership,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="offers",
        verbose_name=_("prêté de"),
    )

    class Meta:
        """Newest first."""

        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.role} {self.level}:{self.code}"
