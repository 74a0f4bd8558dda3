"""Planning again: what was announced stays, and how much of it is measured."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from portrea.base.errors import ParameterError
from portrea.reach.tours.changes import Difference, crew_away, difference, without_stop
from portrea.reach.tours.replanning import replan, stability
from portrea.reach.tours.rhythm import read_rhythm
from portrea.reach.tours.solving import plan_tour
from portrea.reach.tours.stops import Crew, Stop, TourRequest
from portrea.vocab.hours import week_of

START = date(2026, 12, 7)
RHYTHMS = ("toutes les semaines", "une semaine sur deux", "une semaine sur deux", "tous les mois")


def question(seed, *, stops=10, weeks=4):
    rng = np.random.default_rng(seed)
    xy = np.vstack([[25, 25], rng.uniform(0, 50, (stops, 2))])
    minutes = np.ceil(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)))
    asked = tuple(
        Stop(f"S{rank}", f"Arrêt {rank}", 90, read_rhythm(RHYTHMS[rank % 4]), persons=10.0 + rank)
        for rank in range(stops)
    )
    crew = Crew("bus", week_of("Mo-Fr 08:30-17:30"), pause=45)
    return TourRequest(asked, (crew,), START, weeks, minutes, 5)


def closed_on(request, stop, day):
    stops = tuple(replace(s, closed=frozenset({day})) if s.id == stop else s for s in request.stops)
    return replace(request, stops=stops)


@pytest.mark.parametrize("seed", range(3))
def test_a_stop_that_goes_leaves_a_hole_and_nothing_moves(seed):
    request = question(seed)
    before = plan_tour(request, tries=150)
    for gone in ("S0", "S5"):
        less = without_stop(request, gone)
        after, measured = replan(less, before, tries=60)
        assert not after.of(gone)
        assert measured.visits == sum(visit.stop != gone for visit in before.visits)
        assert measured.share >= 0.9
        assert after.road <= before.road + 1e-6


def test_nothing_changed_moves_nothing():
    request = question(7)
    before = plan_tour(request, tries=150)
    after, measured = replan(request, before, tries=40)
    assert measured.share == 1
    assert measured.added == 0
    assert difference(before, after) == Difference()
    assert after.road == pytest.approx(before.road)


def test_a_day_closed_moves_that_passage_only():
    request = question(3)
    before = plan_tour(request, tries=150)
    lost = before.of("S0")[1]
    after, measured = replan(closed_on(request, "S0", lost.day), before, tries=60)
    assert lost.day not in {visit.day for visit in after.of("S0")}
    assert measured.same_hour >= measured.visits - 2
    told = difference(before, after)
    assert len(told.shifted) <= 1
    assert [(v.stop, v.day) for v in (*told.gone, *(old for old, _ in told.moved))] == [
        ("S0", lost.day)
    ]
    made_up = [visit for visit in after.of("S0") if visit.instead_of == lost.day]
    assert made_up or [m.day for m in after.missed] == [lost.day]


def test_a_crew_away_one_day_keeps_the_others():
    request = question(4)
    before = plan_tour(request, tries=150)
    away = before.routes[3].day
    after, measured = replan(crew_away(request, "bus", [away]), before, tries=60)
    assert away not in {route.day for route in after.routes}
    gone = sum(visit.day == away for visit in before.visits)
    assert measured.same_hour >= 0.9 * (measured.visits - gone)


def test_a_new_stop_takes_a_free_place():
    request = question(5)
    before = plan_tour(without_stop(request, "S3"), tries=150)
    after, measured = replan(request, before, tries=80)
    assert after.of("S3")
    assert measured.share >= 0.9
    assert measured.added >= len(after.of("S3"))


def test_stability_counts_what_is_announced_and_still_asked():
    request = question(1, stops=4)
    before = plan_tour(request, tries=80)
    (first, *rest) = before.routes
    later = replace(
        first, visits=tuple(replace(v, start=v.start + 5, end=v.end + 5) for v in first.visits)
    )
    found = stability(before, replace(before, routes=(later, *rest)), ["S0", "S1", "S2", "S3"])
    assert found.same_day == found.visits
    assert found.same_hour == found.visits - len(first.visits)
    assert 0 < found.share < 1
    assert stability(before, before, []).share == 1


def test_a_stop_that_is_not_there_is_said():
    with pytest.raises(ParameterError, match="n’est pas dans la tournée"):
        without_stop(question(1, stops=4), "S9")


def test_dates_far_from_the_announced_are_not_counted_twice():
    request = question(2, stops=3, weeks=2)
    before = plan_tour(request, tries=60)
    shifted = replace(
        before,
        routes=tuple(
            replace(
                route,
                day=route.day + timedelta(days=14),
                visits=tuple(replace(v, day=v.day + timedelta(days=14)) for v in route.visits),
            )
            for route in before.routes
        ),
    )
    found = stability(before, shifted, [stop.id for stop in request.stops])
    assert (found.same_day, found.same_hour) == (0, 0)
    assert found.added == found.visits
