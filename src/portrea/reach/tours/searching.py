"""The search: take some stops out, put each back where it costs least, keep what is better.

Ruin and recreate (Schrimpf et al., 2000; Christiaens and Vanden Berghe, 2020), on patterns of
visits: a stop moves with all its visits. Chance comes from a seed and the number of tries is fixed,
so the same question has the same answer on every machine.
"""

from __future__ import annotations

from math import exp, inf, log
from random import Random
from typing import TYPE_CHECKING

from portrea.reach.tours.pooling import Pool
from portrea.reach.tours.states import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.reach.tours.day import Day
    from portrea.reach.tours.states import Choice

    Order = tuple[int, ...]

BLINK = 0.02
"""Probability of not seeing a pattern: the search leaves the beaten track."""
MOST_OUT = 10
ROUNDS, STARTS = 3, 2
"""Times the search is heated; the first ones start anew, so that the days met are diverse, the
others from the best plan made of all of them."""
HOT, COLD = 2.0, 0.01
"""First and last temperature, as a share of the mean road per visit."""


class Search:
    """Stops, their choices, the day behind every slot, and the cost of leaving stops out."""

    def __init__(
        self,
        choices: Sequence[Sequence[Choice]],
        days: Sequence[Day],
        near: Sequence[Sequence[int]],
        groups: Sequence[int],
        weights: Sequence[float],
    ) -> None:
        self._choices = choices
        self._days = days
        self._near = near
        self._groups = groups
        self._weights = weights
        self._far = [
            days[found[0].slots[0]].drive((stop,)) if found else 0.0
            for stop, found in enumerate(choices)
        ]
        self._members: dict[int, list[int]] = {}
        for stop, group in enumerate(groups):
            self._members.setdefault(group, []).append(stop)

    # -- pieces ------------------------------------------------------------------------------------

    def start(self, chosen: Sequence[int] | None = None) -> State:
        """Return a first plan: the patterns given that fit, in order, then every stop put in."""
        count = len(self._choices)
        state = State([() for _ in self._days], [-1] * count, 0.0, 0.0, 0.0)
        for stop, rank in enumerate(chosen or ()):
            if rank >= 0 and (told := self._put_cost(state, stop, rank)) is not None:
                self._put(state, stop, rank, told)
        fewest = sorted(range(count), key=lambda s: (len(self._choices[s]), -self._weights[s], s))
        self.put_all(state, [stop for stop in fewest if state.chosen[stop] < 0], None)
        return state

    def absence(self, chosen: Sequence[int]) -> float:
        """Return the cost of the stops left out, growing faster than their share in a commune.

        Two communes that lose half of their presence are preferred to one that loses it all.
        """
        total = 0.0
        for members in self._members.values():
            out = [self._weights[stop] for stop in members if chosen[stop] < 0]
            if out:
                whole = sum(self._weights[stop] for stop in members)
                total += sum(out) * (0.5 + 0.5 * sum(out) / whole)
        return total

    def _put_cost(self, state: State, stop: int, rank: int) -> list[int] | None:
        """Return where a pattern goes in each of its slots; ``None`` when one refuses it."""
        places = []
        for slot in self._choices[stop][rank].slots:
            found = self._days[slot].added(state.orders[slot], stop)
            if found is None:
                return None
            places.append(found[1])
        return places

    def _put(self, state: State, stop: int, rank: int, places: Sequence[int]) -> None:
        choice = self._choices[stop][rank]
        for slot, place in zip(choice.slots, places, strict=True):
            order = state.orders[slot]
            found = self._days[slot].added(order, stop)
            state.road += found[0] if found else inf
            state.orders[slot] = (*order[:place], stop, *order[place:])
        state.extra += choice.extra
        state.chosen[stop] = rank

    def take(self, state: State, stop: int) -> None:
        """Take a stop out of a plan."""
        choice = self._choices[stop][state.chosen[stop]]
        for slot in choice.slots:
            order = state.orders[slot]
            left = tuple(other for other in order if other != stop)
            day = self._days[slot]
            state.road += day.drive(left) - day.drive(order)
            state.orders[slot] = left
        state.extra -= choice.extra
        state.chosen[stop] = -1

    def put_all(self, state: State, stops: Sequence[int], chance: Random | None) -> None:
        """Put stops in, one after the other, each by its cheapest pattern."""
        for stop in stops:
            self._put_cheapest(state, stop, chance)
        state.absence = self.absence(state.chosen)

    def _put_cheapest(self, state: State, stop: int, chance: Random | None) -> None:
        best, best_rank, best_places = inf, -1, []
        days, orders = self._days, state.orders
        for rank, choice in enumerate(self._choices[stop]):
            if chance is not None and chance.random() < BLINK:
                continue
            cost, places = choice.extra, []
            for slot in choice.slots:
                found = days[slot].added(orders[slot], stop)
                if found is None:
                    break
                cost += found[0]
                if cost >= best:
                    break
                places.append(found[1])
            else:
                if cost < best:
                    best, best_rank, best_places = cost, rank, places
        if best_rank >= 0:
            self._put(state, stop, best_rank, best_places)

    # -- search ------------------------------------------------------------------------------------

    def run(self, state: State, *, tries: int, seed: int) -> State:
        """Return the best plan met in a number of tries from a first one."""
        chance = Random(seed)  # noqa: S311 - a search, no secret
        pool = Pool(self._choices, self._days)
        best = state
        for rank in range(ROUNDS):
            part = tries * (rank + 1) // ROUNDS - tries * rank // ROUNDS
            first = state if rank < STARTS and pool.useful else best
            found = self.tidied(self._cooled(first, part, chance, pool))
            best = min(best, found, key=lambda one: one.cost)
            best = pool.best(best) or best
        return self.tidied(best)

    def _cooled(self, state: State, tries: int, chance: Random, pool: Pool) -> State:
        best = now = state
        visits = sum(len(order) for order in state.orders) or 1
        unit = max(state.road / visits, 1.0)
        cooling = log(COLD / HOT)
        for rank in range(tries):
            heat = unit * HOT * exp(cooling * rank / tries)
            tried = self._shaken(now, chance)
            pool.add(tried)
            if tried.cost < now.cost - heat * log(max(chance.random(), 1e-12)):
                now = tried
                if now.cost < best.cost - 1e-9:
                    best = now
        return best

    def _shaken(self, state: State, chance: Random) -> State:
        tried = state.copy()
        out = self._out(state, chance)
        for stop in out:
            if tried.chosen[stop] >= 0:
                self.take(tried, stop)
        absent = [stop for stop, rank in enumerate(tried.chosen) if rank < 0]
        self._sort(absent, chance)
        self.put_all(tried, absent, chance)
        return tried

    def _out(self, state: State, chance: Random) -> list[int]:
        """Choose the stops to take out: neighbours of one, or those of one day, or any."""
        count = len(self._choices)
        first = chance.randrange(count)
        most = max(1, min(MOST_OUT, count // 2))
        wanted = chance.randint(1, most)
        way = chance.random()
        if way < 0.35:
            return [first, *self._near[first][: wanted - 1]]
        rank = state.chosen[first]
        if way < 0.65 and rank >= 0:
            return self._string(state, first, wanted, chance)
        if way < 0.85 and rank >= 0:
            slot = chance.choice(self._choices[first][rank].slots)
            order = state.orders[slot]
            other = self._near[first][chance.randrange(min(5, count - 1))] if count > 1 else first
            rank = state.chosen[other]
            more = state.orders[self._choices[other][rank].slots[0]] if rank >= 0 else ()
            return list(dict.fromkeys((*order, *more)))[: 2 * MOST_OUT]
        return chance.sample(range(count), wanted)

    def _string(self, state: State, first: int, wanted: int, chance: Random) -> list[int]:
        """Choose stops that follow one another in the days of a stop and of its neighbours."""
        found: dict[int, None] = {}
        for stop in (first, *self._near[first]):
            if len(found) >= wanted:
                break
            rank = state.chosen[stop]
            if stop in found or rank < 0:
                continue
            order = state.orders[chance.choice(self._choices[stop][rank].slots)]
            length = chance.randint(1, min(len(order), wanted - len(found)))
            at = order.index(stop)
            begin = chance.randint(max(0, at - length + 1), min(at, len(order) - length))
            found |= dict.fromkeys(order[begin : begin + length])
        return list(found)

    def _sort(self, stops: list[int], chance: Random) -> None:
        """Put the stops in one of the orders that a plan may be built in, at random."""
        way = chance.random()
        chance.shuffle(stops)
        if way < 0.2:
            stops.sort(key=lambda stop: len(self._choices[stop]))
        elif way < 0.35:
            stops.sort(key=lambda stop: -self._weights[stop])
        elif way < 0.5:
            stops.sort(key=lambda stop: -self._far[stop])
        elif way < 0.6:
            stops.sort(key=lambda stop: self._far[stop])

    def tidied(self, state: State) -> State:
        """Return the plan with the order of each day improved."""
        tidy = state.copy()
        for slot, order in enumerate(tidy.orders):
            better = self._days[slot].improved(order)
            tidy.road += self._days[slot].drive(better) - self._days[slot].drive(order)
            tidy.orders[slot] = better
        return tidy
