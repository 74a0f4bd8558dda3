"""Plan again when something changes: what was announced stays, as far as can be, and is measured.

Days and hours already told are held first: a stop that goes leaves a hole, nothing else moves. Only
what no longer fits is placed again; a date changes only when it saves more road than ``change``
minutes (``params/tours.yaml``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import ParameterError
from portrea.reach.tours.explaining import explain_all
from portrea.reach.tours.ground import prepare
from portrea.reach.tours.solving import effort, make_search, tell
from portrea.reach.tours.stops import default_tours

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from portrea.reach.tours.ground import Ground
    from portrea.reach.tours.plan import Plan, Visit
    from portrea.reach.tours.stops import TourRequest


@dataclass(frozen=True, slots=True)
class Stability:
    """How much of what was announced is kept.

    ``visits`` counts the passages announced of the stops still there; ``same_day`` and
    ``same_hour`` those that keep their date, and their date and hour; ``added`` the new ones.
    """

    visits: int
    same_day: int
    same_hour: int
    added: int

    @property
    def share(self) -> float:
        """Share of the passages announced that keep their day and hour (1 when there was none)."""
        return self.same_hour / self.visits if self.visits else 1.0


def stability(before: Plan, after: Plan, stops: Iterable[str]) -> Stability:
    """Compare two plans on the stops still asked."""
    kept = set(stops)
    old = {(v.stop, v.day): v.start for v in before.visits if v.stop in kept}
    new = {(v.stop, v.day): v.start for v in after.visits}
    both = old.keys() & new.keys()
    return Stability(
        visits=len(old),
        same_day=len(both),
        same_hour=sum(old[key] == new[key] for key in both),
        added=len(new.keys() - old.keys()),
    )


def without_stop(request: TourRequest, stop: str) -> TourRequest:
    """Return a question without one of its stops."""
    rank = _rank(request, stop)
    stops = tuple(asked for asked in request.stops if asked.id != stop)
    left = np.delete(np.arange(len(request.minutes)), len(request.crews) + rank)
    return replace(request, stops=stops, minutes=request.minutes[np.ix_(left, left)])


def closed_on(request: TourRequest, stop: str, days: Iterable[date]) -> TourRequest:
    """Return a question where a stop is closed on more days."""
    rank = _rank(request, stop)
    asked = request.stops[rank]
    shut = replace(asked, closed=asked.closed | frozenset(days))
    return replace(request, stops=(*request.stops[:rank], shut, *request.stops[rank + 1 :]))


def crew_away(request: TourRequest, crew: str, days: Iterable[date]) -> TourRequest:
    """Return a question where a crew does not work on more days."""
    away = frozenset(days)
    crews = tuple(
        replace(team, closed=team.closed | away) if team.name == crew else team
        for team in request.crews
    )
    return replace(request, crews=crews)


def _rank(request: TourRequest, stop: str) -> int:
    names = [asked.id for asked in request.stops]
    if stop not in names:
        raise ParameterError(
            f"L’arrêt « {stop} » n’est pas dans la tournée.",
            remedy=f"Arrêts : {', '.join(names[:12])}{'…' if len(names) > 12 else ''}.",
        )
    return names.index(stop)


def replan(
    request: TourRequest, previous: Plan, *, seed: int = 0, tries: int | None = None
) -> tuple[Plan, Stability]:
    """Return a new plan close to one already announced, and how close it is.

    Parameters
    ----------
    request
        The question as it now is: a stop less, a stop more, days closed, a crew away.
    previous
        The plan announced.
    seed, tries
        Those of the search.
    """
    held = prepare(request, _held(request, previous))
    plan, left = _near(held, previous, seed=seed, tries=effort(request, tries))
    if left:
        free = prepare(request)
        other, still = _near(free, previous, seed=seed, tries=effort(request, tries))
        if len(still) < len(left):
            held, plan, left = free, other, still
    whole = explain_all(held, plan, left)
    return whole, stability(previous, whole, (stop.id for stop in request.stops))


def _held(
    request: TourRequest, previous: Plan
) -> dict[tuple[int, date], dict[int, tuple[tuple[int, int], ...]]]:
    """Return the hours announced, by crew and day then stop: only they are open there."""
    crews = {crew.name: rank for rank, crew in enumerate(request.crews)}
    stops = {stop.id: rank for rank, stop in enumerate(request.stops)}
    return {
        (crews[route.crew], route.day): {
            stops[v.stop]: ((v.start, v.end),) for v in route.visits if v.stop in stops
        }
        for route in previous.routes
        if route.crew in crews
    }


def _near(ground: Ground, previous: Plan, *, seed: int, tries: int) -> tuple[Plan, list[int]]:
    """Search from the dates announced, moving one costing ``change`` minutes of road."""
    dates = _announced(previous)
    change = float(default_tours()["change"])
    moved: dict[tuple[int, int], float] = {}
    chosen = []
    for stop, found in enumerate(ground.patterns):
        told = dates.get(ground.request.stops[stop].id)
        distances = [
            _distance(told, ground.request.crews[crew].name, pattern.dates)
            for crew, pattern in found
        ]
        if told:
            moved |= {(stop, rank): change * far for rank, far in enumerate(distances)}
        near = min(range(len(found)), key=distances.__getitem__, default=-1)
        chosen.append(near if told else -1)
    search = make_search(ground, moved)
    state = search.run(search.start(chosen), tries=tries, seed=seed)
    return tell(ground, state)


def _announced(previous: Plan) -> dict[str, set[tuple[str, date]]]:
    found: dict[str, set[tuple[str, date]]] = {}
    for route in previous.routes:
        for visit in route.visits:
            day = visit.instead_of or visit.day
            found.setdefault(visit.stop, set()).add((route.crew, day))
    return found


def _distance(told: set[tuple[str, date]] | None, crew: str, dates: Iterable[date]) -> int:
    """Return how many dates of a pattern were not announced with this crew."""
    return sum((crew, day) not in (told or set()) for day in dates)


def moved_visits(before: Plan, after: Plan) -> list[tuple[Visit, Visit | None]]:
    """Return the visits announced that changed, with the one of the same day if there is one."""
    kept = {(v.stop, v.day): v for v in after.visits}
    changed = []
    for visit in before.visits:
        now = kept.get((visit.stop, visit.day))
        if now is None or now.start != visit.start:
            changed.append((visit, now))
    return changed
