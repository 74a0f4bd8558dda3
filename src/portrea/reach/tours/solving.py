"""Plan the rounds of some weeks: patterns, search, hours, and what could not be held."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from portrea.reach.tours.dates import is_due, next_due
from portrea.reach.tours.explaining import explain_all
from portrea.reach.tours.ground import prepare
from portrea.reach.tours.plan import DayRoute, Missed, Plan, Visit
from portrea.reach.tours.searching import Search
from portrea.reach.tours.states import Choice
from portrea.reach.tours.stops import default_tours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from portrea.reach.tours.day import Day, Spans
    from portrea.reach.tours.ground import Ground
    from portrea.reach.tours.states import State
    from portrea.reach.tours.stops import TourRequest

    Slot = tuple[int, date]
    Held = Mapping[Slot, Mapping[int, Spans]]

LEFT_OUT = 1e6
"""Cost of leaving out a stop of mean weight: far above any road."""


def plan_tour(request: TourRequest, *, seed: int = 0, tries: int | None = None) -> Plan:
    """Return the rounds of a crew, or several, over some weeks.

    Parameters
    ----------
    request
        Stops, crews, weeks and minutes of road.
    seed, tries
        Chance and effort of the search; the same ones give the same plan.

    Notes
    -----
    Least minutes of road, once as many people as possible are visited. A stop keeps its weekday and
    its rhythm. Stops that do not fit are returned with the reason and the least change.
    """
    ground = prepare(request)
    search = make_search(ground)
    state = search.run(search.start(), tries=effort(request, tries), seed=seed)
    plan, left = tell(ground, state)
    return explain_all(ground, plan, left)


def effort(request: TourRequest, tries: int | None) -> int:
    """Return the number of tries: the usual one, less for a handful of stops."""
    usual = int(default_tours()["effort"]) if tries is None else tries
    return min(usual, 60 * len(request.stops) ** 2)


def make_search(ground: Ground, moved: Mapping[tuple[int, int], float] | None = None) -> Search:
    """Return the search of a question; ``moved`` adds a cost to a (stop, rank of pattern)."""
    request, ranks = ground.request, ground.ranks
    missed = float(default_tours()["missed"])
    choices = [
        [
            Choice(
                tuple(ranks[crew, day] for day in pattern.dates),
                missed * len(pattern.missed) + (moved or {}).get((stop, rank), 0.0),
            )
            for rank, (crew, pattern) in enumerate(found)
        ]
        for stop, found in enumerate(ground.patterns)
    ]
    base = len(request.crews)
    road = request.minutes[base:, base:]
    near = [
        [int(o) for o in np.argsort(row, kind="stable") if o != rank]
        for rank, row in enumerate(road)
    ]
    names = [stop.commune or f"\0{stop.id}" for stop in request.stops]
    order = {name: rank for rank, name in enumerate(dict.fromkeys(names))}
    groups = [order[name] for name in names]
    return Search(choices, ground.days, near, groups, _weights(request))


def _weights(request: TourRequest) -> list[float]:
    """Return the cost of leaving each stop out: its persons, the mean where they are unknown."""
    told = [stop.persons for stop in request.stops if stop.persons is not None]
    mean = sum(told) / len(told) if told and sum(told) > 0 else 1.0
    return [
        LEFT_OUT * (0.05 + (mean if stop.persons is None else stop.persons) / mean)
        for stop in request.stops
    ]


# -- telling --------------------------------------------------------------------------------------


def tell(ground: Ground, state: State) -> tuple[Plan, list[int]]:
    """Return a plan and the stops it leaves out, visits lost on closed days made up for."""
    request = ground.request
    orders = _steady(ground, state)
    instead: dict[tuple[int, int], date] = {}
    missed = _lost(ground, state)
    lasting = []
    for stop, day in missed:
        wanted = day not in request.stops[stop].given_up
        slot = _caught_up(ground, orders, stop, day) if wanted else None
        if slot is None:
            why = _why_lost(request, stop, day)
            lasting.append(Missed(request.stops[stop].id, day, why, sought=wanted))
        else:
            instead[slot, stop] = day
    routes = [route_of(ground, slot, order, instead) for slot, order in enumerate(orders) if order]
    left, idle = [], []
    for stop, rank in enumerate(state.chosen):
        if rank >= 0:
            continue
        asked = request.stops[stop]
        if is_due(asked, request):
            left.append(stop)
        else:
            idle.append((asked.id, next_due(asked, request)))
    return Plan(tuple(routes), tuple(lasting), (), tuple(idle)), left


def _steady(ground: Ground, state: State) -> list[tuple[int, ...]]:
    """Return the orders, a day turned round where its stops then keep the hour of their last visit.

    Only where that costs no road: people come back at the hour they know.
    """
    last: dict[int, float] = {}
    kept = []
    for day, order in zip(ground.days, state.orders, strict=True):
        back = order[::-1]
        same = abs(day.drive(back) - day.drive(order)) < 1e-6 and day.holds(back)
        ways = (order, back) if order and same else (order,)
        told = [(way, _starts(day, way)) for way in ways]
        best, starts = min(told, key=lambda way: _shift(last, *way))
        last |= dict(zip(best, starts, strict=True))
        kept.append(best)
    return kept


def _starts(day: Day, order: tuple[int, ...]) -> list[float]:
    return [start for _, start, _ in day.hours(order).stops] if order else []


def _shift(last: Mapping[int, float], order: Sequence[int], starts: Sequence[float]) -> float:
    """Return by how many minutes stops leave the hour of their last visit."""
    return sum(
        abs(start - last.get(stop, start)) for stop, start in zip(order, starts, strict=True)
    )


def route_of(
    ground: Ground, slot: int, order: tuple[int, ...], instead: Mapping[tuple[int, int], date]
) -> DayRoute:
    """Return the day of a slot, with its hours."""
    request, day = ground.request, ground.days[slot]
    crew, on = ground.slots[slot]
    hours = day.hours(order)
    base = len(request.crews)
    nodes = [crew, *(base + stop for stop in order), crew]
    roads = [float(request.minutes[a, b]) for a, b in pairwise(nodes)]
    visits = tuple(
        Visit(
            request.stops[stop].id, on, round(arrival), round(start), round(end),
            roads[rank], instead.get((slot, stop)),
        )
        for rank, (stop, (arrival, start, end)) in enumerate(zip(order, hours.stops, strict=True))
    )  # fmt: skip
    pause = (round(hours.pause[0]), round(hours.pause[1])) if hours.pause else None
    return DayRoute(
        request.crews[crew].name, on, int(hours.departure), visits,
        round(hours.back), sum(roads), roads[-1], pause,
    )  # fmt: skip


def _lost(ground: Ground, state: State) -> list[tuple[int, date]]:
    return [
        (stop, day)
        for stop, rank in enumerate(state.chosen)
        if rank >= 0
        for day in ground.patterns[stop][rank][1].missed
    ]


def _caught_up(ground: Ground, orders: list[tuple[int, ...]], stop: int, lost: date) -> int | None:
    """Put a lost visit on the nearest day that takes it, and return its slot."""
    within = int(default_tours()["catch_up"])
    asked = ground.request.stops[stop]
    near = sorted(
        (abs((day - lost).days), day < lost, rank)
        for rank, (_, day) in enumerate(ground.slots)
        if 0 < abs((day - lost).days) <= within and day not in asked.shut
    )
    taken = {day for rank, (_, day) in enumerate(ground.slots) if stop in orders[rank]}
    for _, _, rank in near:
        day = ground.slots[rank][1]
        if any(abs((day - other).days) <= 1 for other in taken):
            continue
        found = ground.days[rank].added(orders[rank], stop)
        if found is not None:
            place = found[1]
            orders[rank] = (*orders[rank][:place], stop, *orders[rank][place:])
            return rank
    return None


def _why_lost(request: TourRequest, stop: int, day: date) -> str:
    asked = request.stops[stop]
    if day in asked.cancelled:
        return "ce passage est annulé"
    if day in asked.closed:
        return "le lieu est fermé ce jour-là"
    return "l’équipe ne travaille pas ce jour-là"
