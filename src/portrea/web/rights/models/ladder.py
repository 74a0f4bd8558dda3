"""How far each territory goes « à la source », and the partners that hold a legal right."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portrea.rights.ladder import Convention, Level
from portrea.web.accounts.keys import KEY, new_key
from portrea.web.rights.models.base import Placed


class LadderChoice(Placed):
    """The level that a territory chose; the journal says who and when."""

    rung = models.CharField(
        _("niveau choisi"), max_length=12, choices=[(one.value, one.value) for one in Level]
    )

    class Meta:
        """One for a territory."""

        verbose_name = _("niveau de l’échelle")
        verbose_name_plural = _("niveaux de l’échelle")
        ordering: ClassVar = ["level", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["level", "code"], name="rights_rung_once")
        ]

    def __str__(self) -> str:
        return f"{self.territory} : {self.rung}"


class Partner(Placed):
    """A body that a text lets open a right, and the convention under which it receives files.

    The file is handed over in person: nothing is sent.
    """

    key = models.CharField(_("lien"), max_length=KEY, unique=True, default=new_key)
    name = models.CharField(_("organisme"), max_length=160)
    basis = models.TextField(_("base légale"), max_length=600)
    signed = models.DateField(_("convention depuis le"))
    until = models.DateField(_("convention jusqu’au"))
    service = models.CharField(_("service à joindre"), max_length=200)
    retired = models.DateField(_("retiré le"), null=True, blank=True)

    class Meta:
        """By name, each once in a territory."""

        verbose_name = _("partenaire de l’attribution")
        verbose_name_plural = _("partenaires de l’attribution")
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "level", "code"], name="rights_partner_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def convention(self) -> Convention:
        """What lets it receive a file."""
        return Convention(
            basis=self.basis, signed=self.signed, until=self.until,
            retired=self.retired is not None,
        )  # fmt: skip
