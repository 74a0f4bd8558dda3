"""Indicators of activity: what each one means, shares with their interval, what moved for sure.

A share is told from twenty answers on; two shares or two counts are said different only beyond
chance. Nothing here knows where the counts come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import hypot
from typing import TYPE_CHECKING

from portrea.action.difficulties import Change, before_after
from portrea.stats.shares import wilson
from portrea.steering.display import parameters

if TYPE_CHECKING:
    from portrea.steering.gathering import Counts
    from portrea.steering.periods import Period

UNSAID = "Non renseigné"
"""What a value is called when nothing is told."""
NORMAL = 1.959964
"""Quantile of the normal law, for intervals at 95 %."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """What an indicator counts, in plain French. ``silent``: what it does not say."""

    id: str
    title: str
    definition: str
    unit: str
    formula: str
    source: str
    silent: str
    dimensions: tuple[str, ...] = ()


@cache
def indicators() -> dict[str, Indicator]:
    """Return every indicator, in the order of the page: identifier → card."""
    cards = parameters("indicators")["indicators"]
    return {
        name: Indicator(name, **{**card, "dimensions": tuple(card.get("dimensions", ()))})
        for name, card in cards.items()
    }


@dataclass(frozen=True, slots=True)
class Share:
    """A share in [0, 1] with its bounds (Wilson, 95 %): ``yes`` among ``of``."""

    yes: int
    of: int
    value: float
    low: float
    high: float


def share_of(yes: int, of: int) -> Share | None:
    """Return a share, ``None`` below the number of answers that lets it be told."""
    if of < least_share():
        return None
    low, high = wilson(yes / of, of, NORMAL)
    return Share(yes, of, yes / of, float(low), float(high))


@dataclass(frozen=True, slots=True)
class Moved:
    """How two numbers differ: a difference of shares or a ratio of counts, and its bounds."""

    saying: Change
    value: float | None = None
    low: float | None = None
    high: float | None = None


def share_change(now: Share | None, before: Share | None) -> Moved:
    """Compare two independent shares: difference with Newcombe's interval (1998), at 95 %."""
    if now is None or before is None:
        return Moved(Change.TOO_FEW)
    difference = now.value - before.value
    low = difference - hypot(now.value - now.low, before.high - before.value)
    high = difference + hypot(now.high - now.value, before.value - before.low)
    saying = Change.MORE if low > 0 else Change.LESS if high < 0 else Change.UNSURE
    return Moved(saying, difference, low, high)


def count_change(now: int, now_days: int, before: int, before_days: int) -> Moved:
    """Compare how often something was noted in two periods, as many days being as watchful."""
    found = before_after(before=before, before_days=before_days, after=now, after_days=now_days)
    return Moved(found.saying, found.ratio, found.low, found.high)


def least_share() -> int:
    """Return the number of answers below which no share is told."""
    return int(parameters("indicators")["rules"]["least_share"]["value"])


@dataclass(frozen=True, slots=True)
class Dimension:
    """Counts by value of one thing: its title, what a line counts, the French of its values.

    ``ordered`` values are told in the order of ``names``, the others the most numerous first.
    ``of`` names the dimension whose total the lines are parts of, when it is not their own.
    """

    id: str
    title: str
    counts: Counts
    names: dict[str, str]
    ordered: bool = False
    of: str = ""

    def name_of(self, value: str) -> str:
        """Return the French of a value."""
        return self.names.get(value, value or UNSAID)


@dataclass(frozen=True, slots=True)
class Delays:
    """Proposals to administrations of a period: sent, answered, changed; days to an answer."""

    sent: int
    answered: int
    changed: int
    median: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """Cases of rights that reached a stage; ``None`` is hidden."""

    label: str
    reached: int | None


@dataclass(frozen=True, slots=True)
class Activity:
    """Everything counted of one territory over one period.

    ``dimensions`` are by identifier (``portrea.action.tallies``, ``difficulty``, ``handover``);
    ``minutes`` of help by month; ``fresh`` is (tier, places) on the day of reading; ``steps`` is
    ``None`` when the period is not made of whole years.
    """

    name: str
    period: Period
    dimensions: dict[str, Dimension]
    minutes: dict[int, int]
    fresh: tuple[tuple[str, int], ...]
    delays: Delays
    steps: tuple[Step, ...] | None

    def whole(self, dimension: str) -> int:
        """Return what the lines of a dimension are parts of; 0 when too little was noted."""
        name = self.dimensions[dimension].of or dimension
        shown = self.dimensions[name].counts.shown(self.period)
        return sum(shown.total) if shown else 0

    def number(self, dimension: str, value: str = "") -> int | None:
        """Return how many are told of a value, of all of them without one; ``None``: too few."""
        shown = self.dimensions[dimension].counts.shown(self.period)
        if shown is None:
            return None
        if not value:
            return sum(shown.total)
        line = shown.rows.get(value)
        if line is None:
            return None if value in shown.hidden else 0
        return sum(line)
