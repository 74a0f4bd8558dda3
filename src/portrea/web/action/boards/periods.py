"""The months that a board shows, and those of the same length just before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

YEARS = 6
"""Calendar years offered, this one included."""
LONGEST = 12
"""Rolling months offered; a greater number is a year."""
USUAL = "12"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, the last one included; ``first`` and ``last`` are first days of months."""

    first: date
    last: date

    @property
    def months(self) -> tuple[str, str]:
        """First and last month, as tallies write them."""
        return f"{self.first:%Y-%m}", f"{self.last:%Y-%m}"

    @property
    def until(self) -> date:
        """Return its last day."""
        return moved(self.last, 1) - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.until - self.first).days + 1

    @property
    def former(self) -> Period:
        """Return as many months, just before."""
        number = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return Period(moved(self.first, -number), moved(self.first, -1))

    def __str__(self) -> str:
        first, last = date_format(self.first, "F Y"), date_format(self.last, "F Y")
        return first if first == last else _("%(first)s à %(last)s") % {
            "first": first, "last": last
        }  # fmt: skip


def moved(first: date, months: int) -> date:
    """Return the first day of the month so many months later."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def offered(today: date) -> Mapping[str, str]:
    """Return the periods offered: code → French."""
    rolling = {
        "1": _("Ce mois-ci"),
        "3": _("Trois derniers mois"),
        "6": _("Six derniers mois"),
        "12": _("Douze derniers mois"),
    }
    years = {str(year): str(year) for year in range(today.year, today.year - YEARS, -1)}
    return rolling | years


def period_of(code: str, today: date) -> Period:
    """Return a period by its code, the usual one when it is unknown."""
    code = code if code in offered(today) else USUAL
    number, month = int(code), date(today.year, today.month, 1)
    if number > LONGEST:
        return Period(date(number, 1, 1), date(number, 12, 1))
    return Period(moved(month, 1 - number), month)
