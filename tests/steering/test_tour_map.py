"""The loops of a round, its map, and the people a round reaches who had help already."""

from __future__ import annotations

import re
from datetime import date

import pytest

from portrea.reach.tours.plan import DayRoute, Plan, Visit
from portrea.reach.tours.reading import read_rows
from portrea.sources.store import Store
from portrea.steering.reading import Reader
from portrea.steering.tour_loops import loops_of, marks_of
from portrea.steering.tour_map import days_words, drawn, loop_lines
from portrea.steering.tour_words import hours_words, time_words
from portrea.steering.tours import Terms, prepare, solve

ROWS = [
    {"arret": "Marché", "commune": "Montfort-sur-Meu", "rythme": "toutes les semaines"},
    {"arret": "Salle", "commune": "35133", "rythme": "une semaine sur deux"},
    {"arret": "Parking", "commune": "48.17, -2.06", "rythme": "une fois"},
]


@pytest.fixture(scope="module")
def reader(demo_home):
    return Reader(Store(demo_home))


@pytest.fixture(scope="module")
def answer(reader):
    terms = Terms(start=date(2026, 12, 7), weeks=2, closed=frozenset({date(2026, 12, 8)}))
    ground = prepare(reader, read_rows(ROWS), terms)
    return solve(reader, ground, terms, tries=20)


def route(day, *stops):
    visits = tuple(Visit(stop, day, 540, 540, 600, 5.0) for stop in stops)
    return DayRoute("bus", day, 530, visits, 610, 10.0, 5.0)


def test_days_of_same_stops_in_same_order_are_one_loop():
    first, second, third = (date(2026, 12, day) for day in (8, 9, 15))
    plan = Plan((route(third, "A", "B"), route(second, "B", "A"), route(first, "A", "B")))
    loops = loops_of(plan)
    assert [(loop.letter, loop.stops, loop.days) for loop in loops] == [
        ("A", ("A", "B"), (first, third)),
        ("B", ("B", "A"), (second,)),
    ]
    assert marks_of(loops) == {"A": ("A1", "B2"), "B": ("A2", "B1")}


def test_days_are_said_by_weekday():
    days = [date(2026, 12, day) for day in (8, 22)] + [date(2027, 1, 5), date(2026, 12, 10)]
    assert days_words(days) == "mardi 8, 22 décembre et 5 janvier ; jeudi 10 décembre"
    assert days_words([date(2026, 12, 1), date(2026, 12, 8)]) == "mardi 1er décembre et 8 décembre"


def test_the_map_has_every_mark_the_depot_and_words_for_who_does_not_see(reader, answer):
    svg = drawn(reader, answer)
    marks = [mark for line in loop_lines(answer) for mark, _ in line.stops]
    written = " ".join(re.findall(r">([^<>]*[A-Z]\d[^<>]*)</text>", svg))
    assert all(mark in written or "…" in written for mark in marks)
    assert 'role="img"' in svg
    assert "<title" in svg
    assert "<desc" in svg
    assert "dépôt" in svg
    assert svg.count("<circle") >= 3


def test_a_day_without_round_is_kept_free(answer):
    assert date(2026, 12, 8) not in {visit.day for visit in answer.plan.visits}
    assert len({stop.commune for stop in answer.ground.request.stops}) == 3


def test_those_helped_already_are_some_of_those_reached(answer):
    assert 0 <= answer.helped.persons <= answer.covered.persons


def test_hours_after_midnight_are_said():
    assert time_words(1500) == "1\u202fh (après minuit)"
    visit = Visit("A", date(2026, 12, 8), 1400, 1410, 1470, 0.0)
    assert hours_words(visit) == "23\u202fh\u202f30 – 0\u202fh\u202f30 (après minuit)"
