"""Months that an indicator counts: whole months, quarters and years, and those to compare with.

A month is a number (``year × 12 + month − 1``), so that periods are added and cut as numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError
from portrea.steering.wording import mark

if TYPE_CHECKING:
    from datetime import date

MONTH, QUARTER, YEAR = 1, 3, 12
LEVELS = (YEAR, QUARTER, MONTH)
"""Lengths of the pieces of a period, the longest first; each one divides the one before."""
YEARS, QUARTERS, MONTHS = 5, 8, 13
"""How many of each are offered."""
USUAL = "4t"
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
_CODE = re.compile(r"(?P<year>(?:19|20)\d{2})(?:-(?:T(?P<quarter>[1-4])|(?P<month>\d{2})))?")


def month_of(text: str) -> int:
    """Return the number of a month written « 2026-11 ».

    Raises
    ------
    ParameterError
        It is not a month.
    """
    found = _CODE.fullmatch(text.strip())
    if found is None or not found["month"] or not 1 <= int(found["month"]) <= YEAR:
        raise ParameterError(
            mark(f"« {text} » n’est pas un mois."), remedy="Écrivez une année et un mois : 2026-11."
        )
    return int(found["year"]) * YEAR + int(found["month"]) - 1


def month_code(number: int) -> str:
    """Return a month as it is written: « 2026-11 »."""
    return f"{number // YEAR}-{number % YEAR + 1:02d}"


def last_whole(today: date) -> int:
    """Return the last month that is over."""
    return today.year * YEAR + today.month - 2


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole months, the last one included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many months it lasts."""
        return self.last - self.first + 1

    @property
    def months(self) -> range:
        """Its months, in order."""
        return range(self.first, self.last + 1)

    @property
    def code(self) -> str:
        """How addresses and files name it: « 2025 », « 2026-T3 », « 2026-08 », two months else."""
        year, place = divmod(self.first, YEAR)
        if self.length == MONTH:
            return month_code(self.first)
        if self.length == QUARTER and place % QUARTER == 0:
            return f"{year}-T{place // QUARTER + 1}"
        if self.length == YEAR and place == 0:
            return str(year)
        return f"{month_code(self.first)}_{month_code(self.last)}"

    @property
    def former(self) -> Period:
        """Return as many months, just before."""
        return self.moved(-self.length)

    @property
    def year_ago(self) -> Period:
        """Return the same months, a year before."""
        return self.moved(-YEAR)

    @property
    def days(self) -> int:
        """How many days it lasts."""
        from datetime import date

        first, after = (date(n // YEAR, n % YEAR + 1, 1) for n in (self.first, self.last + 1))
        return (after - first).days

    def moved(self, months: int) -> Period:
        """Return it so many months later."""
        return Period(self.first + months, self.last + months)

    def pieces(self, whole: int) -> tuple[Period, ...]:
        """Cut it into years, quarters and months of the calendar, each as long as can be.

        ``whole`` is the last month that is over: nothing later is counted.
        """
        found, at = [], self.first
        end = min(self.last, whole)
        while at <= end:
            length = next(n for n in LEVELS if at % n == 0 and at + n - 1 <= end)
            found.append(Period(at, at + length - 1))
            at += length
        return tuple(found)

    def __str__(self) -> str:
        year, place = divmod(self.first, YEAR)
        if self.length == YEAR and place == 0:
            return str(year)
        if self.length == QUARTER and place % QUARTER == 0:
            nth = ("1er", "2e", "3e", "4e")[place // QUARTER]
            return f"{nth} trimestre {year}"
        first, last = _said(self.first), _said(self.last)
        return first if first == last else f"{first} à {last}"


def _said(number: int) -> str:
    return f"{_MONTHS[number % YEAR]} {number // YEAR}"


def offered(whole: int) -> dict[str, str]:
    """Return the periods offered, code → French: nothing that is not over."""
    year, quarter = (whole + 1) // YEAR * YEAR, (whole + 1) // QUARTER * QUARTER
    years = [Period(year - YEAR * n, year - YEAR * n + YEAR - 1) for n in range(1, YEARS + 1)]
    quarters = [
        Period(quarter - QUARTER * n, quarter - QUARTER * n + QUARTER - 1)
        for n in range(1, QUARTERS + 1)
    ]
    months = [Period(whole - n, whole - n) for n in range(MONTHS)]
    told = {one.code: str(one) for one in (*years, *quarters, *months)}
    return {USUAL: f"Quatre derniers trimestres ({usual(whole)})"} | told


def usual(whole: int) -> Period:
    """Return the last four quarters that are over: a year without waiting for its end."""
    end = (whole + 1) // QUARTER * QUARTER
    return Period(end - YEAR, end - 1)


def period_of(code: str, whole: int) -> Period:
    """Return a period by its code; the usual one for ``4t`` and for nothing.

    Raises
    ------
    ParameterError
        The code is none, its end comes first, or it is not over.
    """
    if code in ("", USUAL):
        return usual(whole)
    if "_" in code:
        first, _sep, last = code.partition("_")
        return checked(Period(month_of(first), month_of(last)), whole)
    found = _CODE.fullmatch(code)
    if found is None:
        raise ParameterError(
            mark(f"La période « {code} » n’existe pas."),
            remedy="Choisissez une année (2025), un trimestre (2026-T3) ou un mois (2026-08).",
        )
    if found["month"]:
        month = month_of(code)
        return checked(Period(month, month), whole)
    start = int(found["year"]) * YEAR
    if found["quarter"]:
        start += (int(found["quarter"]) - 1) * QUARTER
        return checked(Period(start, start + QUARTER - 1), whole)
    return checked(Period(start, start + YEAR - 1), whole)


def checked(period: Period, whole: int) -> Period:
    """Return a period that is over and goes forward.

    Raises
    ------
    ParameterError
        It does not.
    """
    if period.last < period.first:
        raise ParameterError(
            "La période finit avant de commencer.", remedy="Échangez les deux mois."
        )
    if period.last > whole:
        raise ParameterError(
            f"La période n’est pas finie : le dernier mois entier est {_said(whole)}.",
            remedy="Choisissez un mois qui est passé.",
        )
    return period
