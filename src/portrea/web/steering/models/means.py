"""Means of a territory: what each action takes, in people, hours and euros. No name, ever."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portrea.steering import means
from portrea.web.action.models import Series
from portrea.web.action.models.base import Made


class CountedBy(models.TextChoices):
    """Which records of activity say how many people an action helped."""

    NOTHING = "rien", _("Aucun : son coût seul est dit")
    SERIES = "serie", _("Ceux des ateliers de la série choisie")
    KIND = "ateliers", _("Les ateliers collectifs du territoire")
    WHOLE = "territoire", _("Tous ceux du territoire")


class FundedAction(Made):
    """An action with its means: workshops, a permanence, a bus, training, coordination.

    ``counted`` says which records of activity are its own; ``series`` names them when it is one.
    """

    title = models.CharField(_("nom de l’action"), max_length=160)
    kind = models.CharField(_("type"), max_length=16)
    counted = models.CharField(
        _("comptes rendus"), max_length=12, choices=CountedBy.choices, default=CountedBy.NOTHING
    )
    series = models.ForeignKey(
        Series, on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("série d’ateliers"),
    )  # fmt: skip

    class Meta:
        """By name; one of each name in a territory."""

        verbose_name = _("action et ses moyens")
        verbose_name_plural = _("actions et leurs moyens")
        ordering: ClassVar = ["title", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["level", "code", "title"], name="steering_action_once")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_label(self) -> str:
        """French of its type."""
        return means.kinds().get(self.kind, self.kind)


class MeansLine(models.Model):
    """A line of means (:class:`portrea.steering.means.Line`)."""

    action = models.ForeignKey(FundedAction, on_delete=models.CASCADE, related_name="lines")
    nature = models.CharField(_("nature"), max_length=16)
    year = models.PositiveSmallIntegerField(_("année"))
    amount = models.DecimalField(_("montant"), max_digits=12, decimal_places=2)
    life = models.PositiveSmallIntegerField(_("durée de vie, en années"), default=1)
    funder = models.CharField(_("financeur"), max_length=160, blank=True)

    class Meta:
        """Newest year first."""

        verbose_name = _("ligne de moyens")
        verbose_name_plural = _("lignes de moyens")
        ordering: ClassVar = ["-year", "nature", "pk"]

    def __str__(self) -> str:
        return f"{self.nature} {self.year}"

    @property
    def nature_label(self) -> str:
        """French of its nature."""
        return means.natures().get(self.nature, self.nature)

    @property
    def told(self) -> means.Line:
        """The same, as it is added up."""
        return means.Line(self.nature, float(self.amount), self.year, self.life, self.funder)
