"""What a set of open places gives: persons within reach with their range, times, who is beyond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.estimates import integer
from portrea.reach.demand import bounds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.siting.problem import Problem

FEW = 0.1
"""Below this share of rows, copying them is cheaper than multiplying all the draws."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A number of persons and its 95 % range (None when the demand has no draws)."""

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return integer(self.value)
        return f"{integer(self.value)} (entre {integer(self.low)} et {integer(self.high)})"


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Figures of a set of open places.

    Attributes
    ----------
    covered, beyond, total
        Persons within the threshold, beyond it, and all.
    mean_minutes
        Mean time to the nearest open place, per person; those beyond the table count its limit.
    farthest_minutes
        Longest time among the points where somebody asks and an open place is known.
    unreached
        Persons whom no open place of the table reaches.
    minutes
        Time of each point, ``inf`` when no open place is known.
    """

    covered: Spread
    beyond: Spread
    total: Spread
    mean_minutes: float
    farthest_minutes: float | None
    unreached: Spread
    minutes: NDArray[np.float32]

    @property
    def share(self) -> float:
        """Share of the persons within the threshold."""
        return self.covered.value / self.total.value


def spread(problem: Problem, weights: NDArray[np.float64] | NDArray[np.bool_]) -> Spread:
    """Return the persons of the points, each weighted, with the range of the draws.

    Weights may be negative: the range of a difference is that of the difference, draw by draw.
    """
    return spread_of(float(weights @ problem.persons), drawn(problem, weights), problem.sides)


def drawn(
    problem: Problem, weights: NDArray[np.float64] | NDArray[np.bool_]
) -> NDArray[np.float32] | None:
    """Return the weighted sum of the persons in each draw (None without draws)."""
    if problem.draws is None:
        return None
    rows = np.flatnonzero(weights)
    if len(rows) > FEW * len(weights):
        return _weighted(weights, problem.draws)
    return _weighted(weights[rows], problem.draws[rows])


def _weighted(
    weights: NDArray[np.float64] | NDArray[np.bool_], draws: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Multiply without the threads of BLAS, that cost more than so small a product."""
    total: NDArray[np.float32] = np.einsum("i,ij->j", weights.astype(np.float32), draws)
    return total


def spread_of(value: float, draws: NDArray[np.float32] | None, sides: int = 1) -> Spread:
    """Return a value and the range of its draws, widened to hold it."""
    if draws is None:
        return Spread(value)
    low, _, _, high = bounds(draws[None, :], sides)[0]
    return Spread(value, min(float(low), value), max(float(high), value))


def figures(problem: Problem, rows: NDArray[np.intp], *, threshold: float) -> Figures:
    """Measure the places of these positions, as if they alone were open."""
    return figures_of(problem, problem.nearest(rows), threshold=threshold)


def figures_of(problem: Problem, minutes: NDArray[np.float32], *, threshold: float) -> Figures:
    """Measure known times to the nearest open place."""
    near = minutes <= threshold
    asked = problem.persons > 0
    known = np.isfinite(minutes) & asked
    counted = np.minimum(minutes.astype(np.float64), problem.limit)
    covered, inside, everyone = near @ problem.persons, drawn(problem, near), problem.total_draws
    outside = None if inside is None or everyone is None else everyone - inside
    return Figures(
        covered=spread_of(float(covered), inside, problem.sides),
        beyond=spread_of(float(problem.total - covered), outside, problem.sides),
        total=spread_of(problem.total, everyone, problem.sides),
        mean_minutes=float(counted @ problem.persons / problem.total),
        farthest_minutes=float(np.max(minutes[known])) if known.any() else None,
        unreached=spread(problem, ~np.isfinite(minutes)),
        minutes=minutes,
    )
