"""How many people do not claim, by a national rate: eligible = beneficiaries / (1 − τ).

An order of magnitude, never a local rate: with one τ for all, its map only redraws the
beneficiaries. Counts are those of one area, in households or in persons, never both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.stats.disclosure import rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Saying(StrEnum):
    """What may be said of those who do not claim."""

    ESTIMATED = "ordre de grandeur"
    CEILING = "au plus"
    NO_RATE = "non estimable"
    NO_COUNT = "bénéficiaires inconnus"
    HIDDEN = "non publié"


@dataclass(frozen=True, slots=True)
class Range:
    """A count and its bounds; ``value`` is ``None`` when only bounds are known."""

    low: float
    value: float | None
    high: float

    @property
    def size(self) -> float:
        """The count, or the most it may be: what secrecy looks at."""
        return self.high if self.value is None else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One benefit: what counts its beneficiaries, its published rate of non-take-up.

    ``short`` is its name in a drawing. ``rate`` and ``lowest`` are shares of the eligible; ``rate``
    is ``None`` when none is published, a bound when ``ceiling``. ``right`` is its name in the
    catalogue of rights, empty when it has none. ``silent`` tells what the figure does not say.
    """

    name: str
    label: str
    short: str
    right: str
    unit: str
    variable: str
    silent: str
    hidden_below: int = 0
    rate: float | None = None
    lowest: float | None = None
    ceiling: bool = False
    context: str = ""
    universe: str = ""
    year: str = ""
    source: str = ""
    interval: str = ""

    @property
    def rates(self) -> tuple[float, float]:
        """Lowest and highest rate compatible with what is published, rounding included.

        Raises
        ------
        ValueError
            When the benefit has no published rate.
        """
        if self.rate is None or self.lowest is None:
            raise ValueError(self.name)
        half = float(parameters()["rounding"]["value"])
        return 0.0 if self.ceiling else self.lowest - half, self.rate + half


@dataclass(frozen=True, slots=True)
class TakeUp:
    """One benefit in one area: who has it, who could, who does not claim (``None``: not said)."""

    line: Line
    saying: Saying
    beneficiaries: Range | None = None
    eligible: Range | None = None
    unclaimed: Range | None = None


@cache
def parameters() -> Mapping[str, Any]:
    """Return what ``params/taux.yaml`` says."""
    text = (files("portrea.rights") / "params" / "taux.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """An indicator shown apart, with its own definition: young people who saw nobody for care."""

    label: str
    count: str
    whole: str
    meaning: str
    hidden_below: int


@cache
def care() -> Care:
    """Return the indicator of recourse to care."""
    return Care(**parameters()["care"])


@cache
def lines() -> Mapping[str, Line]:
    """Return the benefits by name, in the order of the file."""
    return {name: Line(name=name, **card) for name, card in parameters()["lines"].items()}


def threshold() -> int:
    """Return the count under which nothing is said (income and social status)."""
    return int(rule("threshold_income"))


def published(value: float | None, status: str, *, hidden_below: int) -> Range | None:
    """Return what a published figure may be, ``None`` when it is not in the source.

    A rounded figure is within ``half_width``; a hidden one is anything under ``hidden_below``.
    """
    if status == "suppressed":
        return Range(0.0, None, float(hidden_below - 1))
    if value is None:
        return None
    half = float(parameters()["half_width"]["value"]) if status == "rounded" else 0.0
    return Range(max(0.0, value - half), value, value + half)


def added(parts: Sequence[Range | None]) -> Range | None:
    """Return the sum of the communes of an area, ``None`` as soon as one is not in the source."""
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    values = [part.value for part in known if part.value is not None]
    total = sum(values) if len(values) == len(known) else None
    return Range(sum(part.low for part in known), total, sum(part.high for part in known))


def by_rate(line: Line, count: Range | None) -> TakeUp:
    """Return what the published national rate says of an area.

    Parameters
    ----------
    line
        The benefit and its rate.
    count
        Its beneficiaries in the area, in ``line.unit``; ``None`` when unknown.

    Notes
    -----
    Nothing under :func:`threshold` is said, nor what would give it by subtraction: when those who
    do not claim are too few, the eligible are not said either, and a low bound under the threshold
    becomes 0. A count hidden by its source, or under the threshold, hides the whole line.
    """
    if count is None:
        return TakeUp(line, Saying.NO_COUNT)
    if count.size < threshold():
        return TakeUp(line, Saying.HIDDEN)
    if line.rate is None:
        return TakeUp(line, Saying.NO_RATE, count)
    unclaimed = _unclaimed(line, count)
    if unclaimed.size < threshold():
        return TakeUp(line, Saying.HIDDEN, count)
    eligible = _eligible(line, count)
    if unclaimed.low < threshold():
        unclaimed = Range(0.0, unclaimed.value, unclaimed.high)
        eligible = Range(count.low, eligible.value, eligible.high)
    saying = Saying.CEILING if line.ceiling else Saying.ESTIMATED
    return TakeUp(line, saying, count, eligible, unclaimed)


def _eligible(line: Line, count: Range) -> Range:
    low, high = line.rates
    middle = None if line.ceiling or count.value is None else count.value / (1 - (line.rate or 0.0))
    return Range(count.low / (1 - low), middle, count.high / (1 - high))


def _unclaimed(line: Line, count: Range) -> Range:
    low, high = line.rates
    rate = line.rate or 0.0
    middle = None if line.ceiling or count.value is None else count.value * rate / (1 - rate)
    return Range(count.low * low / (1 - low), middle, count.high * high / (1 - high))


def gap(eligible: Range, beneficiaries: Range | None, *, units: tuple[str, str]) -> Range | None:
    """Return eligible minus beneficiaries, ``None`` when it cannot be said.

    It is not said between two units, without beneficiaries, or when it is smaller than the
    threshold. A negative gap (fewer eligible than beneficiaries) is an error of the model, and is
    said as such.
    """
    if beneficiaries is None or units[0] != units[1]:
        return None
    both = None not in (eligible.value, beneficiaries.value)
    middle = (eligible.value or 0.0) - (beneficiaries.value or 0.0) if both else None
    found = Range(eligible.low - beneficiaries.high, middle, eligible.high - beneficiaries.low)
    return None if abs(found.size) < threshold() else found
