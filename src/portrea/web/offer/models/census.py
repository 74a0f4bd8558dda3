"""A place of the census, what each list tells of it, what people fixed and what they must answer.

``Place.record`` is computed (:func:`portrea.offer.layers.resolve`) from the cards and the fixes:
never write it but through the services. The other columns of ``Place`` are copies to search by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portrea.offer.content import from_dict
from portrea.offer.record import Block
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from portrea.offer.record import Place as Record

BITS = {str(name): 1 << rank for rank, name in enumerate((*Situation, Block.DEPANNAGE))}
"""Bits of ``Place.situations``: information, equipement, aide, formation, and repair apart."""


class Place(models.Model):
    """A place that helps, as shown; never erased once a person touched it."""

    class Status(models.TextChoices):
        """What the public sees of a place."""

        OPEN = "open", _("ouvert")
        CLOSED = "closed", _("fermé")
        HIDDEN = "hidden", _("masqué")
        ABSORBED = "absorbed", _("réuni à un autre")

    id = models.CharField(_("identifiant"), primary_key=True, max_length=40)
    record = models.JSONField(_("fiche"))
    evidence = models.JSONField(_("provenance par champ"), default=dict)
    edits = models.JSONField(_("version du dernier changement par champ"), default=dict)
    version = models.PositiveIntegerField(_("version"), default=1)
    status = models.CharField(_("état"), max_length=8, choices=Status.choices, default=Status.OPEN)
    closed_on = models.DateField(_("fermé le"), null=True, blank=True)
    listed = models.BooleanField(_("encore dans une liste"), default=True)

    name = models.CharField(_("nom"), max_length=300)
    kind = models.CharField(_("type"), max_length=80, blank=True)
    city = models.CharField(_("ville ou village"), max_length=120, blank=True)
    commune = models.CharField(_("code de la commune"), max_length=5, blank=True)
    epci = models.CharField(_("EPCI"), max_length=9, blank=True)
    departement = models.CharField(_("département"), max_length=3, blank=True)
    region = models.CharField(_("région"), max_length=3, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    phone = models.CharField(_("téléphone"), max_length=40, blank=True)
    situations = models.PositiveSmallIntegerField(_("situations"), default=0)
    updated = models.DateField(_("mis à jour le"), null=True, blank=True)
    confirmed = models.DateField(_("confirmé le"), null=True, blank=True)
    completeness = models.FloatField(_("complétude"), default=0)
    sort = models.CharField(_("ordre de liste"), max_length=160, blank=True)
    search = models.TextField(_("texte cherché"), blank=True)
    tags = models.TextField(_("classements, un par ligne"), blank=True)
    week = models.TextField(_("semaine ordinaire, en minutes"), blank=True)
    created = models.DateTimeField(_("créé le"), default=timezone.now)
    changed = models.DateTimeField(_("changé le"), default=timezone.now)

    class Meta:
        """By town then name.

        Situations are bits in covering indexes, not a table of their own: at 108,000 places on
        SQLite a filtered page takes 0.3 ms and a count of all of France 20 ms, against 250 ms when
        the wide rows are read.
        """

        verbose_name = _("lieu")
        verbose_name_plural = _("lieux")
        ordering: ClassVar = ["sort", "id"]
        indexes: ClassVar = [
            models.Index(fields=["changed"], name="offer_place_changed"),
            models.Index(fields=["status", "sort", "id", "situations"], name="offer_place_shown"),
            *(
                models.Index(
                    fields=[level, "status", "sort", "id", "situations"],
                    name=f"offer_place_in_{level}",
                )
                for level in ("commune", "epci", "departement", "region")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.city})" if self.city else self.name

    @property
    def content(self) -> Record:
        """The record as shown."""
        return from_dict(self.record)

    @property
    def territory(self) -> str:
        """Where it is, as permissions and the journal ask: ``commune:35188``."""
        if self.commune:
            return f"commune:{self.commune}"
        return f"departement:{self.departement}" if self.departement else "france:FR"


class SourceCard(models.Model):
    """What one row of one list tells of a place."""

    source = models.CharField(_("liste"), max_length=120)
    source_id = models.CharField(_("identifiant dans la liste"), max_length=200)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="cards")
    content = models.JSONField(_("contenu"))
    digest = models.CharField(_("empreinte du contenu"), max_length=32)
    updated = models.DateField(_("date donnée par la liste"), null=True, blank=True)
    told = models.DateField(_("appris le"), null=True, blank=True)
    reliability = models.PositiveSmallIntegerField(_("fiabilité"), default=2)
    present = models.BooleanField(_("encore dans la liste"), default=True)
    batch = models.ForeignKey(
        "offer.ImportBatch",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cards",
        verbose_name=_("dernier import qui l’a changée"),
    )

    class Meta:
        """One card by row of a list."""

        verbose_name = _("fiche d’une liste")
        verbose_name_plural = _("fiches des listes")
        ordering: ClassVar = ["source", "source_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "source_id"], name="offer_card_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"


class Fix(models.Model):
    """A person's word on one field, above the lists. Who is in the journal, which can forget."""

    class State(models.TextChoices):
        """Whether the fix still counts."""

        ACTIVE = "active", _("en vigueur")
        WITHDRAWN = "withdrawn", _("retirée")

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="fixes")
    path = models.CharField(_("champ"), max_length=120)
    value = models.JSONField(_("valeur"), null=True, blank=True)
    replaced = models.JSONField(_("ce que disaient les listes"), null=True, blank=True)
    origin = models.CharField(_("venue de"), max_length=20, default="person")
    at = models.DateTimeField(_("le"), default=timezone.now)
    reason = models.CharField(_("raison"), max_length=500, blank=True)
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.ACTIVE)
    withdrawn = models.DateTimeField(_("retirée le"), null=True, blank=True)

    class Meta:
        """Newest last."""

        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.place_id} {self.path}"


class Question(models.Model):
    """A newer word of a list against a fix: shown to the référent until it is answered."""

    class State(models.TextChoices):
        """What became of the question."""

        OPEN = "open", _("posée")
        KEPT = "kept", _("correction gardée")
        TAKEN = "taken", _("nouvelle valeur prise")
        GONE = "gone", _("sans objet")

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="questions")
    path = models.CharField(_("champ"), max_length=120)
    told = models.JSONField(_("ce que dit la liste"), null=True, blank=True)
    fixed = models.JSONField(_("correction en vigueur"), null=True, blank=True)
    source = models.CharField(_("liste"), max_length=120)
    date = models.DateField(_("date donnée"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=5, choices=State.choices, default=State.OPEN)
    raised = models.DateTimeField(_("posée le"), default=timezone.now)
    answered = models.DateTimeField(_("répondue le"), null=True, blank=True)

    class Meta:
        """One open question by field."""

        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering: ClassVar = ["raised", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["place", "path"],
                condition=models.Q(state="open"),
                name="offer_question_open_once",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["state", "raised"], name="offer_question_state")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.path}"
