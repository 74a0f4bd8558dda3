"""Rational agents (RAAM): everyone takes the place that costs least, waiting included.

A person of zone ``i`` at place ``j`` pays ``D_j / (ρ S_j) + t_ij / τ``: how crowded the place is,
against the mean of the area (``ρ = Σ C / Σ S``), and the time to go there (Saxon and Snow, 2020).
Nobody gains by moving when the sum of ``D_j² / (2 ρ S_j)`` and of travels is least, a convex
problem: the crowd of each place is unique, and how far one is from it is measured. Places open to
each zone as they become worth it; people move from their worst place to their best one, all at
once, by a step that can only lower that sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_array

from portrea.reach.catchment import cards, checked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]
    Ranks = NDArray[np.intp]

INNER = 15
"""Moves among the places already open to each zone, between two looks at all the others."""
LARGE = 2_000_000
"""Pairs from which single precision chooses the cheapest place; people and costs stay double."""
BLURS = (0.3, 0.3, 0.15, 0.15, 0.08, 0.08, 0.04, 0.04, 0.04)
"""Blur of the choices while the crowd is foreseen, in the unit of costs, sharper and sharper."""
BAND = 0.12
"""Places open from the start: those that cost at most that more than the cheapest one foreseen."""
SMALLEST = np.finfo(np.float32).tiny
FAINT = 1e-3
"""Share of a zone's people under which a place foreseen is closed once they have moved."""


@dataclass(frozen=True, eq=False)
class Agents:
    """What people pay when nobody gains by moving: 1 is a mean crowd next door.

    ``costs`` of each zone (NaN: no place within reach), ``loads`` people of each place, ``going``
    the share of each zone's people at each place, ``gap`` what moving would still save, as a share
    of the costs, ``cycles`` looks at all the places. ``draws`` are the costs in each draw (zones ×
    draws), ``draws_gap`` the largest of their gaps.
    """

    costs: Floats
    loads: Floats
    going: csr_array
    gap: float
    cycles: int
    draws: Draws | None = None
    draws_gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Rules:
    """How agents choose, and when the search for their equilibrium stops (``params/access.yaml``).

    ``tau`` minutes are worth a mean crowd; ``mean`` is that crowd, in people per unit of help
    (those of the world given when ``None``); ``gap`` what moving may still save, ``draws_gap`` in a
    draw, and ``cycles`` the looks at all the places after which one stops anyway.
    """

    tau: float
    gap: float
    draws_gap: float
    cycles: int
    mean: float | None = None

    @classmethod
    def usual(cls, **changes: Any) -> Rules:
        """Return the rules shipped with Portrea, some of them changed."""
        usual = cards()["raam"]
        told = {name: usual[name]["value"] for name in ("tau", "gap", "cycles")}
        return cls(**(told | {"draws_gap": usual["gap"]["value"]} | changes))


def rational_agents(
    minutes: csr_array,
    supply: ArrayLike,
    demand: ArrayLike,
    *,
    draws: Draws | None = None,
    rules: Rules | None = None,
) -> Agents:
    """Return the costs of every zone at the equilibrium, and how near it they are.

    Parameters
    ----------
    minutes
        Zones × places, only pairs within reach.
    supply, demand
        Help of each place; people of each zone. Who reaches no place that helps stays out.
    draws
        People of each zone in each draw: the equilibrium is found again in each, from this one.
    rules
        The usual ones by default.

    Raises
    ------
    DataError
        When a quantity is missing or negative.
    """
    help_given = checked(supply, minutes.shape[1], "L’offre", "lieu")
    people = checked(demand, minutes.shape[0], "Le besoin", "zone")
    rules = rules or Rules.usual()
    world = _World.of(minutes, help_given, people, rules)
    if world.pairs.nnz > LARGE:
        world.foresee()
        world.settle(INNER)
        world.close()
    left, done = world.search(rules.gap, rules.cycles)
    found = Agents(world.costs(), world.loads, world.shares(minutes.shape), left, done)
    return found if draws is None else _drawn(found, world, draws, rules)


def _drawn(found: Agents, world: _World, draws: Draws, rules: Rules) -> Agents:
    """Return the same with the costs of every draw, each searched from the central equilibrium."""
    costs, worst = np.empty(draws.shape, dtype=np.float32), 0.0
    for rank in range(draws.shape[1]):
        other = world.with_people(draws[:, rank].astype(np.float64))
        left, _ = other.search(rules.draws_gap, rules.cycles)
        costs[:, rank], worst = other.costs(), max(worst, left)
    return replace(found, draws=costs, draws_gap=worst)


