"""Openings of places and presences, by hand; the library and date arithmetic are the oracles."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from portrea.offer import calendar
from portrea.offer.content import from_dict
from portrea.offer.ranking import rank_places
from portrea.vocab import days_off
from portrea.vocab.hours_check import check
from portrea.vocab.tables import PLACES

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/offer/calendar.yaml").read_text("utf-8"))


at = dt.datetime.fromisoformat


def place_of(told, presences=()):
    service = {"block": "aide", "key": "aide", "presences": list(presences)}
    return from_dict({"id": "x--1", "name": "Lieu", **told, "services": [service]})


def said(found):
    if found is None:
        return None
    lines = []
    for one in found:
        parts = [str(one.day)]
        if one.start is not None:
            parts.append("-".join(f"{m // 60:02d}:{m % 60:02d}" for m in (one.start, one.end)))
        parts += [one.comment] if one.comment else []
        parts += [] if one.sure else ["?"]
        lines.append(" ".join(parts))
    return lines


@pytest.mark.parametrize("case", CASES["openings"], ids=lambda case: case["name"])
def test_openings_of_a_place(case):
    timing = calendar.timing_of(place_of(case["place"]))
    assert said(calendar.openings(timing, start=case["from"], end=case["to"])) == case["days"]


@pytest.mark.parametrize("case", CASES["presences"], ids=lambda case: case["name"])
def test_openings_of_a_presence(case):
    place = place_of(case["place"], [{"kind": "fixe", **case["presence"]}])
    timing = calendar.timing_of_presence(place, place.services[0].presences[0])
    assert said(calendar.openings(timing, start=case["from"], end=case["to"])) == case["days"]
    whole = calendar.timings_of_service(place, place.services[0])
    assert said(calendar.all_openings(whole, start=case["from"], end=case["to"])) == case["days"]


@pytest.mark.parametrize("case", CASES["sentences"], ids=lambda case: case["said"])
def test_sentences(case):
    timing = calendar.timing_of(place_of(case["place"]))
    found = calendar.status(timing, at(case["now"]))
    assert found.sentence.replace("\u202f", " ") == case["said"]
    assert found.open is case["open"]


@settings(max_examples=25, deadline=None)
@given(
    first=st.dates(dt.date(2020, 1, 1), dt.date(2032, 12, 31)),
    every=st.integers(2, 5),
)
def test_the_rhythm_never_breaks(first, every):
    """Days are exactly n weeks apart, over years of 52 and 53 weeks."""
    timing = calendar.Timing(hours="We 10:00-12:00", every_weeks=every, first=first)
    found = calendar.openings(timing, start=first, end=first + dt.timedelta(days=800))
    gaps = {(b.day - a.day).days for a, b in pairwise(found)}
    assert gaps == {7 * every}
    assert found[0].day - first < dt.timedelta(days=7 * every)


@settings(max_examples=30, deadline=None)
@given(
    osm=st.sampled_from(
        [
            "Mo-Fr 09:00-12:00,14:00-17:00; PH off",
            "Tu[1,3] 14:00-17:00",
            'Mo-Sa 09:00-12:00 "sur rendez-vous"; PH off',
            "Jul-Aug Mo-Fr 09:00-12:00; Aug 15 off",
            "24/7",
            "Mo 22:00-02:00",
        ]
    ),
    moment=st.datetimes(at("2025-01-01T00:00"), at("2027-12-31T00:00")),
)
def test_open_now_agrees_with_the_library(osm, moment):
    timing = calendar.Timing(hours=osm, departement="35", confirmed=True)
    moment = moment.replace(second=0, microsecond=0)
    expected = OpeningHours(osm, country="FR").is_open(moment)
    assert calendar.status(timing, moment).open is expected


def test_every_departement_has_one_zone_at_most_and_all_but_corse_have_one():
    zones = days_off._parameters()["school"]["zones"]
    members = [code for zone in zones.values() for code in zone]
    mainland = {f"{n:02d}" for n in range(1, 96)} - {"20"}
    assert len(members) == len(set(members))
    assert set(members) == mainland


def test_school_holidays_are_dated_for_other_tools():
    """Winter 2026 in zone B: 14 February to 1 March; the check of exports has nothing to say."""
    osm = "We 14:00-17:00; SH off; SH We 10:00-12:00; PH off"
    dated, known = days_off.dated_school_hours(osm, "35", 2026, 2026)
    assert known
    assert "2026 Feb 14-2026 Mar 01" in dated
    assert "SH" not in dated
    assert dated.endswith("; PH off")
    assert check(dated) == []
    reader = OpeningHours(dated, country="FR")
    assert reader.is_open(at("2026-02-18T11:00"))
    assert not reader.is_open(at("2026-02-18T15:00"))
    assert reader.is_open(at("2026-03-04T15:00"))
    assert days_off.dated_school_hours(osm, "2A", 2026, 2026) == ("We 14:00-17:00; PH off", False)


def test_a_place_by_appointment_is_not_said_closed():
    rows = [
        {"id": "x--1", "name": "Lieu", "commune": "35238", "situations": ["aide"], "source": "x"}
    ]
    places = PLACES.conform(pl.DataFrame(rows), where="cas").with_columns(
        hours=pl.lit('Tu 09:00-12:00; Sa unknown "sur rendez-vous"')
    )
    ranked = rank_places(
        places,
        origin=(-1.6, 48.1),
        situation="aide",
        date=dt.date(2026, 11, 28),
        travel=lambda *_: np.array([]),
    )
    assert "sur rendez-vous samedi" in ranked["reason"][0]


@pytest.mark.shared
def test_school_holidays_agree_with_the_reference_table(shared_reference):
    import csv

    path = shared_reference / "standards/opening-hours/vacances-scolaires-1990-2028.csv"
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if "2024" <= row["date"][:4] <= "2027"]
    for zone, departement in (("a", "69"), ("b", "35"), ("c", "75")):
        told = {
            dt.date.fromisoformat(r["date"]) for r in rows if r[f"vacances_zone_{zone}"] == "True"
        }
        found = {
            start + dt.timedelta(days=n)
            for year in range(2024, 2028)
            for start, end in days_off.school_holidays(departement, year)
            for n in range((end - start).days + 1)
        }
        assert found == told
