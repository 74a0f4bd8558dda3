"""How long a right takes to be opened, cases that go on being counted for what is known of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from portrea.rights.outcomes import Case

QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
WAITS = ""
"""End of a case that goes on."""
OPENED = "opened"


class Life(NamedTuple):
    """How long a case lasted, in days from its detection, and how it ended."""

    days: int
    end: str


@dataclass(frozen=True, slots=True)
class Times:
    """Quartiles of the days until a right is opened (``None``: not reached), and on how many.

    ``steps`` is the share of cases whose right is opened within so many days.
    """

    quartiles: tuple[int | None, int | None, int | None]
    opened: int
    pending: int
    steps: tuple[tuple[int, Fraction], ...]

    @property
    def median(self) -> int | None:
        """Days after which one case in two has its right opened."""
        return self.quartiles[1]


def life_of(case: Case, *, today: date) -> Life:
    """Return how long a case has lasted: until its end, else until today."""
    last = getattr(case, case.end) if case.end else today
    return Life((last - case.detected).days, case.end)


def times(lives: Iterable[Life] | Mapping[Life, int]) -> Times:
    """Describe the time to a right of cases, given one by one or counted.

    Notes
    -----
    Cumulative incidence of Aalen and Johansen (1978): what was refused or abandoned is another end,
    which never becomes a right opened; a case that goes on leaves at its age, after what happens
    that day. Without refusal nor abandon it is one minus the estimate of Kaplan and Meier (1958).
    Fractions are exact while the case counts are small, so that a half is a half.
    """
    counts = Counter(lives)
    steps = tuple(_steps(counts))
    ends = Counter[str]()
    for life, number in counts.items():
        ends[life.end] += number
    first, middle, third = (_when(steps, share) for share in QUARTERS)
    return Times((first, middle, third), ends[OPENED], ends[WAITS], steps)


def _steps(counts: Counter[Life]) -> Iterable[tuple[int, Fraction]]:
    risk, left, reached = counts.total(), Fraction(1), Fraction(0)
    days = sorted({life.days for life in counts})
    by_day = {day: Counter[str]() for day in days}
    for life, number in counts.items():
        by_day[life.days][life.end] += number
    for day in days:
        told = by_day[day]
        ended = told.total() - told[WAITS]
        if told[OPENED]:
            reached += left * Fraction(told[OPENED], risk)
            yield day, reached
        left = _short(left * Fraction(risk - ended, risk))
        reached, risk = _short(reached), risk - told.total()


def _short(share: Fraction) -> Fraction:
    """Keep a fraction from growing without end: exact up to 12 digits, else the nearest."""
    return share.limit_denominator(10**12)


def _when(steps: Sequence[tuple[int, Fraction]], share: Fraction) -> int | None:
    return next((day for day, reached in steps if reached >= share), None)
