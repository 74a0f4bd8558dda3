"""What was done to help, one row by help given; no identity (see portrea.action.activity)."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.web.accounts.keys import KEY, new_key
from portrea.web.action.models.base import Made
from portrea.web.action.models.procedures import Procedure
from portrea.web.action.models.workshops import Workshop


class Channel(models.TextChoices):
    """How a record came."""

    WEB = "web", _("en ligne")
    PHONE = "file", _("téléphone, envoyé plus tard")
    IMPORT = "import", _("fichier importé")
    COOP = "coop", _("Coop de la médiation numérique")
    WORKSHOP = "atelier", _("bilan d’un atelier")


class Record(Made):
    """One help given: the columns are those of :class:`portrea.action.activity.Activity`.

    ``uuid`` is drawn by who writes: sent again, it is the same. ``commune`` is where it happened
    (or, at home, where the person lives); ``place`` is the census identifier of the place, if any.
    """

    uuid = models.UUIDField(_("identifiant"), unique=True, default=uuid4)
    day = models.DateField(_("jour"))
    kind = models.CharField(_("type"), max_length=12)
    where = models.CharField(_("lieu de l’aide"), max_length=16)
    place = models.CharField(_("lieu du recensement"), max_length=100, blank=True)
    commune = models.CharField(_("commune"), max_length=5, blank=True)
    people = models.PositiveSmallIntegerField(_("personnes"), default=1)
    known = models.PositiveSmallIntegerField(_("déjà venues"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    band = models.CharField(_("durée, en gros"), max_length=8, blank=True)
    themes = models.JSONField(_("thèmes"), default=list, blank=True)
    other_themes = models.JSONField(_("autres thèmes"), default=list, blank=True)
    procedure = models.ForeignKey(
        Procedure, on_delete=models.PROTECT, null=True, blank=True, related_name="records",
        verbose_name=_("démarche"),
    )  # fmt: skip
    procedure_words = models.CharField(_("démarche, en mots"), max_length=160, blank=True)
    bodies = models.JSONField(_("organismes"), default=list, blank=True)
    autonomy = models.CharField(_("autonomie"), max_length=24, blank=True)
    equipment = models.JSONField(_("matériel"), default=list, blank=True)
    result = models.CharField(_("demande satisfaite"), max_length=8, blank=True)
    reason = models.CharField(_("pourquoi pas"), max_length=16, blank=True)
    oriented = models.BooleanField(_("orientation"), null=True, blank=True)
    oriented_to = models.CharField(_("vers"), max_length=40, blank=True)
    title = models.CharField(_("titre de l’atelier"), max_length=160, blank=True)
    standing = models.CharField(_("niveau de l’atelier"), max_length=16, blank=True)
    tags = models.JSONField(_("étiquettes"), default=list, blank=True)
    ages = models.JSONField(_("âges"), default=dict, blank=True)
    statuses = models.JSONField(_("situations"), default=dict, blank=True)
    genders = models.JSONField(_("genres"), default=dict, blank=True)
    workshop = models.ForeignKey(
        Workshop, on_delete=models.SET_NULL, null=True, blank=True, related_name="records",
        verbose_name=_("atelier"),
    )  # fmt: skip
    channel = models.CharField(
        _("par où"), max_length=8, choices=Channel.choices, default=Channel.WEB
    )
    origin = models.CharField(_("import"), max_length=40, blank=True)
    received = models.DateTimeField(_("reçu le"), default=timezone.now)

    class Meta:
        """Newest first."""

        verbose_name = _("compte rendu d’activité")
        verbose_name_plural = _("comptes rendus d’activité")
        ordering: ClassVar = ["-day", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["level", "code", "day"], name="action_record_where"),
            models.Index(fields=["structure", "day"], name="action_record_structure"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class RecordImport(Made):
    """A file of records: read, looked at, added, undone.

    ``lines`` are what waits to be added, as :func:`portrea.action.activity_tables.write_row` says
    it: coded or scrubbed, nothing else of the file is kept. They are emptied once added.
    """

    class State(models.TextChoices):
        """How far it is."""

        RECEIVED = "recu", _("à vérifier")
        APPLIED = "ajoute", _("ajouté")
        UNDONE = "defait", _("défait")

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    file_name = models.CharField(_("fichier"), max_length=120)
    form = models.CharField(_("forme"), max_length=12)
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.RECEIVED)
    lines = models.JSONField(_("lignes"), default=list, blank=True)
    faults = models.JSONField(_("lignes refusées"), default=list, blank=True)
    read = models.PositiveIntegerField(_("lignes lues"), default=0)
    refused = models.PositiveIntegerField(_("lignes qui ne vont pas"), default=0)
    added = models.PositiveIntegerField(_("lignes ajoutées"), default=0)

    class Meta:
        """Newest first."""

        verbose_name = _("import de comptes rendus")
        verbose_name_plural = _("imports de comptes rendus")
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def waits(self) -> bool:
        """Whether it was looked at and not yet added."""
        return self.state == self.State.RECEIVED
