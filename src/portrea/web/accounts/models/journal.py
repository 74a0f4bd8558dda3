"""The journal: rows are added, never changed nor removed; who acted stands beside, erasable."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AppendOnlyError(RuntimeError):
    """The program tried to change or remove what was written in the journal."""


class JournalActor(models.Model):
    """Who acted, for the entries of one calendar month: the only part that may be erased.

    An entry points to a row of this table and never changes. Erasing a row empties it, so that
    its entries say « a person » and nothing more. A user has one row a month: what is older than
    the retention period is erased without touching what is recent.
    """

    class Kind(models.TextChoices):
        """Who or what may act."""

        USER = "user", _("personne")
        LINK = "link", _("lien de contribution")
        SOURCE = "source", _("source de données")
        SYSTEM = "system", _("système")
        VISITOR = "visitor", _("visiteur")

    kind = models.CharField(_("nature"), max_length=10, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("compte"),
        related_name="journal_actors",
    )
    label = models.CharField(_("désignation"), max_length=200, blank=True)
    month = models.DateField(_("mois"))

    class Meta:
        """One row by actor and month."""

        verbose_name = _("auteur au journal")
        verbose_name_plural = _("auteurs au journal")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "month"],
                name="accounts_journal_actor_user",
                condition=models.Q(user__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["kind", "label", "month"],
                name="accounts_journal_actor_label",
                condition=models.Q(user__isnull=True) & ~models.Q(label=""),
            ),
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.USER:
            return str(self.user) if self.user else str(_("une personne (identité effacée)"))
        if self.kind == self.Kind.LINK and not self.label:
            return str(_("un lien de contribution"))
        return self.label or str(self.Kind(self.kind).label)


class JournalQuerySet(models.QuerySet["JournalEntry"]):
    """Reading and adding only."""

    def update(self, **_fields: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("The journal is append-only.")

    def bulk_update(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("The journal is append-only.")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("The journal is append-only.")


class JournalEntry(models.Model):
    """Who did what, where, why, with the state before and after; no network address is kept.

    The database itself refuses UPDATE and DELETE (``triggers.py``).
    """

    at = models.DateTimeField(_("quand"), default=timezone.now, editable=False)
    act = models.CharField(_("acte"), max_length=60)
    actor = models.ForeignKey(
        JournalActor, on_delete=models.PROTECT, related_name="entries", verbose_name=_("auteur")
    )
    target_kind = models.CharField(_("nature de l’objet"), max_length=40, blank=True)
    target_id = models.CharField(_("identifiant de l’objet"), max_length=200, blank=True)
    level = models.CharField(_("niveau du territoire"), max_length=12, blank=True)
    code = models.CharField(_("code du territoire"), max_length=12, blank=True)
    before = models.JSONField(_("avant"), null=True, blank=True)
    after = models.JSONField(_("après"), null=True, blank=True)
    reason = models.TextField(_("raison"), blank=True)

    objects = JournalQuerySet.as_manager()

    class Meta:
        """Newest first."""

        verbose_name = _("ligne du journal")
        verbose_name_plural = _("journal")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["level", "code", "-id"], name="accounts_journal_where"),
            models.Index(fields=["target_kind", "target_id", "-id"], name="accounts_journal_what"),
            models.Index(fields=["act", "-id"], name="accounts_journal_act"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.act} {self.target_kind} {self.target_id}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; refuse to change one."""
        if not self._state.adding:
            raise AppendOnlyError("The journal is append-only.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("The journal is append-only.")
