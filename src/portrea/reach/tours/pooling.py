"""Days met by the search, put together anew: the best choice of them, proven by a linear bound.

Only where every stop is visited once, on any day of a kind: the choice is then a set partition.
Where rhythms tie several days together, the search goes on alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array

from portrea.reach.tours.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from portrea.reach.tours.day import Day
    from portrea.reach.tours.states import Choice, Order

MOST_DAYS = 6000
"""Days kept in the choice, the shortest ones per stop first."""
STEPS = 8_000
"""Branches tried at most."""


class Pool:
    """The days met, by kind of day and set of stops, in their shortest order met."""

    def __init__(self, choices: Sequence[Sequence[Choice]], days: Sequence[Day]) -> None:
        self._choices = choices
        self._days = days
        self._slots: dict[int, list[int]] = {}
        for slot, day in enumerate(days):
            self._slots.setdefault(id(day), []).append(slot)
        self._met: dict[tuple[int, frozenset[int]], tuple[float, Order]] = {}
        self.useful = self._is_partition()

    def _is_partition(self) -> bool:
        """Whether each stop is visited once, at the same cost on all days of a kind or on none."""
        kinds = {slot: kind for kind, slots in self._slots.items() for slot in slots}
        for found in self._choices:
            if any(len(choice.slots) != 1 or choice.extra for choice in found):
                return False
            slots = {choice.slots[0] for choice in found}
            whole = {slot for kind in {kinds[s] for s in slots} for slot in self._slots[kind]}
            if slots != whole:
                return False
        return True

    def add(self, state: State) -> None:
        """Keep the days of a plan."""
        if not self.useful:
            return
        for slot, order in enumerate(state.orders):
            if order:
                day = self._days[slot]
                key = (id(day), frozenset(order))
                if key not in self._met or self._met[key][1] != order:
                    road = day.drive(order)
                    if key not in self._met or road < self._met[key][0]:
                        self._met[key] = (road, order)

    def best(self, state: State) -> State | None:
        """Return a shorter plan made of the days met, ``None`` when there is none."""
        self.add(state)
        if not self.useful or min(state.chosen, default=-1) < 0:
            return None
        met = sorted(
            ((road / len(order), rank, kind, road, order)
             for rank, ((kind, _), (road, order)) in enumerate(self._met.items())),
        )[:MOST_DAYS]  # fmt: skip
        mine = {(id(self._days[slot]), order) for slot, order in enumerate(state.orders) if order}
        kept = {(kind, order): road for _, _, kind, road, order in met}
        kept |= {key: self._days[self._slots[key[0]][0]].drive(key[1]) for key in mine}
        chosen = self._solved(kept, state.road)
        if chosen is None or sum(kept[key] for key in chosen) > state.road - 1e-6:
            return None
        return self._state(chosen)

    def _solved(
        self, kept: dict[tuple[int, Order], float], road: float
    ) -> list[tuple[int, Order]] | None:
        kinds = {kind: rank for rank, kind in enumerate(self._slots)}
        count = len(self._choices)
        keys = list(kept)
        rows = [row for kind, order in keys for row in (*order, count + kinds[kind])]
        columns = np.repeat(np.arange(len(keys)), [len(order) + 1 for _, order in keys])
        matrix = csc_array(
            (np.ones(len(rows)), (rows, columns)), shape=(count + len(kinds), len(keys))
        )
        most = np.array([len(self._slots[kind]) for kind in kinds], dtype=float)
        costs = np.array(list(kept.values()))
        found = linprog(
            costs,
            A_eq=matrix[:count],
            b_eq=np.ones(count),
            A_ub=matrix[count:],
            b_ub=most,
            bounds=(0, None),
            method="highs",
        )
        if found.x is None or found.fun > road - 1e-6:
            return None
        duals = np.concatenate([found.eqlin.marginals, found.ineqlin.marginals])
        reduced = np.maximum(costs - matrix.T @ duals, 0.0)
        cover = Cover(keys, reduced, road - found.fun, dict(zip(kinds, most.tolist(), strict=True)))
        return cover.best()

    def _state(self, chosen: Sequence[tuple[int, Order]]) -> State:
        orders: list[Order] = [() for _ in self._days]
        patterns = [-1] * len(self._choices)
        left = {kind: iter(slots) for kind, slots in self._slots.items()}
        road = 0.0
        for kind, order in chosen:
            slot = next(left[kind])
            orders[slot] = order
            road += self._days[slot].drive(order)
            for stop in order:
                ranks = [choice.slots[0] for choice in self._choices[stop]]
                patterns[stop] = ranks.index(slot)
        return State(orders, patterns, road, 0.0, 0.0)


class Cover:
    """Days that visit every stop once, the sum of their reduced costs least.

    The road of a plan is the linear bound plus the reduced costs of its days: a branch stops when
    they pass what is left to gain. Exact when it ends before ``STEPS`` branches, counted, not
    timed, so that the answer is the same everywhere.
    """

    def __init__(
        self,
        keys: Sequence[tuple[int, Order]],
        reduced: NDArray[np.float64],
        room: float,
        most: Mapping[int, float],
    ) -> None:
        self._room = room - 1e-6
        self._left = dict(most)
        self._steps = STEPS
        self._taken: list[tuple[int, Order]] = []
        self._found: list[tuple[int, Order]] | None = None
        near = sorted(np.flatnonzero(reduced <= self._room).tolist(), key=lambda r: (reduced[r], r))
        self._by_stop: dict[int, list[tuple[float, int, tuple[int, Order]]]] = {}
        self._all = 0
        for _, order in keys:
            for stop in order:
                self._by_stop.setdefault(stop, [])
                self._all |= 1 << stop
        for rank in near:
            mask = sum(1 << stop for stop in keys[rank][1])
            for stop in keys[rank][1]:
                self._by_stop[stop].append((float(reduced[rank]), mask, keys[rank]))

    def best(self) -> list[tuple[int, Order]] | None:
        """Return the days, ``None`` when none are better than the plan known."""
        self._branch(self._all, 0.0)
        return self._found

    def _branch(self, left: int, cost: float) -> None:
        if not left:
            self._found, self._room = [*self._taken], cost - 1e-6
            return
        self._steps -= 1
        if self._steps < 0:
            return
        for more, mask, key in self._tightest(left, cost):
            if cost + more > self._room:
                return
            if self._left[key[0]] >= 1:
                self._left[key[0]] -= 1
                self._taken.append(key)
                self._branch(left & ~mask, cost + more)
                self._taken.pop()
                self._left[key[0]] += 1

    def _tightest(self, left: int, cost: float) -> list[tuple[float, int, tuple[int, Order]]]:
        """Return the days that may visit the stop that has fewest of them."""
        best: list[tuple[float, int, tuple[int, Order]]] | None = None
        for stop, days in self._by_stop.items():
            if not left >> stop & 1:
                continue
            open_ = [day for day in days if not day[1] & ~left and cost + day[0] <= self._room]
            if best is None or len(open_) < len(best):
                best = open_
            if len(best) <= 1:
                break
        return best or []
