"""One day of a crew: the hours an order of stops gives, and the cheapest way to add a stop.

A day is followed stop after stop with two clocks: the earliest time without the pause yet, and the
earliest once it has been taken. For a given order this is exact: finishing earlier never harms.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, permutations
from math import ceil, inf
from typing import TYPE_CHECKING

from portrea.vocab.hours import MIDNIGHT, merged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.reach.tours.stops import Crew, TourRequest
    from portrea.vocab.hours import Week

    Spans = tuple[tuple[int, int], ...]
    Order = tuple[int, ...]
    Clocks = tuple[float, float]

ALL_ORDERS = 6
"""Stops of a day of which every order is tried."""
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of a day: departure, (arrival, start, end) of each stop, pause if any, return."""

    departure: float
    stops: tuple[tuple[float, float, float], ...]
    pause: tuple[float, float] | None
    back: float


class Day:
    """A kind of day: one crew, one weekday, and when each stop may be visited then.

    Parameters
    ----------
    request, crew
        The question, and the rank of the crew in it.
    weekday
        Monday is 0.
    held
        Spans that replace those of some stops: hours already announced.
    """

    def __init__(
        self, request: TourRequest, crew: int, weekday: int, held: Mapping[int, Spans] | None = None
    ) -> None:
        self.crew: Crew = request.crews[crew]
        span = self.crew.span(weekday)
        self.start, self.end = span if span else (0, 0)
        self._step = request.rounding
        self._base = len(request.crews)
        self._depot = crew
        self._road: list[list[float]] = request.minutes.tolist()
        setup = self.crew.setup
        self._time = [
            [road + setup * ((i >= self._base) + (j >= self._base)) for j, road in enumerate(row)]
            for i, row in enumerate(self._road)
        ]
        self._spans: list[Spans] = [spans(stop.hours, weekday) for stop in request.stops]
        self._spans = [(held or {}).get(rank, told) for rank, told in enumerate(self._spans)]
        self._lengths = [stop.duration for stop in request.stops]
        self._clocks: dict[Order, list[Clocks]] = {}
        self._added: dict[tuple[Order, int], tuple[float, int] | None] = {}

    # -- following an order ------------------------------------------------------------------------

    def _first(self) -> Clocks:
        crew = self.crew
        return (self.start, max(self.start, crew.pause_from) if crew.pause else inf)

    def _paused(self, at: float) -> float:
        """Return the end of a pause begun at the earliest after ``at``; ``inf`` when too late."""
        crew = self.crew
        begin = max(at, crew.pause_from)
        return begin + crew.pause if begin + crew.pause <= crew.pause_until else inf

    def _served(self, stop: int, at: float) -> float:
        """Return the end of a visit when arriving at ``at``; ``inf`` when it cannot be held."""
        if at == inf:
            return inf
        length, step = self._lengths[stop], self._step
        for opens, closes in self._spans[stop]:
            begin = max(at, opens)
            if step > 1:
                begin = step * ceil(begin / step - TINY)
            if begin + length <= closes + TINY:
                return begin + length
        return inf

    def _next(self, clocks: Clocks, here: int, stop: int) -> Clocks:
        """Return the clocks at the end of the visit of ``stop`` from a node of the matrix."""
        road = self._time[here][self._base + stop]
        before, after = clocks
        arrival = before + road
        free = self._served(stop, arrival)
        if not self.crew.pause:
            return (free, inf)
        rested = min(self._paused(before) + road, self._paused(arrival), after + road)
        return (free, self._served(stop, rested))

    def _home(self, clocks: Clocks, here: int) -> float:
        """Return when the crew is back, its pause taken if it was due; ``inf`` when too late."""
        road = self._time[here][self._depot]
        before, after = clocks
        free = before + road
        if self.crew.pause and free > self.crew.pause_until:
            free = min(self._paused(before) + road, self._paused(free), after + road)
        return free if free <= self.end + TINY else inf

    def clocks(self, order: Order) -> list[Clocks]:
        """Return the clocks after 0, 1, 2… stops of an order."""
        known = self._clocks.get(order)
        if known is not None:
            return known
        if not order:
            found = [self._first()]
        else:
            before = self.clocks(order[:-1])
            here = self._base + order[-2] if len(order) > 1 else self._depot
            found = [*before, self._next(before[-1], here, order[-1])]
        self._clocks[order] = found
        return found

    def holds(self, order: Order) -> bool:
        """Whether an order can be followed within the day."""
        if not order:
            return True
        return self._home(self.clocks(order)[-1], self._base + order[-1]) < inf

    def drive(self, order: Order) -> float:
        """Return the minutes of road of an order, from the depot and back."""
        if not order:
            return 0.0
        nodes = [self._depot, *(self._base + stop for stop in order), self._depot]
        return sum(self._road[a][b] for a, b in pairwise(nodes))

    # -- changing an order -------------------------------------------------------------------------

    def added(self, order: Order, stop: int) -> tuple[float, int] | None:
        """Return the least minutes of road a stop adds, and where; ``None`` when it has no room."""
        key = (order, stop)
        if key in self._added:
            return self._added[key]
        node, road = self._base + stop, self._road
        nodes = [self._depot, *(self._base + other for other in order), self._depot]
        to = road[node]
        costs = sorted(
            (road[a][node] + to[b] - road[a][b], rank)
            for rank, (a, b) in enumerate(pairwise(nodes))
        )
        found = None
        for cost, rank in costs:
            if cost < inf and self._fits(order, stop, rank):
                found = (cost, rank)
                break
        self._added[key] = found
        return found

    def _fits(self, order: Order, stop: int, rank: int) -> bool:
        clocks = self.clocks(order[:rank])[-1]
        here = self._base + order[rank - 1] if rank else self._depot
        for other in (stop, *order[rank:]):
            clocks = self._next(clocks, here, other)
            if clocks[0] == inf and clocks[1] == inf:
                return False
            here = self._base + other
        return self._home(clocks, here) < inf

    def improved(self, order: Order) -> Order:
        """Return the shortest order found of the same stops, all tried when they are few."""
        if len(order) < 2:
            return order
        if len(order) <= ALL_ORDERS:
            kept = (o for o in permutations(order) if self.holds(o))
            return min(kept, key=lambda o: (round(self.drive(o), 9), o), default=order)
        best, length = order, self.drive(order)
        while True:
            shorter = next(
                (o for o in _neighbours(best) if self.drive(o) < length - 1e-6 and self.holds(o)),
                None,
            )
            if shorter is None:
                return best
            best, length = shorter, self.drive(shorter)

    # -- telling the hours -------------------------------------------------------------------------

    def hours(self, order: Order) -> Hours:
        """Return the hours of an order that holds: every pause tried, the earliest return kept."""
        gaps = range(len(order) + 1) if self.crew.pause else ()
        choices = [(None, False), *((gap, late) for gap in gaps for late in (False, True))]
        told = (self._followed(order, gap, late) for gap, late in choices)
        starts_late = self._followed(order, None, late=True) if self.crew.pause else None
        found = [hours for hours in (*told, starts_late) if hours is not None]
        return min(found, key=lambda hours: (hours.back, hours.pause is not None))

    def _followed(self, order: Order, gap: int | None, late: bool) -> Hours | None:
        """Follow an order with a pause in a gap, on leaving or (``late``) on arriving.

        Without gap there is no pause, which wants a day that ends before the pause's last moment or
        (``late``) begins after its first one.
        """
        crew, visits = self.crew, []
        at: float = max(self.start, crew.pause_from) if late and gap is None else self.start
        pause: tuple[float, float] | None = None
        here = self._depot
        for rank, there in enumerate([*(self._base + stop for stop in order), self._depot]):
            if rank == gap and not late:
                at = self._paused(at)
                pause = (at - crew.pause, at)
            at += self._time[here][there]
            arrival = at
            if rank == gap and late:
                at = self._paused(at)
                pause = (at - crew.pause, at)
            if rank < len(order):
                at = self._served(order[rank], at)
                visits.append((arrival, at - self._lengths[order[rank]], at))
            here = there
        due = bool(crew.pause) and gap is None and not late and at > crew.pause_until
        if at > self.end + TINY or due:
            return None
        road = self._time[self._depot][self._base + order[0]]
        first = visits[0][1]
        departure = first - road
        if pause is not None and pause[1] <= first:
            departure = min(pause[0], pause[0] - road) if late else pause[0]
            return Hours(departure, tuple(visits), pause, at)
        return Hours(departure, ((first, *visits[0][1:]), *visits[1:]), pause, at)


def spans(hours: Week | None, weekday: int) -> Spans:
    """Return when a place may be used on a day and in the night that follows it."""
    if hours is None:
        return ((0, 2 * MIDNIGHT),)
    morning = hours[(weekday + 1) % 7]
    after = [(start + MIDNIGHT, end + MIDNIGHT) for start, end in morning]
    return merged([*hours[weekday], *after])


def _neighbours(order: Order) -> Sequence[Order]:
    """Return the orders with up to three stops moved together, or a part turned round."""
    size = len(order)
    found: list[Order] = []
    for length in (1, 2, 3):
        for begin in range(size - length + 1):
            part, rest = order[begin : begin + length], order[:begin] + order[begin + length :]
            for rank in range(len(rest) + 1):
                if rank != begin:
                    found.append(rest[:rank] + part + rest[rank:])
                    if length > 1:
                        found.append(rest[:rank] + part[::-1] + rest[rank:])
    for begin in range(size - 1):
        found += [
            order[:begin] + order[begin:end][::-1] + order[end:]
            for end in range(begin + 2, size + 1)
        ]
    return found
