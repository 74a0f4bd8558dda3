"""A proven lower bound of the cost, by Lagrangian relaxation of « every point is served once ».

Notes
-----
For multipliers ``u ≤ none``, ``Σ u + Σ (smallest quotas of) Σ_i min(0, c_ij − u_i)`` never exceeds
the cost of a set of places allowed by the choice (Cornuéjols, Fisher and Nemhauser, 1977). The
multipliers move along the subgradient with the step of Polyak, halved when the bound stalls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.reach.siting.choice import KEPT, MEANS
from portrea.reach.siting.costs import least

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.siting.costs import Costs

ROUNDS = 300
STEP = 1.0
PATIENCE = 6
MEMORY = 0.7
"""Share of the former direction kept in the next one (Camerini, Fratta and Maffioli, 1975)."""
SMALLEST_STEP = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A lower bound of the cost, the reduced costs of the places, and a set that they suggest."""

    value: float
    reduced: NDArray[np.float64]
    suggested: NDArray[np.bool_]


def lagrangian_bound(
    costs: Costs, is_open: NDArray[np.bool_], *, rounds: int = ROUNDS, enough: float = 0.0
) -> Bound:
    """Return a lower bound, starting from a known set of open places.

    Parameters
    ----------
    costs
        Pairs and choice.
    is_open
        A set allowed by the choice: its cost steers the steps.
    rounds
        Most steps.
    enough
        Stop when the gap to the known set falls below this share of its cost.
    """
    best, _, runner = least(costs, is_open)
    target, floor = float(best.sum()), _floor(costs)
    multipliers = np.clip((best + runner) / 2.0, floor, costs.none)
    top = Bound(-np.inf, np.zeros(costs.places), is_open)
    top_multipliers, step, since, heading = multipliers, STEP, 0, np.zeros(costs.points)
    for _ in range(rounds):
        bound, slack = _relaxed(costs, multipliers)
        if bound.value > top.value + 1e-12 * costs.scale:
            top, top_multipliers, since = bound, multipliers, 0
        else:
            since += 1
        if target - top.value <= enough * abs(target) or not slack.any() or step < SMALLEST_STEP:
            break
        if since >= PATIENCE:
            step, since, multipliers, heading = step / 2.0, 0, top_multipliers, 0.0 * heading
            bound, slack = _relaxed(costs, multipliers)
        heading = slack + MEMORY * heading
        length = step * max(target - bound.value, 1e-9 * costs.scale) / float(heading @ heading)
        multipliers = np.clip(multipliers + length * heading, floor, costs.none)
    return top


def _floor(costs: Costs) -> NDArray[np.float64]:
    """Return the cheapest cost of each point: a smaller multiplier never helps the bound."""
    floor = costs.none.copy()
    starts = costs.pointers[:-1]
    some = costs.pointers[1:] > starts
    floor[some] = costs.cost[starts[some]]
    return floor


def _relaxed(costs: Costs, multipliers: NDArray[np.float64]) -> tuple[Bound, NDArray[np.float64]]:
    """Return the bound of these multipliers, and how much each point lacks being served."""
    surplus = costs.cost - multipliers[costs.point]
    served = surplus < 0
    pairs = np.flatnonzero(served)
    place, point = costs.place[pairs], costs.point[pairs]
    reduced = np.bincount(place, surplus[pairs], minlength=costs.places)
    suggested = _cheapest(costs, reduced)
    value = float(multipliers.sum() + reduced[suggested].sum())
    chosen = suggested[place]
    times = np.bincount(point[chosen], minlength=costs.points)
    return Bound(value, reduced, suggested), (1.0 - times).astype(np.float64)


def _cheapest(costs: Costs, reduced: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Open the places that are always open and, of each pool, the cheapest up to the quota."""
    suggested = costs.choice.pool < MEANS
    for pool in (MEANS, KEPT):
        members = costs.choice.members(pool)
        count = min(costs.choice.quota[pool], len(members))
        if count:
            ranked = members[np.argsort(reduced[members], kind="stable")[:count]]
            suggested[ranked] = True
    return suggested
