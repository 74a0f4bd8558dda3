"""Why a stop could not be placed, and the least that would be enough, each change tried for real.

A change is proposed only after the round was tried with it: the stop alone when it can never be
held, the whole plan when it is room that lacks.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

from portrea.reach.tours.dates import patterns
from portrea.reach.tours.day import Day
from portrea.reach.tours.ground import prepare
from portrea.reach.tours.plan import Relaxation, Unserved
from portrea.reach.tours.rhythm import half_as_often, say_rhythm
from portrea.vocab.hours import NAMES, say_days

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from portrea.reach.tours.ground import Ground
    from portrea.reach.tours.plan import Plan
    from portrea.reach.tours.stops import Crew, Stop, TourRequest
    from portrea.vocab.hours import Week

STEP = 5
"""Minutes between two values tried."""
MOST_DURATION_CUT, MOST_DAY_ADDED = 8 * 60, 6 * 60


def explain_all(ground: Ground, plan: Plan, left: Sequence[int]) -> Plan:
    """Return a plan with its stops left out explained."""
    told = tuple(explain(ground, plan, stop) for stop in left)
    return replace(plan, unserved=told)


def explain(ground: Ground, plan: Plan, stop: int) -> Unserved:
    """Return the cause of an absence and the least changes, smallest first."""
    request = ground.request
    asked = request.stops[stop]
    if not _has_road(request, stop):
        return Unserved(
            asked.id,
            "unreachable",
            f"{asked.name} : aucune route connue depuis le dépôt.",
            (Relaxation("position", 0, "Vérifiez sa position, ou le réseau de routes chargé."),),
        )
    if not ground.patterns[stop]:
        return _days_apart(request, stop)
    lonely = replace(request, stops=(asked,), minutes=_minutes_of(request, stop))
    if _held_alone(lonely):
        return _no_room(ground, plan, stop)
    return _never_alone(lonely)


def _has_road(request: TourRequest, stop: int) -> bool:
    node = len(request.crews) + stop
    return any(
        isfinite(request.minutes[crew, node] + request.minutes[node, crew])
        for crew in range(len(request.crews))
    )


def _minutes_of(request: TourRequest, stop: int) -> NDArray[np.float64]:
    nodes = [*range(len(request.crews)), len(request.crews) + stop]
    return request.minutes[nodes][:, nodes]


def _held_alone(request: TourRequest) -> bool:
    """Whether the only stop of a question can be held on some day of its patterns."""
    return any(
        all(Day(request, crew, day.weekday()).holds((0,)) for day in pattern.dates)
        for crew, team in enumerate(request.crews)
        for pattern in patterns(request.stops[0], team, request)
    )


# -- never, even alone ----------------------------------------------------------------------------


def _days_apart(request: TourRequest, stop: int) -> Unserved:
    """Explain a place never open when a crew works, or whose dates are all closed."""
    asked = request.stops[stop]
    opened = [day for day, spans in enumerate(asked.hours or ()) if spans]
    works = sorted({d for crew in request.crews for d, spans in enumerate(crew.hours) if spans})
    if asked.hours is not None and not set(opened) & set(works):
        sentence = (
            f"{asked.name} n’est ouvert que {_these(opened)} ; l’équipe travaille {_these(works)}."
        )
        changes = [
            Relaxation("crew_day", day, f"Travailler aussi le {NAMES[day]}.") for day in opened[:2]
        ]
        changes.append(
            Relaxation("stop_day", works[0], f"Obtenir l’ouverture du lieu {_these(works)}.")
        )
        return Unserved(asked.id, "days-apart", sentence, tuple(changes))
    sentence = (
        f"{asked.name} : aucun jour possible pour « {say_rhythm(asked.rhythm)} » dans ces "
        f"{request.weeks} semaines, jours fermés et fériés retirés."
    )
    more = Relaxation("dates", 0, "Élargir les dates permises, ou changer de rythme.")
    return Unserved(asked.id, "no-date", sentence, (more,))


def _never_alone(request: TourRequest) -> Unserved:
    asked = request.stops[0]
    open_long = max((b - a for spans in asked.hours or () for a, b in spans), default=24 * 60)
    if open_long < asked.duration:
        gap = asked.duration - open_long
        sentence = (
            f"{asked.name} : la présence demandée dure {_said(asked.duration)}, le lieu n’ouvre "
            f"jamais plus de {_said(open_long)} d’affilée."
        )
        changes = (
            Relaxation("opening", gap, f"Obtenir {_said(gap)} d’ouverture de plus."),
            *_shorter(request, _held_alone),
        )
        return Unserved(asked.id, "opening-short", sentence, changes)
    changes = (*_longer_day(request, _held_alone), *_shorter(request, _held_alone))
    base = len(request.crews)
    road = min(request.minutes[crew, base] + request.minutes[base, crew] for crew in range(base))
    sentence = (
        f"{asked.name} : {_said(round(road))} de route aller et retour et {_said(asked.duration)} "
        "sur place ne tiennent dans aucune journée, horaires du lieu et pause compris."
    )
    return Unserved(asked.id, "day-short", sentence, changes)


def _shorter(
    request: TourRequest, held: Callable[[TourRequest], bool], stop: int = 0
) -> Iterator[Relaxation]:
    """Yield the longest presence that holds, by steps of five minutes."""
    asked = request.stops[stop]
    first = STEP * ((asked.duration - 1) // STEP)
    for duration in range(first, max(0, asked.duration - MOST_DURATION_CUT), -STEP):
        if held(_with_stop(request, stop, replace(asked, duration=duration))):
            yield Relaxation(
                "duration",
                duration,
                f"Ramener la présence de {_said(asked.duration)} à {_said(duration)}.",
            )
            return


def _longer_day(request: TourRequest, held: Callable[[TourRequest], bool]) -> Iterator[Relaxation]:
    """Yield the least lengthening of the days of work that is enough, half before, half after."""
    for more in range(STEP, MOST_DAY_ADDED + STEP, STEP):
        crews = tuple(_longer(crew, more) for crew in request.crews)
        if held(replace(request, crews=crews)):
            yield Relaxation("day", more, f"Allonger la journée de l’équipe de {_said(more)}.")
            return


def _longer(crew: Crew, more: int) -> Crew:
    early = more // (2 * STEP) * STEP
    hours: Week = tuple(
        ((max(0, spans[0][0] - early), spans[-1][1] + more - early),) if spans else ()
        for spans in crew.hours
    )
    return replace(crew, hours=hours)


def _with_stop(request: TourRequest, rank: int, stop: Stop) -> TourRequest:
    return replace(request, stops=(*request.stops[:rank], stop, *request.stops[rank + 1 :]))


# -- no room beside the others --------------------------------------------------------------------


def _no_room(ground: Ground, plan: Plan, stop: int) -> Unserved:
    """Explain a stop held alone but not with the others; try changes beside the plan found."""
    request = ground.request
    asked = request.stops[stop]

    def held(changed: TourRequest) -> bool:
        return _beside(changed, plan, stop)

    changes = [*_longer_day(request, held), *_shorter(request, held, stop)]
    changes += _rarer(request, stop, held)
    changes += _more_days(request, stop, held)
    sentence = (
        f"{asked.name} tient seul, mais pas avec les autres arrêts : les journées sont pleines."
    )
    return Unserved(asked.id, "no-room", sentence, tuple(changes))


def _beside(changed: TourRequest, plan: Plan, stop: int) -> bool:
    """Whether a stop enters a plan whose other visits keep their days, their hours may move."""
    ground = prepare(changed)
    ranks = ground.ranks
    names = {crew.name: rank for rank, crew in enumerate(changed.crews)}
    known = {asked.id: rank for rank, asked in enumerate(changed.stops)}
    orders: dict[int, tuple[int, ...]] = {
        ranks[names[route.crew], route.day]: tuple(known[v.stop] for v in route.visits)
        for route in plan.routes
    }
    return any(
        all(
            ground.days[slot].added(orders.get(slot, ()), stop) is not None
            for slot in (ranks[crew, day] for day in pattern.dates)
        )
        for crew, pattern in ground.patterns[stop]
        if not pattern.missed
    )


def _rarer(
    request: TourRequest, stop: int, held: Callable[[TourRequest], bool]
) -> Iterator[Relaxation]:
    asked = request.stops[stop]
    rarer = half_as_often(asked.rhythm)
    if rarer is not None and held(_with_stop(request, stop, replace(asked, rhythm=rarer))):
        said = say_rhythm(rarer)
        yield Relaxation("rhythm", rarer.every, f"Passer à « {said} ».")


def _more_days(
    request: TourRequest, stop: int, held: Callable[[TourRequest], bool]
) -> Iterator[Relaxation]:
    """Yield the first weekday that would be enough if the crew worked then as on its other days."""
    usual = next(spans for crew in request.crews for spans in crew.hours if spans)
    hours = request.stops[stop].hours
    for day in range(6):
        if request.crews[0].hours[day] or (hours is not None and not hours[day]):
            continue
        longer = tuple(
            usual if rank == day else spans for rank, spans in enumerate(request.crews[0].hours)
        )
        crews = (replace(request.crews[0], hours=longer), *request.crews[1:])
        if held(replace(request, crews=crews)):
            yield Relaxation("crew_day", day, f"Travailler aussi le {NAMES[day]}.")
            return


# -- words ----------------------------------------------------------------------------------------


def _said(minutes: float) -> str:
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest}\u202fmin"
    return f"{hours}\u202fh {rest:02d}" if rest else f"{hours}\u202fh"


def _these(days: Iterable[int]) -> str:
    told = say_days(list(days))
    return told if told.startswith("du ") else f"le {told}"
