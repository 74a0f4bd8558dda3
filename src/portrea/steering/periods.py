"""What an indicator counts: whole quarters and years that are over, and those to compare with.

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

QUARTER, YEAR = 3, 12
YEARS, QUARTERS = 5, 8
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
    """Return the last month of the last quarter that is over."""
    return (today.year * YEAR + today.month - 1) // QUARTER * QUARTER - 1


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
        """How addresses and files name it: « 2025 », « 2026-T3 », its two end months else."""
        year, place = divmod(self.first, YEAR)
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
    year = (whole + 1) // YEAR * YEAR
    years = [Period(year - YEAR * n, year - YEAR * n + YEAR - 1) for n in range(1, YEARS + 1)]
    told = {one.code: str(one) for one in (*years, *quarters(whole, QUARTERS))}
    return {USUAL: f"Quatre derniers trimestres ({usual(whole)})"} | told


def quarters(whole: int, number: int) -> list[Period]:
    """Return so many quarters that are over, the last one first."""
    ends = range(whole, whole - QUARTER * number, -QUARTER)
    return [Period(end - QUARTER + 1, end) for end in ends]


def usual(whole: int) -> Period:
    """Return the last four quarters that are over: a year without waiting for its end."""
    return Period(whole - YEAR + 1, whole)


def period_of(code: str, whole: int) -> Period:
    """Return a period by its code; the usual one for ``4t`` and for nothing.

    Raises
    ------
    ParameterError
        The code is none, its end comes first, it cuts a quarter, or it is not over.
    """
    if code in ("", USUAL):
        return usual(whole)
    first, _sep, last = code.partition("_")
    return checked(Period(_span(first).first, _span(last or first).last), whole)


def _span(code: str) -> Period:
    found = _CODE.fullmatch(code)
    if found is None:
        raise ParameterError(
            mark(f"La période « {code} » n’existe pas."),
            remedy="Choisissez une année (2025) ou un trimestre (2026-T3).",
        )
    if found["month"]:
        return Period(month_of(code), month_of(code))
    start = int(found["year"]) * YEAR
    if found["quarter"]:
        start += (int(found["quarter"]) - 1) * QUARTER
        return Period(start, start + QUARTER - 1)
    return Period(start, start + YEAR - 1)


def checked(period: Period, whole: int) -> Period:
    """Return a period of whole quarters, that is over and goes forward.

    Raises
    ------
    ParameterError
        It does not.
    """
    if period.last < period.first:
        raise ParameterError(
            "La période finit avant de commencer.", remedy="Échangez son début et sa fin."
        )
    if period.first % QUARTER or period.length % QUARTER:
        raise ParameterError(
            f"La période coupe un trimestre : {period}.",
            remedy="Choisissez des trimestres entiers : plus court, un petit nombre se devinerait.",
        )
    if period.last > whole:
        over = Period(whole - QUARTER + 1, whole)
        raise ParameterError(
            f"La période n’est pas finie : le dernier trimestre entier est le {over}.",
            remedy="Choisissez un trimestre qui est passé.",
        )
    return period
