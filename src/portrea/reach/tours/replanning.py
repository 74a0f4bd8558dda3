"""Plan again when something changes: what was announced stays, as far as can be, and is measured.

Days and hours already told are held first: a stop that goes leaves a hole, nothing else moves. Only
what no longer fits is placed again; a date changes only when it saves more road than ``change``
minutes (``params/tours.yaml``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.reach.tours.explaining import explain_all
from portrea.reach.tours.ground import prepare
from portrea.reach.tours.solving import LEFT_OUT, effort, make_search, tell
from portrea.reach.tours.stops import default_tours

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from portrea.reach.tours.day import Spans
    from portrea.reach.tours.ground import Ground, Held, Slot
    from portrea.reach.tours.plan import Plan
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


def replan(
    request: TourRequest,
    previous: Plan,
    *,
    since: date | None = None,
    seed: int = 0,
    tries: int | None = None,
) -> tuple[Plan, Stability]:
    """Return a new plan close to one already announced, and how close it is.

    Parameters
    ----------
    request
        The question as it now is: a stop less, a stop more, days closed, a crew away.
    previous
        The plan announced.
    since
        First day that may still change: what is before is past, and stays as it was announced.
    seed, tries
        Those of the search.
    """
    effortful = int(default_tours()["effort_again"]) if tries is None else tries
    tries = effort(request, effortful)
    first = since or request.start
    held = prepare(request, _held(request, previous, first))
    plan, left = _near(held, previous, first, seed=seed, tries=tries)
    if left:
        past = {slot: spans for slot, spans in _held(request, previous, first).items()
                if slot[1] < first}  # fmt: skip
        free = prepare(request, past)
        other, still = _near(free, previous, first, seed=seed, tries=tries)
        if len(still) < len(left):
            held, plan, left = free, other, still
    whole = explain_all(held, plan, left)
    return whole, stability(previous, whole, (stop.id for stop in request.stops))


def _held(request: TourRequest, previous: Plan, since: date) -> Held:
    """Return the hours announced, by crew and day then stop: only they are open there.

    Nothing else may enter a day before ``since``.
    """
    crews = {crew.name: rank for rank, crew in enumerate(request.crews)}
    stops = {stop.id: rank for rank, stop in enumerate(request.stops)}
    nothing: dict[int, Spans] = dict.fromkeys(stops.values(), ())
    held: dict[Slot, dict[int, Spans]] = {
        (crew, day): {**nothing} for crew in crews.values() for day in request.days if day < since
    }
    for route in previous.routes:
        if route.crew in crews:
            told = {stops[v.stop]: ((v.start, v.end),) for v in route.visits if v.stop in stops}
            held.setdefault((crews[route.crew], route.day), {}).update(told)
    return held


def _near(
    ground: Ground, previous: Plan, since: date, *, seed: int, tries: int
) -> tuple[Plan, list[int]]:
    """Search from the dates announced, moving one costing ``change`` minutes of road.

    A pattern without a passage already held would have it twice: it costs as much as an absence.
    """
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
            past = {day for _, day in told if day < since}
            moved |= {
                (stop, rank): change * far
                + LEFT_OUT * len(past - {*pattern.dates, *pattern.missed})
                for rank, (far, (_, pattern)) in enumerate(zip(distances, found, strict=True))
            }
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
