"""Rounds of one period against PyVRP, a solver written by others."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from pyvrp import Model
from pyvrp.stop import MaxIterations

from portrea.reach.tours.rhythm import read_rhythm
from portrea.reach.tours.solving import plan_tour
from portrea.reach.tours.stops import Crew, Stop, TourRequest
from portrea.vocab.hours import week_of

OPENINGS = ["Mo-Fr 09:00-12:30", "Mo-Fr 13:00-17:00", "Mo-Fr 08:00-18:00"]


def question(seed, *, stops, durations, hours="Mo-Fr 09:00-17:00"):
    rng = np.random.default_rng(seed)
    xy = np.vstack([[0, 0], rng.normal(0, 15, (stops, 2))])
    minutes = np.ceil(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)))
    asked = tuple(
        Stop(
            f"S{rank}",
            f"Arrêt {rank}",
            int(rng.choice(durations)),
            read_rhythm("une fois"),
            hours=week_of(str(rng.choice(OPENINGS))),
        )
        for rank in range(stops)
    )
    return TourRequest(asked, (Crew("bus", week_of(hours)),), date(2026, 12, 7), 1, minutes)


def by_pyvrp(request, *, iterations):
    """Return the road of PyVRP's best plan: one vehicle a day, the openings as time windows."""
    model = Model()
    places = [model.add_location(0, 0) for _ in range(len(request.stops) + 1)]
    depot = model.add_depot(places[0])
    for place, stop in zip(places[1:], request.stops, strict=True):
        opens, closes = stop.hours[0][0]
        model.add_client(
            place,
            service_duration=stop.duration,
            tw_early=opens,
            tw_late=closes - stop.duration,
        )
    days = [day for day in request.days if request.crews[0].hours[day.weekday()]]
    begin, end = request.crews[0].span(days[0].weekday())
    model.add_vehicle_type(
        len(days), start_depot=depot, end_depot=depot, tw_early=begin, tw_late=end
    )
    for a, here in enumerate(places):
        for b, there in enumerate(places):
            if a != b:
                road = int(request.minutes[a, b])
                model.add_edge(here, there, distance=road, duration=road)
    result = model.solve(MaxIterations(iterations), seed=1, display=False)
    assert result.is_feasible()
    return result.cost()


@pytest.mark.parametrize(
    ("seed", "asked"),
    [
        (0, {"stops": 14, "durations": [60, 90]}),
        (1, {"stops": 18, "durations": [20, 45]}),
        (2, {"stops": 15, "durations": [10], "hours": "Mo 07:00-19:00"}),
    ],
)
def test_one_period_is_within_one_percent_of_pyvrp(seed, asked):
    request = question(seed, **asked)
    plan = plan_tour(request, tries=1500)
    assert not plan.unserved
    assert plan.road <= 1.01 * by_pyvrp(request, iterations=400)
