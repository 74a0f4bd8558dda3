"""Counts of the records of a month, kept so that boards need not read a million records.

The database itself notes, in :class:`TallyStale`, each month that a record enters, changes or
leaves (``triggers.py``); what is noted is counted again before it is shown.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portrea.web.action.models.base import Placed


class Month(Placed):
    """The records of one territory, one structure and one month (``2026-11``)."""

    month = models.CharField(_("mois"), max_length=7)

    class Meta:
        """No table."""

        abstract = True


class Tally(Month):
    """What these records count (:func:`portrea.action.tallies.packed`, cells by number)."""

    records = models.PositiveIntegerField(_("comptes rendus"))
    counts = models.BinaryField(_("décomptes"))

    class Meta:
        """One a month."""

        verbose_name = _("décompte d’activité")
        verbose_name_plural = _("décomptes d’activité")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["level", "code", "structure", "month"], name="action_tally_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.territory} {self.month}"


class TallyStale(Month):
    """A month whose records changed since it was counted; noted once or several times."""

    class Meta:
        """Found by territory."""

        verbose_name = _("décompte à refaire")
        verbose_name_plural = _("décomptes à refaire")
        indexes: ClassVar = [
            models.Index(fields=["level", "code", "structure", "month"], name="action_stale_where")
        ]

    def __str__(self) -> str:
        return f"{self.territory} {self.month}"


class TallyCell(models.Model):
    """The number of a cell: a dimension (« theme ») and one of its values."""

    dimension = models.CharField(_("dimension"), max_length=16)
    value = models.CharField(_("valeur"), max_length=160, blank=True)

    class Meta:
        """One number a cell."""

        verbose_name = _("case d’un décompte")
        verbose_name_plural = _("cases des décomptes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dimension", "value"], name="action_cell_once")
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.value}"
