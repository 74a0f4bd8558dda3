"""What is called off in a round announced: cases worked by hand, what is told of each change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

from portrea.base.errors import ParameterError
from portrea.reach.tours.changes import (
    Change,
    Difference,
    changed,
    difference,
    follow,
    revisions,
)
from portrea.reach.tours.plan import DayRoute, Plan, Visit
from portrea.reach.tours.reading import read_opening
from portrea.reach.tours.rhythm import read_rhythm
from portrea.reach.tours.solving import plan_tour
from portrea.reach.tours.stops import Crew, Stop, TourRequest

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/reach/tour_changes.yaml").read_text("utf-8")
)
BASE = CASES["base"]


def december(day):
    return date(2026, 12, day)


def request_of(told, hours):
    stops = tuple(
        Stop(
            one["id"], one["id"], one["duration"], read_rhythm(one["rhythm"]),
            hours=read_opening(one["hours"]) if "hours" in one else None,
        )
        for one in told["stops"]
    )  # fmt: skip
    crew = Crew("bus", read_opening(hours))
    return TourRequest(
        stops, (crew,), told["start"], told["weeks"], np.array(told["minutes"], float)
    )


def announced():
    lasts = {stop["id"]: stop["duration"] for stop in BASE["stops"]}
    routes = []
    for stop, day, start in BASE["announced"]:
        visit = Visit(stop, december(day), start, start, start + lasts[stop], 0.0)
        routes.append(DayRoute("bus", december(day), start, (visit,), visit.end, 0.0, 0.0))
    return Plan(tuple(routes))


def change_of(told):
    return Change(
        on=told["since"],
        stops=tuple(told.get("stops", ())),
        visits=tuple((stop, december(day)) for stop, day in told.get("visits", ())),
        days=tuple(december(day) for day in told.get("days", ())),
        made_up=told.get("made_up", True),
    )


def passages(visits):
    return sorted([visit.stop, visit.day.day] for visit in visits)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_changes_are_those_worked_by_hand(case):
    before = announced()
    _, plan, measured = follow(
        request_of(BASE, case["hours"]), before, change_of(case["change"]), tries=150
    )
    assert sorted([v.stop, v.day.day, v.start] for v in plan.visits) == sorted(case["after"])
    assert measured.same_hour == case["kept"]
    told = difference(before, plan)
    assert passages(told.gone) == case.get("gone", [])
    assert [[a.stop, a.day.day, b.day.day] for a, b in told.moved] == case.get("moved", [])
    assert (told.shifted, told.added) == ((), ())
    assert [[m.stop, m.day.day] for m in plan.missed] == case.get("missed", [])
    for stop, day, rank, cancelled in case.get("revisions", ()):
        found = [r for r in revisions([before, plan]) if passages([r.visit]) == [[stop, day]]]
        assert [(r.rank, r.cancelled) for r in found] == [(rank, cancelled)]


def test_a_passage_given_up_says_no_more_than_that():
    case = CASES["cases"][3]
    _, plan, _ = follow(request_of(BASE, case["hours"]), announced(), change_of(case["change"]))
    assert plan.missed[0].reason == "ce passage est annulé"


def test_a_stop_that_loses_its_only_passage_is_not_put_elsewhere():
    case = CASES["cases"][3]
    change = Change(december(7), visits=(("C", december(17)),), made_up=False)
    _, plan, measured = follow(request_of(BASE, case["hours"]), announced(), change, tries=60)
    assert not plan.of("C")
    assert measured.same_hour == 3


def test_a_change_of_what_is_not_announced_is_refused():
    request, before = request_of(BASE, "Tu,Th 09:00-17:00"), announced()
    with pytest.raises(ParameterError, match="n’a pas de passage le 09/12/2026"):
        changed(request, before, Change(december(7), visits=(("A", december(9)),)))
    with pytest.raises(ParameterError, match="n’est pas dans la tournée"):
        changed(request, before, Change(december(7), stops=("Z",)))


def test_a_passage_that_comes_back_is_no_more_cancelled():
    before = announced()
    less = replace(before, routes=before.routes[1:])
    found = {(r.visit.stop, r.visit.day.day): r for r in revisions([before, less, before])}
    assert (found["A", 8].rank, found["A", 8].cancelled) == (2, False)
    assert found["A", 15].rank == 0
    assert difference(before, before) == Difference()


@pytest.mark.parametrize("case", CASES["nights"], ids=lambda case: case["text"])
def test_hours_past_midnight_belong_to_the_day_they_begin(case):
    week = read_opening(case["text"])
    assert [day for day, spans in enumerate(week) if spans] == case["days"]
    assert {span for spans in week for span in spans} == {tuple(case["span"])}


def test_a_round_by_night():
    told = CASES["night_plan"]
    plan = plan_tour(request_of(told, told["hours"]))
    (route,) = plan.routes
    assert {v.stop: [v.start, v.end] for v in route.visits} == told["times"]
    assert route.back == told["back"]


def test_a_weekly_stop_keeps_its_hour_when_that_costs_no_road():
    """Three stops every Tuesday, one more on the second: the same way round, so the same hours."""
    xy = np.array([[0, 0], [5, 0], [6, 4], [2, 6], [-6, -4]])
    minutes = np.ceil(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)))
    rhythms = ["toutes les semaines"] * 3 + ["le 15/12/2026"]
    stops = tuple(Stop(f"S{n}", f"S{n}", 30, read_rhythm(text)) for n, text in enumerate(rhythms))
    crew = Crew("bus", read_opening("mardi 9h-17h"))
    plan = plan_tour(TourRequest(stops, (crew,), date(2026, 12, 7), 3, minutes), tries=60)
    first, second, third = (
        [v.stop for v in route.visits if v.stop != "S3"] for route in plan.routes
    )
    assert first == second == third
