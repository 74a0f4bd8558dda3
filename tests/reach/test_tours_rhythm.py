"""Rhythms read from French, and the dates they allow."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

from portrea.base.errors import ParameterError
from portrea.reach.tours.dates import is_due, next_due, patterns
from portrea.reach.tours.rhythm import half_as_often, read_rhythm, say_rhythm
from portrea.reach.tours.stops import Crew, Stop, TourRequest
from portrea.vocab.hours import week_of

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/reach/tours.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES["rhythms"], ids=lambda c: c["text"])
def test_rhythms_are_read(case):
    found = read_rhythm(case["text"])
    for name, value in case.items():
        if name == "dates":
            assert found.dates == tuple(date.fromisoformat(day) for day in value)
        elif name != "text":
            told = getattr(found, name)
            assert (list(told) if name == "ranks" else told) == value, name


@pytest.mark.parametrize("case", CASES["rhythms"], ids=lambda c: c["text"])
def test_what_is_said_is_read_again(case):
    found = read_rhythm(case["text"])
    assert read_rhythm(say_rhythm(found)) == found


@pytest.mark.parametrize("text", CASES["refused_rhythms"])
def test_what_is_not_understood_says_what_is(text):
    with pytest.raises(ParameterError, match="toutes les semaines"):
        read_rhythm(text)


def request_of(text, *, weeks=4, last_visit=None, start=date(2026, 12, 7)):
    last = date.fromisoformat(last_visit) if last_visit else None
    stop = Stop("A", "A", 60, read_rhythm(text), last_visit=last)
    closed = frozenset({date(2026, 12, 25), date(2027, 1, 1)})
    crew = Crew("bus", week_of("Mo-Fr 09:00-17:00"), closed=closed)
    return TourRequest((stop,), (crew,), start, weeks, np.zeros((2, 2)))


@pytest.mark.parametrize("case", CASES["patterns"], ids=lambda c: f"{c['text']}-{c['count']}")
def test_patterns_are_those_worked_by_hand(case):
    request = request_of(case["text"], last_visit=case.get("last_visit"))
    found = patterns(request.stops[0], request.crews[0], request)
    assert len(found) == case["count"]
    assert is_due(request.stops[0], request) == (case["count"] > 0)
    for end, name in ((0, "first"), (-1, "last")):
        if name in case:
            assert [day.isoformat() for day in found[end].dates] == case[name]


def test_the_closed_days_a_weekly_rhythm_falls_on_are_told():
    request = request_of("toutes les semaines")
    friday = patterns(request.stops[0], request.crews[0], request)[-1]
    assert friday.missed == (date(2026, 12, 25), date(2027, 1, 1))


def test_a_fortnight_goes_on_from_its_last_visit():
    """Seen in the week of 30 November: due in the weeks of 14 and 28 December."""
    request = request_of("une semaine sur deux", last_visit="2026-12-02")
    found = patterns(request.stops[0], request.crews[0], request)
    assert {day.isocalendar().week for pattern in found for day in pattern.dates} == {51, 53}


def test_what_is_not_due_says_when_it_will_be():
    request = request_of("tous les trois mois, entre le 15 et le 20", last_visit="2026-11-17")
    assert next_due(request.stops[0], request) == (date(2027, 2, 15), date(2027, 2, 20))


def test_a_month_cut_by_the_weeks_counts_once():
    """From 16 December to 12 January: December has 16 of its 31 days, January 12."""
    request = request_of("tous les mois", start=date(2026, 12, 16))
    found = patterns(request.stops[0], request.crews[0], request)
    assert {len(p.dates) for p in found} == {1}
    assert {p.dates[0].month for p in found} == {12}


def test_half_as_often():
    assert say_rhythm(half_as_often(read_rhythm("toutes les semaines"))) == "une semaine sur 2"
    assert half_as_often(read_rhythm("une fois")) is None
