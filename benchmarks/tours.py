"""Rounds: 25 to 40 stops over four weeks, and single-period ones against PyVRP's best.

Processor seconds of ours. The figure against PyVRP is the excess of road over the plan PyVRP finds
in the same run, on 36 questions drawn at random: same minutes, same openings, no pause.
"""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks import Measure, clock

if TYPE_CHECKING:
    from portrea.reach.tours.stops import TourRequest

START = date(2026, 12, 7)
RHYTHMS = ("toutes les semaines", "une semaine sur deux", "tous les mois", "une semaine sur deux")
HALVES = ("Mo-Fr 09:00-12:30", "Mo-Fr 13:30-17:00", "Mo-Fr 09:00-17:00")


class Drawn(NamedTuple):
    """What is drawn: stops, weeks, minutes of presence, openings, spread in minutes."""

    stops: int
    weeks: int
    lengths: tuple[int, ...]
    opens: tuple[str, ...]
    spread: float


ONE_PERIOD = {
    "long-presences": Drawn(40, 4, (90,), ("Mo-Fr 09:00-17:00",), 20.0),
    "short-presences": Drawn(40, 1, (20, 30, 45), HALVES, 15.0),
    "one-day": Drawn(40, 1, (5,), ("Mo 07:00-19:00",), 15.0),
    "day-with-openings": Drawn(40, 1, (5,), ("Mo 07:00-12:00", "Mo 12:00-19:00"), 12.0),
}
SIZES = (15, 25, 40)
SEEDS = (0, 1, 2)
PEER_ITERATIONS = 6000
"""Of PyVRP: about as many seconds as ours, and the same answer on every machine."""


def run() -> list[Measure]:
    """Measure the time of four weeks, then the excess of road over PyVRP."""
    return [_weeks(25), _weeks(40), *_excess()]


def question(
    seed: int, drawn: Drawn, *, rhythms: tuple[str, ...] = ("une fois",), pause: int = 0
) -> TourRequest:
    """Return a question drawn around a depot."""
    stops, weeks, lengths, opens, spread = drawn
    from portrea.reach.tours.rhythm import read_rhythm
    from portrea.reach.tours.stops import Crew, Stop, TourRequest
    from portrea.vocab.hours import week_of

    rng = np.random.default_rng(seed)
    xy = np.vstack([[0, 0], rng.normal(0, spread, (stops, 2))])
    minutes = np.ceil(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) * 1.2)
    asked = tuple(
        Stop(
            f"S{rank}",
            f"Arrêt {rank}",
            int(rng.choice(lengths)),
            read_rhythm(rhythms[rank % len(rhythms)]),
            hours=week_of(str(rng.choice(opens))),
            persons=float(rng.integers(10, 500)),
        )
        for rank in range(stops)
    )
    if rhythms != ("une fois",):
        work = "Mo-Fr 08:00-18:00"
    else:
        work = "Mo 07:00-19:00" if opens[0].startswith("Mo 0") else "Mo-Fr 09:00-17:00"
    crew = Crew("bus", week_of(work) or (), pause=pause)
    return TourRequest(asked, (crew,), START, weeks, minutes)


def _weeks(stops: int) -> Measure:
    from portrea.reach.tours.solving import plan_tour

    drawn = Drawn(stops, 4, (60, 90), ("Mo-Fr 09:00-12:30,13:30-17:30",), 18.0)
    asked = question(1, drawn, rhythms=RHYTHMS, pause=45)
    with clock() as timer:
        plan = plan_tour(asked)
    return Measure(
        key=f"tours.weeks.{stops}",
        title=f"Tournée de {stops} arrêts sur quatre semaines",
        value=timer.cpu,
        limit=10.0,
        note=f"{sum(1 for _ in plan.visits)} passages, {len(plan.unserved)} arrêts sans place ; "
        "secondes de processeur",
    )


def _excess() -> list[Measure]:
    from portrea.reach.tours.solving import plan_tour

    found = []
    for name, drawn in ONE_PERIOD.items():
        excess, spent = [], 0.0
        for size, seed in product(SIZES, SEEDS):
            request = question(seed, drawn._replace(stops=size))
            with clock() as timer:
                plan = plan_tour(request)
            spent = max(spent, timer.cpu)
            best = by_pyvrp(request)
            if best is not None and not plan.unserved:
                excess.append(100 * (plan.road / best - 1))
        found.append(
            Measure(
                key=f"tours.excess.{name}",
                title=f"Route de plus que PyVRP, une période ({name})",
                value=max(excess),
                unit="%",
                limit=1.0,
                note=f"pire de {len(excess)} tirages de 15 à 40 arrêts, moyenne "
                f"{sum(excess) / len(excess):.2f} % ; {spent:.1f} s de processeur au plus, PyVRP "
                f"{PEER_ITERATIONS} tours",
            )
        )
    return found


def by_pyvrp(request: TourRequest) -> int | None:
    """Return the road of PyVRP's best plan: one vehicle a day, the openings as time windows.

    ``None`` where it finds no plan that serves every stop.
    """
    from pyvrp import Model
    from pyvrp.stop import MaxIterations

    model = Model()
    places = [model.add_location(0, 0) for _ in range(len(request.stops) + 1)]
    depot = model.add_depot(places[0])
    for place, stop in zip(places[1:], request.stops, strict=True):
        opens, closes = (stop.hours or (((0, 1440),),))[0][0]
        model.add_client(
            place, service_duration=stop.duration, tw_early=opens, tw_late=closes - stop.duration
        )
    days = [day for day in request.days if request.crews[0].hours[day.weekday()]]
    begin, end = request.crews[0].span(days[0].weekday()) or (0, 0)
    model.add_vehicle_type(
        len(days), start_depot=depot, end_depot=depot, tw_early=begin, tw_late=end
    )
    for a, here in enumerate(places):
        for b, there in enumerate(places):
            if a != b:
                road = int(request.minutes[a, b])
                model.add_edge(here, there, distance=road, duration=road)
    result = model.solve(MaxIterations(PEER_ITERATIONS), seed=1, display=False)
    return int(result.cost()) if result.is_feasible() else None
