"""Greedy opening, then interchange of places, for problems beyond the reach of an exact solver.

Notes
-----
The interchange is Whitaker's (1983) in the form of Resende and Werneck (2007): what opening one
place wins, what closing another loses, and what both share, for all the pairs at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.reach.siting.choice import KEPT, MEANS
from portrea.reach.siting.costs import least

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.siting.costs import Costs

RELATIVE = 1e-9
"""A swap must win more than this share of the whole cost: rounding never makes a loop."""
MOST_ROUNDS = 1000
BLOCK = 256
"""Places that could close, considered together."""


def greedy(costs: Costs) -> NDArray[np.bool_]:
    """Open the place that wins most, one after the other, up to the quotas."""
    choice = costs.choice
    is_open = np.zeros(costs.places, dtype=bool)
    is_open[choice.always] = True
    left = list(choice.quota)
    best = least(costs, is_open)[0]
    gains = _gains(costs, best)
    while any(left):
        allowed = np.zeros(costs.places, dtype=bool)
        for pool in (MEANS, KEPT):
            allowed |= (choice.pool == pool) & bool(left[pool])
        allowed &= ~is_open
        if not allowed.any():
            break
        place = int(np.argmax(np.where(allowed, gains, -np.inf)))
        if gains[place] <= RELATIVE * costs.scale:
            break
        is_open[place] = True
        left[choice.pool[place]] -= 1
        _open(costs, place, best, gains)
    return is_open


def _gains(costs: Costs, best: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what opening each place would win."""
    won = np.maximum(best[costs.point] - costs.cost, 0.0)
    gains: NDArray[np.float64] = np.bincount(costs.place, won, minlength=costs.places)
    return gains


def _open(costs: Costs, place: int, best: NDArray[np.float64], gains: NDArray[np.float64]) -> None:
    """Update the best costs and the gains in place once a place opens."""
    pairs = costs.pairs_of(place)
    pairs = pairs[costs.cost[pairs] < best[costs.point[pairs]]]
    points = costs.point[pairs]
    touched = _spans(costs.pointers[points], costs.pointers[points + 1])
    rows = costs.point[touched]
    before = np.maximum(best[rows] - costs.cost[touched], 0.0)
    best[points] = costs.cost[pairs]
    after = np.maximum(best[rows] - costs.cost[touched], 0.0)
    gains -= np.bincount(costs.place[touched], before - after, minlength=costs.places)


def _spans(starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions of several spans, one after the other."""
    lengths = stops - starts
    total = int(lengths.sum())
    shift = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return np.arange(total, dtype=np.int64) + shift


def interchange(costs: Costs, is_open: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Swap an open place and a closed one of the same pool as long as it wins."""
    is_open = is_open.copy()
    for _ in range(MOST_ROUNDS):
        if not _round(costs, is_open):
            break
    return is_open


def _round(costs: Costs, is_open: NDArray[np.bool_]) -> int:
    """Make the best swaps that do not touch the same points; return how many."""
    best, holder, runner = least(costs, is_open)
    swaps = _best_swaps(costs, is_open, best, holder, runner)
    touched = np.zeros(costs.points, dtype=bool)
    made = 0
    for won, leaving, coming in swaps:
        if won <= RELATIVE * costs.scale:
            break
        pairs = np.concatenate((costs.pairs_of(leaving), costs.pairs_of(coming)))
        points = costs.point[pairs]
        if not is_open[leaving] or is_open[coming] or touched[points].any():
            continue
        is_open[leaving], is_open[coming] = False, True
        touched[points] = True
        made += 1
    return made


def _best_swaps(
    costs: Costs,
    is_open: NDArray[np.bool_],
    best: NDArray[np.float64],
    holder: NDArray[np.int32],
    runner: NDArray[np.float64],
) -> list[tuple[float, int, int]]:
    """Return, for every place that may close, the swap that wins most: (won, closes, opens)."""
    gains = _gains(costs, best)
    held = holder >= 0
    losses = np.bincount(holder[held], (runner - best)[held], minlength=costs.places)
    near = np.flatnonzero(costs.cost < runner[costs.point])
    near = near[held[costs.point[near]]]
    point = costs.point[near]
    shared = runner[point] - np.maximum(costs.cost[near], best[point])
    swaps = []
    for pool in (MEANS, KEPT):
        leaving = np.flatnonzero(is_open & (costs.choice.pool == pool))
        coming = np.flatnonzero(~is_open & (costs.choice.pool == pool))
        if not len(leaving) or not len(coming):
            continue
        for start in range(0, len(leaving), BLOCK):
            block = leaving[start : start + BLOCK]
            rank = np.full(costs.places, -1)
            rank[block] = np.arange(len(block))
            inside = rank[holder[point]] >= 0
            key = costs.place[near[inside]] * np.int64(len(block)) + rank[holder[point[inside]]]
            both = np.bincount(key, shared[inside], minlength=costs.places * len(block))
            won = both.reshape(costs.places, len(block))[coming] + gains[coming, None]
            found = won.argmax(axis=0)
            value = won[found, np.arange(len(block))] - losses[block]
            swaps += list(zip(value.tolist(), block.tolist(), coming[found].tolist(), strict=True))
    return sorted(swaps, key=lambda swap: (-swap[0], swap[1], swap[2]))
