"""Rights followed from detection to opening, without identity; calls kept by consent only."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import KEY, new_key
from portrea.web.rights.models.base import Placed

if TYPE_CHECKING:
    from typing import Any


class Held(Placed):
    """Something that a territory holds, or one structure of it; who wrote it and when."""

    structure = models.CharField(_("structure"), max_length=100, blank=True)
    created = models.DateTimeField(_("créé le"), default=timezone.now)
    by: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("créé par"),
    )

    class Meta:
        """No table."""

        abstract = True


class Outreach(Held):
    """An action that looks for people: its kind (an origin), its hours of work when known.

    ``reference`` is the number of the workshop or maraude elsewhere, as text.
    """

    title = models.CharField(_("nom"), max_length=120)
    kind = models.CharField(_("type"), max_length=16)
    day = models.DateField(_("jour"))
    hours = models.DecimalField(
        _("heures de travail"), max_digits=6, decimal_places=1, null=True, blank=True
    )
    reference = models.CharField(_("numéro ailleurs"), max_length=60, blank=True)

    class Meta:
        """Newest first."""

        verbose_name = _("action d’aller vers")
        verbose_name_plural = _("actions d’aller vers")
        ordering: ClassVar = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.day} {self.title}"


class Outcome(Held):
    """One right followed for one person: the columns are those of ``portrea.rights.outcomes.Case``.

    ``key`` is how the team knows it; ``sent`` is drawn by who writes: sent again, it is the same.
    ``batch`` is the import that added it.
    """

    key = models.CharField(_("code"), max_length=KEY, unique=True, default=new_key)
    sent = models.UUIDField(_("envoi"), unique=True, default=uuid4)
    right = models.CharField(_("droit"), max_length=24)
    procedure = models.CharField(_("autre droit"), max_length=120, blank=True)
    detected = models.DateField(_("repéré le"))
    informed = models.DateField(_("informé le"), null=True, blank=True)
    accompanied = models.DateField(_("accompagné le"), null=True, blank=True)
    applied = models.DateField(_("demandé le"), null=True, blank=True)
    opened = models.DateField(_("ouvert le"), null=True, blank=True)
    refused = models.DateField(_("refusé le"), null=True, blank=True)
    abandoned = models.DateField(_("abandonné le"), null=True, blank=True)
    refusal = models.CharField(_("motif du refus"), max_length=16, blank=True)
    abandon = models.CharField(_("motif de l’abandon"), max_length=16, blank=True)
    origin = models.CharField(_("origine"), max_length=16, blank=True)
    outreach = models.ForeignKey(
        Outreach, on_delete=models.SET_NULL, null=True, blank=True, related_name="outcomes",
        verbose_name=_("action"),
    )  # fmt: skip
    age = models.CharField(_("âge"), max_length=24, blank=True)
    status = models.CharField(_("situation"), max_length=16, blank=True)
    gender = models.CharField(_("genre"), max_length=16, blank=True)
    monthly = models.DecimalField(
        _("montant par mois"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    back_pay = models.DecimalField(
        _("rappel versé"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    batch = models.CharField(_("import"), max_length=KEY, blank=True, db_index=True)

    class Meta:
        """Newest first."""

        verbose_name = _("droit suivi")
        verbose_name_plural = _("droits suivis")
        ordering: ClassVar = ["-detected", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["level", "code", "detected"], name="rights_outcome_where"),
            models.Index(fields=["structure", "detected"], name="rights_outcome_structure"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.right}"


class OutcomeImport(Held):
    """A file of rights followed: read, looked at, added, undone.

    ``lines`` are what waits to be added, as ``portrea.rights.outcome_tables.write_row`` says it;
    they are emptied once added. Nothing else of the file is kept.
    """

    class State(models.TextChoices):
        """How far it is."""

        RECEIVED = "recu", _("à vérifier")
        APPLIED = "ajoute", _("ajouté")
        UNDONE = "defait", _("défait")

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    file = models.CharField(_("fichier"), max_length=120)
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.RECEIVED)
    lines = models.JSONField(_("lignes"), default=list, blank=True)
    faults = models.JSONField(_("lignes refusées"), default=list, blank=True)
    read = models.PositiveIntegerField(_("lignes lues"), default=0)
    refused = models.PositiveIntegerField(_("lignes qui ne vont pas"), default=0)
    added = models.PositiveIntegerField(_("lignes ajoutées"), default=0)

    class Meta:
        """Newest first."""

        verbose_name = _("import de droits suivis")
        verbose_name_plural = _("imports de droits suivis")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.file


class CallBack(models.Model):
    """How somebody asked to be called about a right: kept by consent, erased once done.

    ``called`` is what she chooses to be called, ``consent`` the text that was shown to her, and
    ``code`` what she was given to erase it herself.
    """

    outcome = models.OneToOneField(
        Outcome, on_delete=models.CASCADE, related_name="call", verbose_name=_("droit suivi")
    )
    called = models.CharField(_("à appeler"), max_length=40)
    phone = models.CharField(_("téléphone"), max_length=20)
    moment = models.CharField(_("moment"), max_length=12, blank=True)
    consent = models.TextField(_("texte accepté"))
    agreed = models.DateTimeField(_("accepté le"), default=timezone.now)
    code = models.CharField(_("code"), max_length=KEY, unique=True, default=new_key)
    by: models.ForeignKey[Any, Any] = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("noté par"),
    )

    class Meta:
        """Who waits longest first."""

        verbose_name = _("rappel demandé")
        verbose_name_plural = _("rappels demandés")
        ordering: ClassVar = ["agreed", "pk"]

    def __str__(self) -> str:
        return f"{self.outcome_id} {self.agreed:%Y-%m-%d}"

    @property
    def number(self) -> str:
        """The telephone as people read it: two figures by two."""
        if not self.phone.startswith("0"):
            return self.phone
        return "\u00a0".join(self.phone[at : at + 2] for at in range(0, len(self.phone), 2))