@dataclass(eq=False)
class _World:
    """Zones that reach a place that helps, their pairs, and the places already open to each.

    ``size`` counts all the zones, ``rate`` is the crowd that one person adds to a place; ``zone``,
    ``place``, ``travel`` and ``going`` are the open pairs, in the order of zones, and the people
    who take them.
    """

    size: int
    pairs: csr_array
    rate: Floats
    people: Floats
    zones: Ranks
    zone: Ranks
    place: Ranks
    travel: Floats
    going: Floats

    @classmethod
    def of(cls, minutes: csr_array, supply: Floats, people: Floats, rules: Rules) -> _World:
        """Keep the pairs whose place helps, and send everyone to the nearest one."""
        helps = supply[minutes.indices] > 0
        before = np.concatenate(([0], np.cumsum(helps)))[minutes.indptr]
        zones = np.flatnonzero(np.diff(before) > 0)
        kind = np.float32 if len(helps) > LARGE else np.float64
        travel = minutes.data[helps].astype(kind)
        travel /= kind(rules.tau)
        ends = np.append(0, before[zones + 1])
        shape = len(zones), minutes.shape[1]
        pairs = csr_array((travel, minutes.indices[helps], ends), shape=shape)
        mean = rules.mean
        if mean is None:
            mean = people.sum() / supply.sum() if supply.any() and people.any() else 1.0
        rate = np.divide(1.0, mean * supply, out=np.zeros_like(supply), where=supply > 0)
        nearest = _least(pairs.data, pairs.indptr)
        place, own = pairs.indices[nearest].astype(np.intp), people[zones].copy()
        first = np.arange(len(zones))
        return cls(
            len(people), pairs, rate, people[zones], zones, first, place,
            pairs.data[nearest].astype(np.float64), own,
        )  # fmt: skip

    def with_people(self, people: Floats) -> _World:
        """Return the same world with other people, who go where those of before went."""
        own = people[self.zones]
        count = np.bincount(self.zone, minlength=len(self.zones))[self.zone]
        whole = self.people[self.zone]
        share = np.divide(self.going, whole, out=1.0 / count, where=whole > 0)
        return replace(self, people=own, going=share * own[self.zone])

    def search(self, gap: float, cycles: int) -> tuple[float, int]:
        """Open places and move people until nobody gains; return what is left, and the looks."""
        left, done = 0.0, 0
        while len(self.zones) and done < cycles:
            best, left = self.look()
            done += 1
            if left <= gap:
                break
            self.open(best)
            self.settle(INNER)
        return left, done

    def costs(self) -> Floats:
        """Return what a person of each zone of the world given pays (NaN: nothing within reach)."""
        found = np.full(self.size, np.nan)
        found[self.zones] = self.paid(self.loads * self.rate)
        return found

    def shares(self, shape: tuple[int, int]) -> csr_array:
        """Return the share of the people of each zone that each place gets."""
        one = self.with_people(np.ones(self.size))
        where = self.zones[one.zone], one.place
        return csr_array((one.going, where), shape=shape)

    def foresee(self) -> None:
        """Share people among places as if they chose with a blur, which spares many looks.

        The crowd is the fixed point of a logit choice, found by a step that knows how much choices
        answer to it; the blur is then lowered. Only a better start: what is left is measured.
        """
        pairs, blur = self.pairs, BLURS[-1]
        crowd = np.ones(len(self.rate), np.float32)
        people, rate = self.people.astype(np.float32), self.rate.astype(np.float32)
        for width in BLURS:
            chance = crowd[pairs.indices]
            chance += pairs.data
            chance *= np.float32(-1 / width)
            np.exp(chance, out=chance)
            chosen = csr_array((chance, pairs.indices, pairs.indptr), shape=pairs.shape)
            foreseen = rate * (chosen.T @ (people / np.maximum(chosen.sum(axis=1), SMALLEST)))
            crowd += (foreseen - crowd) / (1 + np.maximum(foreseen, crowd) / np.float32(width))
        costs = crowd[pairs.indices] + pairs.data
        costs -= np.repeat(np.minimum.reduceat(costs, pairs.indptr[:-1]), np.diff(pairs.indptr))
        rank = np.flatnonzero(costs <= BAND)
        self.zone = np.searchsorted(pairs.indptr, rank, side="right") - 1
        self.place = pairs.indices[rank].astype(np.intp)
        self.travel = pairs.data[rank].astype(np.float64)
        self.going = np.exp(-costs[rank].astype(np.float64) / blur)
        self._share()

    def close(self) -> None:
        """Close the places that hardly anybody of a zone takes."""
        kept = self.going >= FAINT * self.people[self.zone]
        self.zone, self.place = self.zone[kept], self.place[kept]
        self.travel, self.going = self.travel[kept], self.going[kept]
        self._share()

    def _share(self) -> None:
        """Make the people of every zone whole again."""
        whole = np.bincount(self.zone, self.going, minlength=len(self.zones))
        scale = np.divide(self.people, whole, out=np.zeros_like(whole), where=whole > 0)
        self.going *= scale[self.zone]

    @property
    def loads(self) -> Floats:
        """People of each place."""
        return np.bincount(self.place, self.going, minlength=len(self.rate))

    def paid(self, crowd: Floats) -> Floats:
        """Return what a person of each zone pays on the mean."""
        costs = crowd[self.place] + self.travel
        size = len(self.zones)
        spent = np.bincount(self.zone, costs * self.going, minlength=size)
        return np.divide(spent, self.people, out=self._cheapest(costs), where=self.people > 0)

    def _cheapest(self, costs: Floats) -> Floats:
        found = np.full(len(self.zones), np.inf)
        np.minimum.at(found, self.zone, costs)
        return found

    def look(self) -> tuple[Ranks, float]:
        """Return the cheapest pair of each zone among all, and what moving there would save."""
        crowd = self.loads * self.rate
        costs = crowd.astype(self.pairs.data.dtype)[self.pairs.indices]
        costs += self.pairs.data
        best = _least(costs, self.pairs.indptr)
        cheapest = crowd[self.pairs.indices[best]] + self.pairs.data[best]
        paid = self.paid(crowd) @ self.people
        saved = (paid - cheapest @ self.people) / paid if paid > 0 else 0.0
        return best, max(float(saved), 0.0)

    def open(self, best: Ranks) -> None:
        """Open the cheapest place of each zone, close those where nobody goes.

        A part of everybody goes there, the same everywhere, that makes the sum least (a step of
        Frank and Wolfe).
        """
        fresh = self.pairs.indices[best].astype(np.intp)
        used = self.going > 0
        zone = np.concatenate((self.zone[used], np.arange(len(best))))
        place = np.concatenate((self.place[used], fresh))
        travel = np.concatenate((self.travel[used], self.pairs.data[best].astype(np.float64)))
        loads = self.loads
        change = np.bincount(fresh, self.people, len(loads)) - loads
        crowd = loads * self.rate
        fall = (crowd[self.place] + self.travel) @ self.going
        fall -= (crowd[fresh] + self.pairs.data[best]) @ self.people
        bend = float((change**2) @ self.rate)
        part = float(np.clip(float(fall) / bend, 0.0, 1.0)) if bend > 0 else 0.0
        going = np.concatenate(((1 - part) * self.going[used], np.zeros(len(best))))
        key = zone * len(self.rate) + place
        _, kept = np.unique(key, return_index=True)  # an open pair comes before its double
        self.zone, self.place = zone[kept], place[kept]
        self.travel, self.going = travel[kept], going[kept]
        at = np.searchsorted(key[kept], np.arange(len(best)) * len(self.rate) + fresh)
        self.going[at] += part * self.people

    def settle(self, moves: int) -> None:
        """Move people of each zone from its worst open place to its best one, all at once.

        With ``W_j`` people of the zones that touch a place, ``C_i (worst − best) / Σ W_j r_j``
        people move: it lowers a bound of the sum above its value, which can only fall. The common
        step is then lengthened to where the sum is least along it.
        """
        starts = np.concatenate(([0], np.flatnonzero(np.diff(self.zone)) + 1, [len(self.zone)]))
        size, loads = len(self.rate), self.loads
        for _ in range(moves):
            costs = loads[self.place] * self.rate[self.place] + self.travel
            best = _least(costs, starts, self.zone)
            worst = _least(np.where(self.going > 0, -costs, np.inf), starts, self.zone)
            saved = costs[worst] - costs[best]
            out, into = self.place[worst], self.place[best]
            moving = saved > 0
            weight = np.where(moving, self.people, 0.0)
            touched = np.bincount(out, weight, size) + np.bincount(into, weight, size)
            slope = touched[out] * self.rate[out] + touched[into] * self.rate[into]
            step = np.divide(saved * weight, slope, out=np.zeros_like(saved), where=slope > 0)
            step = np.minimum(step, self.going[worst])
            change = np.bincount(into, step, size) - np.bincount(out, step, size)
            bend = float((change**2) @ self.rate)
            longer = max(1.0, float(step @ saved) / bend) if bend > 0 else 1.0
            step = np.minimum(longer * step, self.going[worst])
            self.going[worst] -= step
            self.going[best] += step
            loads += np.bincount(into, step, size) - np.bincount(out, step, size)


def _least(values: NDArray[Any], starts: NDArray[Any], run: Ranks | None = None) -> Ranks:
    """Return the rank of the least value of each run (none is empty), the first one of equals.

    ``run`` is the number of the run of each value, when it is known already.
    """
    if not len(values):
        return np.empty(0, dtype=np.intp)
    least = np.minimum.reduceat(values, starts[:-1])
    spread = np.repeat(least, np.diff(starts)) if run is None else least[run]
    equal = np.flatnonzero(values == spread)
    runs = np.searchsorted(starts, equal, side="right") if run is None else run[equal]
    first = np.ones(len(equal), dtype=bool)
    first[1:] = runs[1:] != runs[:-1]
    found: Ranks = equal[first]
    return found
