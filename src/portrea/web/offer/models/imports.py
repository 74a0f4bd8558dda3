"""Imports: each list received, and for every row what it changed, so that all can be undone."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ImportBatch(models.Model):
    """One list received once. Applied in one transaction, undone in one transaction."""

    class State(models.TextChoices):
        """Where the import stands."""

        RECEIVED = "received", _("reçu")
        APPLIED = "applied", _("appliqué")
        UNDONE = "undone", _("défait")

    source = models.CharField(_("liste"), max_length=120)
    title = models.CharField(_("titre"), max_length=300, blank=True)
    file_name = models.CharField(_("fichier"), max_length=300, blank=True)
    sha256 = models.CharField(_("empreinte du fichier"), max_length=64, blank=True)
    profile = models.CharField(_("profil"), max_length=120, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="imports",
        verbose_name=_("par"),
    )
    level = models.CharField(_("niveau du territoire"), max_length=12, blank=True)
    code = models.CharField(_("code du territoire"), max_length=12, blank=True)
    whole = models.BooleanField(
        _("liste entière"),
        default=True,
        help_text=_("Ce qui n’y est plus a disparu ; sinon elle ne fait qu’ajouter."),
    )
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.RECEIVED)
    counts = models.JSONField(_("comptes"), default=dict)
    report = models.JSONField(_("rapport"), default=dict)
    created = models.DateTimeField(_("reçu le"), default=timezone.now)
    applied = models.DateTimeField(_("appliqué le"), null=True, blank=True)
    undone = models.DateTimeField(_("défait le"), null=True, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["source"], name="offer_batch_source")]

    def __str__(self) -> str:
        return self.title or self.source

    @property
    def territory(self) -> str | None:
        """Where the list is from, as permissions ask; ``None`` is all of France."""
        return f"{self.level}:{self.code}" if self.code else None


class ImportRow(models.Model):
    """What became of one row. Rows that told nothing new are only counted."""

    class Action(models.TextChoices):
        """What the import did."""

        CREATED = "created", _("ajouté")
        UPDATED = "updated", _("changé")
        GONE = "gone", _("disparu de la liste")
        REFUSED = "refused", _("refusé")
        LEFT = "left", _("laissé de côté")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField(_("ligne"), null=True, blank=True)
    action = models.CharField(_("effet"), max_length=7, choices=Action.choices)
    source_id = models.CharField(_("identifiant dans la liste"), max_length=200, blank=True)
    place = models.CharField(_("lieu"), max_length=40, blank=True)
    made = models.BooleanField(_("a créé le lieu"), default=False)
    before = models.JSONField(_("fiche avant"), null=True, blank=True)
    after = models.JSONField(_("fiche après"), null=True, blank=True)
    reasons = models.JSONField(_("raisons"), default=list, blank=True)

    class Meta:
        """In the order of the list."""

        verbose_name = _("ligne d’un import")
        verbose_name_plural = _("lignes des imports")
        ordering: ClassVar = ["batch_id", "row", "pk"]
        indexes: ClassVar = [models.Index(fields=["place"], name="offer_row_place")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row} {self.action}"
