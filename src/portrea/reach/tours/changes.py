"""What is called off in a round already announced, followed step by step, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import ParameterError
from portrea.reach.tours.plan import Plan
from portrea.reach.tours.replanning import replan, stability
from portrea.reach.tours.rhythm import Rhythm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from portrea.reach.tours.plan import Visit
    from portrea.reach.tours.replanning import Stability
    from portrea.reach.tours.stops import Stop, TourRequest

    Passage = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Change:
    """What is called off at once.

    ``stops`` are no longer visited, ``visits`` are passages (stop, day), ``days`` are those of
    every crew. Nothing before ``on`` moves. Passages lost are held another day if there is room
    nearby, when ``made_up``.
    """

    on: date
    stops: tuple[str, ...] = ()
    visits: tuple[Passage, ...] = ()
    days: tuple[date, ...] = ()
    made_up: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed: passages ``gone``, ``moved`` (from, to), held at another hour, ``added``."""

    gone: tuple[Visit, ...] = ()
    moved: tuple[tuple[Visit, Visit], ...] = ()
    shifted: tuple[tuple[Visit, Visit], ...] = ()
    added: tuple[Visit, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """A passage ever announced: the rank of the change that last touched it, if it is cancelled."""

    visit: Visit
    rank: int
    cancelled: bool


def changed(request: TourRequest, previous: Plan, change: Change) -> TourRequest:
    """Return a question without what is called off.

    Raises
    ------
    ParameterError
        What is called off is not in the plan announced.
    """
    for stop in change.stops:
        request = without_stop(request, stop)
    for stop, day in change.visits:
        if day not in {visit.day for visit in previous.of(stop)}:
            raise ParameterError(
                f"L’arrêt « {stop} » n’a pas de passage le {day:%d/%m/%Y}.",
                remedy="Choisissez parmi les passages du calendrier annoncé.",
            )
        asked = _stop(request, stop)
        request = _with(request, replace(asked, cancelled=asked.cancelled | {day}))
    for crew in request.crews if change.days else ():
        request = crew_away(request, crew.name, change.days)
    return request if change.made_up else _given_up(request, previous, change)


def _given_up(request: TourRequest, previous: Plan, change: Change) -> TourRequest:
    """Return a question where the stops that lose a passage keep their other dates, no more."""
    lost = {*change.visits}
    lost |= {(visit.stop, visit.day) for visit in previous.visits if visit.day in change.days}
    for asked in request.stops:
        gone = frozenset(day for stop, day in lost if stop == asked.id)
        told = frozenset(visit.day for visit in previous.of(asked.id))
        if gone and gone == told:
            request = without_stop(request, asked.id)
        elif gone:
            rhythm = Rhythm("dates", dates=tuple(sorted(told)))
            given_up = asked.given_up | gone
            request = _with(request, replace(asked, rhythm=rhythm, given_up=given_up))
    return request


def follow(
    request: TourRequest, previous: Plan, change: Change, *, tries: int | None = None
) -> tuple[TourRequest, Plan, Stability]:
    """Return the question and the plan once something is called off, and how much it kept.

    What was called off on purpose is not counted among what could be kept.
    """
    now = changed(request, previous, change)
    plan, _ = replan(now, previous, since=change.on, tries=tries)
    measured = stability(_left(previous, change), plan, (stop.id for stop in now.stops))
    return now, plan, measured


def _left(previous: Plan, change: Change) -> Plan:
    """Return a plan without the passages called off."""
    gone = {*change.visits}
    return Plan(
        tuple(
            replace(route, visits=tuple(v for v in route.visits if (v.stop, v.day) not in gone))
            for route in previous.routes
            if route.day not in change.days
        )
    )


def difference(before: Plan, after: Plan) -> Difference:
    """Return what changed between two plans, passages of a same stop told as moved."""
    old = {(v.stop, v.day): v for v in before.visits}
    new = {(v.stop, v.day): v for v in after.visits}
    fresh = [visit for key, visit in new.items() if key not in old]
    gone, moved = [], []
    for key, visit in old.items():
        if key in new:
            continue
        same = [v for v in fresh if v.stop == visit.stop]
        same.sort(key=lambda v: (v.instead_of != visit.day, abs((v.day - visit.day).days)))
        if same:
            fresh.remove(same[0])
            moved.append((visit, same[0]))
        else:
            gone.append(visit)
    shifted = [
        (visit, new[key])
        for key, visit in old.items()
        if key in new and (new[key].start, new[key].end) != (visit.start, visit.end)
    ]
    return Difference(tuple(gone), tuple(moved), tuple(shifted), tuple(fresh))


def revisions(plans: Iterable[Plan]) -> Iterator[Revision]:
    """Yield every passage ever announced in successive plans, in the order of its day and hour."""
    seen: dict[Passage, Revision] = {}
    for rank, plan in enumerate(plans):
        now = {(visit.stop, visit.day): visit for visit in plan.visits}
        for key, told in seen.items():
            if key not in now and not told.cancelled:
                seen[key] = Revision(told.visit, rank, cancelled=True)
        for key, visit in now.items():
            old = seen.get(key)
            same = old is not None and not old.cancelled and (
                (old.visit.start, old.visit.end) == (visit.start, visit.end)
            )  # fmt: skip
            seen[key] = Revision(visit, old.rank if same and old else rank, cancelled=False)
    yield from sorted(seen.values(), key=lambda r: (r.visit.day, r.visit.start, r.visit.stop))


# -- one thing less -------------------------------------------------------------------------------


def without_stop(request: TourRequest, stop: str) -> TourRequest:
    """Return a question without one of its stops."""
    rank = request.stops.index(_stop(request, stop))
    stops = tuple(asked for asked in request.stops if asked.id != stop)
    left = np.delete(np.arange(len(request.minutes)), len(request.crews) + rank)
    return replace(request, stops=stops, minutes=request.minutes[np.ix_(left, left)])


def crew_away(request: TourRequest, crew: str, days: Iterable[date]) -> TourRequest:
    """Return a question where a crew does not work on more days."""
    away = frozenset(days)
    crews = tuple(
        replace(team, closed=team.closed | away) if team.name == crew else team
        for team in request.crews
    )
    return replace(request, crews=crews)


def _with(request: TourRequest, stop: Stop) -> TourRequest:
    """Return a question with another version of one of its stops."""
    return replace(request, stops=tuple(stop if s.id == stop.id else s for s in request.stops))


def _stop(request: TourRequest, name: str) -> Stop:
    found = next((stop for stop in request.stops if stop.id == name), None)
    if found is None:
        names = [stop.id for stop in request.stops]
        raise ParameterError(
            f"L’arrêt « {name} » n’est pas dans la tournée.",
            remedy=f"Arrêts : {', '.join(names[:12])}{'…' if len(names) > 12 else ''}.",
        )
    return found
