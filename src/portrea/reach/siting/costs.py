"""One form for « most people covered » and « least time »: a cost of every pair, a cost of none.

Both minimise the sum over points of the least cost of their open places, or of being served by
none: an MCLP is a p-median whose cost is the persons beyond the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.siting.choice import Choice
    from portrea.reach.siting.problem import Problem

Floats = "NDArray[np.float64]"
Rows = "NDArray[np.intp]"


@dataclass(frozen=True, eq=False)
class Costs:
    """Pairs of points and places, by point then by cost.

    Attributes
    ----------
    point, place, cost
        The pairs that cost less than ``none`` of their point, sorted by point then cost.
    none
        Cost of each point when no place of its pairs is open.
    places
        Number of places.
    choice
        What may be decided.
    """

    point: NDArray[np.int32]
    place: NDArray[np.int32]
    cost: NDArray[np.float64]
    none: NDArray[np.float64]
    places: int
    choice: Choice

    @property
    def points(self) -> int:
        """Number of points."""
        return len(self.none)

    @cached_property
    def pointers(self) -> NDArray[np.int64]:
        """Where the pairs of each point begin."""
        return np.searchsorted(self.point, np.arange(self.points + 1)).astype(np.int64)

    @cached_property
    def by_place(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Order of the pairs by place, and where those of each place begin."""
        order = np.argsort(self.place, kind="stable")
        return order, np.searchsorted(self.place[order], np.arange(self.places + 1))

    def pairs_of(self, place: int) -> NDArray[np.int64]:
        """Positions of the pairs of a place."""
        order, starts = self.by_place
        return order[starts[place] : starts[place + 1]]

    def value(self, is_open: NDArray[np.bool_]) -> float:
        """Return the cost of a set of open places."""
        return float(least(self, is_open)[0].sum())

    @property
    def scale(self) -> float:
        """Cost of serving nobody: what a relative threshold refers to."""
        return float(self.none.sum())


def least(
    costs: Costs, is_open: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.float64]]:
    """Return the least cost of each point, the place that gives it (-1: none), the second cost."""
    pairs = np.flatnonzero(is_open[costs.place])
    point = costs.point[pairs]
    first = np.ones(len(pairs), dtype=bool)
    first[1:] = point[1:] != point[:-1]
    second = np.zeros(len(pairs), dtype=bool)
    second[1:] = first[:-1] & ~first[1:]
    best, runner = costs.none.copy(), costs.none.copy()
    holder = np.full(costs.points, -1, dtype=np.int32)
    best[point[first]] = costs.cost[pairs[first]]
    holder[point[first]] = costs.place[pairs[first]]
    runner[point[second]] = costs.cost[pairs[second]]
    return best, holder, runner


def cover_costs(
    problem: Problem, choice: Choice, *, threshold: float, equity: float | None = None
) -> Costs:
    """Return costs whose sum is the persons beyond the threshold.

    With ``equity``, a point farther than that from every open place costs a fine larger than all
    the persons, so that a set that leaves one there is never preferred.
    """
    minutes = problem.minutes
    point = _points(problem)
    near = minutes.data <= threshold
    persons = problem.persons
    cost = np.where(near, 0.0, persons[point])
    none = persons.copy()
    if equity is not None:
        fine = problem.total + 1.0
        cost = cost + np.where(minutes.data <= equity, 0.0, fine * (persons[point] > 0))
        none = none + fine * (persons > 0)
    return _sorted(problem, choice, point, cost, none)


def median_costs(problem: Problem, choice: Choice, *, equity: float | None = None) -> Costs:
    """Return costs whose sum is the persons' minutes; beyond the table, its limit is counted."""
    point = _points(problem)
    persons = problem.persons
    cost = persons[point] * problem.minutes.data.astype(np.float64)
    none = persons * problem.limit
    if equity is not None:
        fine = float(none.sum()) + 1.0
        cost = cost + np.where(problem.minutes.data <= equity, 0.0, fine * (persons[point] > 0))
        none = none + fine * (persons > 0)
    return _sorted(problem, choice, point, cost, none)


def _points(problem: Problem) -> NDArray[np.int32]:
    counts = np.diff(problem.minutes.indptr)
    return np.repeat(np.arange(len(problem.codes), dtype=np.int32), counts)


def _sorted(
    problem: Problem,
    choice: Choice,
    point: NDArray[np.int32],
    cost: NDArray[np.float64],
    none: NDArray[np.float64],
) -> Costs:
    kept = np.flatnonzero(cost < none[point])
    kept = kept[np.lexsort((cost[kept], point[kept]))]
    place = problem.minutes.indices[kept].astype(np.int32)
    return Costs(point[kept], place, cost[kept], none, len(problem.places), choice)
