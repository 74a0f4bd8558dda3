"""Opening hours: producers' words, OSM, plain French; the library is the oracle."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours, State

from portrea.vocab import french_hours, hours
from portrea.vocab.hours_check import check

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/vocab/hours.yaml").read_text("utf-8"))
BASTILLE_DAY = dt.datetime.fromisoformat("2025-07-14T10:00")
MONDAY = dt.datetime.fromisoformat("2024-06-03")


@pytest.mark.parametrize("case", CASES["weekly_json"])
def test_weekly_json(case):
    assert hours.from_weekly_json(case["text"]) == case["osm"]


@pytest.mark.parametrize("case", CASES["by_day"])
def test_by_day(case):
    assert french_hours.from_days(case["days"]) == case["osm"]


@pytest.mark.parametrize("case", CASES["describe"], ids=lambda c: c["osm"])
def test_describe(case):
    said = [line.replace("\u202f", " ") for line in hours.describe(case["osm"])]
    assert said == case["lines"]


def test_unknown_hours_say_nothing():
    assert hours.describe(None) == []


@pytest.mark.parametrize("case", CASES["warnings"], ids=lambda c: c["osm"])
def test_warnings(case):
    found = check(case["osm"], row=3)
    assert [fault.code for fault in found] == case["codes"]
    assert all(fault.row == 3 and fault.remedy for fault in found)


@pytest.mark.parametrize("case", CASES["week"], ids=lambda c: c["osm"])
def test_hours_per_week(case):
    assert hours.hours_per_week(case["osm"]) == case["hours_per_week"]


spans = st.lists(st.integers(0, 95), min_size=0, max_size=4, unique=True).map(
    lambda marks: [(a * 15, b * 15) for a, b in zip(*[iter(sorted(marks))] * 2, strict=False)]
)
weeks = st.tuples(*[spans.map(tuple)] * 7)


@settings(max_examples=25, deadline=None)
@given(week=weeks)
def test_a_written_week_is_read_back_and_the_library_agrees(week):
    if not any(week):
        return
    osm = hours.write_week(week)
    assert hours.week_of(osm) == week
    assert library_week(osm) == week


@pytest.mark.parametrize(
    "osm",
    [
        "Mo-Fr 09:00-12:00,14:00-18:30; Sa 08:30-12:00",
        "Mo-Fr 09:00-12:00; Mo-Fr 14:00-18:00",
        "Fr-Mo 09:00-12:00",
        "Mo-Su 09:00-18:00; We off",
        "09:00-12:00",
        'Mo-Fr 09:00-12:00 "sur rendez-vous"',
        "24/7",
    ],
)
def test_the_library_reads_the_same_week(osm):
    assert hours.week_of(osm) == library_week(osm)


@pytest.mark.parametrize(
    "osm", ["Tu[1,3] 14:00-17:00", "Jul-Aug Mo-Fr 09:00-12:00", "Mo 22:00-02:00", "SH off", "no"]
)
def test_what_is_not_a_plain_week_is_not_one(osm):
    assert hours.week_of(osm) is None


@pytest.mark.parametrize("rule", ["Fr\n 09:00-16:30", "Mo-Fr\n off", "Mo-Fr-Sa off"])
def test_days_that_are_no_list_are_not_read(rule):
    assert hours.read_rule(rule) is None


def test_holidays_are_french():
    osm = "Mo-Su 09:00-18:00; PH off"
    assert not hours.is_open(osm, BASTILLE_DAY)
    assert hours.is_open(osm, BASTILLE_DAY + dt.timedelta(days=1))
    assert not hours.is_open("n’importe quoi", BASTILLE_DAY + dt.timedelta(days=1))


def library_week(osm):
    days = []
    for day in range(7):
        start = MONDAY + dt.timedelta(days=day)
        found = []
        for a, b, state, _ in OpeningHours(osm).intervals(start, start + dt.timedelta(days=1)):
            if state is State.OPEN:
                span = tuple(int((moment - start).total_seconds() // 60) for moment in (a, b))
                if found and found[-1][1] == span[0]:
                    span = (found.pop()[0], span[1])
                found.append(span)
        days.append(tuple(found))
    return tuple(days)
