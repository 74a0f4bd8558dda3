"""What an action costs in a year, and by person helped: what is in it and what is left out, said.

An investment weighs the same each year of its life, that of its purchase included. A cost by person
comes with the interval of the number of persons (Poisson, exact); below twenty it is not told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.action.difficulties import poisson_interval
from portrea.steering.display import parameters

if TYPE_CHECKING:
    from collections.abc import Iterable

INVESTMENT = "investissement"


def natures() -> dict[str, str]:
    """Return what a line may be: code → French."""
    return {name: card["label"] for name, card in parameters("means")["natures"].items()}


def kinds() -> dict[str, str]:
    """Return what an action may be: code → French."""
    return dict(parameters("means")["kinds"])


def in_euros() -> tuple[str, ...]:
    """Return the natures that are costs, in euros."""
    return tuple(name for name, card in parameters("means")["natures"].items() if card["cost"])


def rule(name: str) -> int:
    """Return one of the rules of ``params/means.yaml``."""
    return int(parameters("means")["rules"][name]["value"])


@dataclass(frozen=True, slots=True)
class Line:
    """A means of an action: its nature, its amount (euros, ETP or hours), its year.

    ``life`` is in years, for an investment; ``funder`` is empty when it is not told.
    """

    nature: str
    amount: float
    year: int
    life: int = 1
    funder: str = ""

    def in_year(self, year: int) -> float:
        """Return what it weighs in a year."""
        life = self.life if self.nature == INVESTMENT else 1
        return self.amount / life if self.year <= year < self.year + life else 0.0


@dataclass(frozen=True, slots=True)
class Year:
    """The means of an action in a year, in euros, ETP and hours.

    ``cost`` is ``None`` when no line is in euros; ``inside`` and ``outside`` are the natures that
    it holds and those that it does not; ``funders`` add up to the cost, « » being who is not told.
    """

    year: int
    running: float
    invested: float
    cost: float | None
    etp: float
    hours: float
    volunteering: float
    inside: tuple[str, ...]
    outside: tuple[str, ...]
    funders: dict[str, float]


def year_of(lines: Iterable[Line], year: int) -> Year:
    """Add up the lines of an action that weigh in a year."""
    sums: Counter[str] = Counter()
    funders: Counter[str] = Counter()
    present = set()
    for line in lines:
        if weight := line.in_year(year):
            sums[line.nature] += weight  # type: ignore[assignment]
            present.add(line.nature)
            if line.nature in in_euros():
                funders[line.funder] += weight  # type: ignore[assignment]
    inside = tuple(one for one in in_euros() if one in present)
    outside = tuple(one for one in (*in_euros(), "benevolat") if one not in inside)
    cost = sum(sums[one] for one in inside)
    invested = sums[INVESTMENT]
    return Year(
        year, cost - invested, invested, cost if inside else None, sums["etp"], sums["heures"],
        sums["benevolat"], inside, outside, dict(funders.most_common()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnitCost:
    """Euros by person or by demand, and their bounds at 95 %."""

    count: int
    value: float
    low: float
    high: float


def unit_cost(cost: float | None, count: int | None) -> UnitCost | None:
    """Return a cost by person; ``None`` when the cost is unknown or the persons too few."""
    if cost is None or count is None or count < rule("least_count"):
        return None
    low, high = (float(one) for one in poisson_interval(np.asarray(float(count))))
    return UnitCost(count, cost / count, cost / high, cost / low)


def together(years: Iterable[Year]) -> Year:
    """Add up the means of several actions in the same year."""
    every = list(years)
    funders: Counter[str] = Counter()
    for one in every:
        funders.update(one.funders)
    known = {name for one in every for name in one.inside}
    inside = tuple(one for one in in_euros() if one in known)
    costs = [one.cost for one in every if one.cost is not None]
    return Year(
        every[0].year if every else 0, sum(one.running for one in every),
        sum(one.invested for one in every), sum(costs) if costs else None,
        sum(one.etp for one in every), sum(one.hours for one in every),
        sum(one.volunteering for one in every), inside,
        tuple(one for one in (*in_euros(), "benevolat") if one not in inside),
        dict(funders.most_common()),
    )  # fmt: skip
