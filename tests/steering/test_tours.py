"""Rounds composed from the store: places, closed days, people, and what is written of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from portrea.base.errors import DataError, ParameterError
from portrea.reach.tours.reading import read_rows
from portrea.sources.store import Store
from portrea.steering.reading import Reader
from portrea.steering.tour_places import commune_named, road_minutes
from portrea.steering.tour_sheet import (
    sheet_html,
    sheet_text,
    tour_calendar,
    tour_geojson,
    tour_json,
)
from portrea.steering.tours import Terms, checked_terms, prepare, rows_of_territory, solve

TERMS = Terms(start=date(2026, 12, 14), weeks=2, hours="lundi au vendredi 9h-17h")
NAMES = ("Arrêt", "Commune", "Durée", "Rythme", "Horaires")
ROWS = [
    dict(zip(NAMES, cells, strict=True))
    for cells in (
        ("Marché", "Montfort-sur-Meu", "2 h", "toutes les semaines", "vendredi matin"),
        ("Salle <b>", "35133", "1h30", "une semaine sur deux", ""),
        ("Camping", "Bédée", "90", "une fois", "samedi"),
    )
]
STAMP = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def reader(demo_home):
    return Reader(Store(demo_home))


@pytest.fixture(scope="module")
def answer(reader):
    ground = prepare(reader, read_rows(ROWS), TERMS)
    return solve(reader, ground, TERMS, tries=20)


def test_stops_are_placed_and_people_counted(answer):
    stops = {stop.id: stop for stop in answer.ground.request.stops}
    assert {name: stop.commune for name, stop in stops.items()} == {
        "Marché": "35188",
        "Salle <b>": "35133",
        "Camping": "35023",
    }
    assert all(stop.persons and stop.persons > 0 for stop in stops.values())
    assert answer.ground.depot == "35188"
    assert answer.covered.low <= answer.covered.high
    assert 0 < answer.covered.persons <= answer.covered.total


def test_a_market_lost_at_christmas_is_made_up_for_or_told(answer):
    days = [visit.day for visit in answer.plan.of("Marché")]
    assert date(2026, 12, 18) in days
    assert date(2026, 12, 25) not in days
    assert [lost.day for lost in answer.plan.missed] == [date(2026, 12, 25)]


def test_a_stop_open_on_saturdays_only_is_explained(answer):
    (left,) = answer.plan.unserved
    assert left.stop == "Camping"
    assert "Travailler aussi le samedi." in [change.sentence for change in left.relaxations]


def test_the_road_sheet_says_all_and_escapes(answer):
    text, page = sheet_text(answer, "Tournée"), sheet_html(answer, "Tournée")
    for told in (
        "Marché",
        "vendredi 18 décembre 2026",
        "Départ du dépôt",
        "Camping, Bédée n’est ouvert",
    ):
        assert told in text
        assert told in page
    assert "Salle <b>, Iffendic" in text
    assert "Salle <b>" not in page
    assert "Salle &lt;b&gt;" in page
    assert "\t" not in text


def test_the_calendar_has_one_event_by_visit_at_local_hours(answer):
    content = tour_calendar(answer, name="Bus", stamp=STAMP).decode()
    visits = list(answer.plan.visits)
    assert content.count("BEGIN:VEVENT") == len(visits)
    market = answer.plan.of("Marché")[0]
    utc = market.start - 60  # winter: one hour ahead of UTC
    assert f"DTSTART:20261218T{utc // 60:02d}{utc % 60:02d}00Z" in content
    assert content == tour_calendar(answer, name="Bus", stamp=STAMP).decode()


def test_the_other_files_are_whole(answer):
    told = json.loads(tour_json(answer))
    assert len(told["visits"]) == len(list(answer.plan.visits))
    assert told["people"]["low"] <= told["people"]["high"]
    assert told["unserved"][0]["cause"] == "days-apart"
    drawn = json.loads(tour_geojson(answer))["features"]
    assert [f["geometry"]["type"] for f in drawn].count("Point") == 3
    lines = [f for f in drawn if f["geometry"]["type"] == "LineString"]
    assert len(lines) == len(answer.plan.routes)


def test_every_commune_of_a_territory_may_be_a_stop(reader):
    selection = reader.gazetteer.resolve("epci:200038990")
    rows = rows_of_territory(reader, selection, rhythm="tous les mois", duration="1h30")
    assert len(rows) == len(reader.gazetteer.children(selection.territories[0], "commune"))
    assert {row.duration for row in rows} == {90}


def test_school_holidays_close_the_stops_when_asked(reader):
    rows = read_rows(ROWS[:2])
    ground = prepare(reader, rows, replace(TERMS, school=False))
    assert date(2026, 12, 22) in ground.request.stops[0].closed
    assert date(2026, 12, 15) not in ground.request.stops[0].closed


def test_roads_are_as_long_both_ways_and_whole_minutes(reader):
    points = [(-1.96, 48.13), (-1.68, 48.11), (-2.1, 48.2)]
    minutes = road_minutes(reader, points, ["35188", "35238", "35133"])
    assert (minutes == minutes.T).all()
    assert (np.diag(minutes) == 0).all()
    assert (minutes == np.round(minutes)).all()
    assert (minutes[~np.eye(3, dtype=bool)] > 0).all()


def test_what_is_not_understood_is_told_line_by_line(reader):
    rows = [
        {"arret": "A", "commune": "Montfort-sur-Meu", "duree": "longtemps", "rythme": "souvent"},
        {"arret": "B", "commune": "Bédée", "rythme": "une fois", "longitude": "x", "latitude": "4"},
    ]
    with pytest.raises(DataError) as raised:
        read_rows(rows)
    assert [(d.row, d.field) for d in raised.value.diagnostics] == [
        (2, "rythme"),
        (2, "duree"),
        (3, "longitude"),
    ]
    rows[0] |= {"duree": "90", "rythme": "une fois", "longitude": "", "latitude": ""}
    with pytest.raises(DataError) as raised:
        read_rows(rows)
    assert [(d.row, d.field, d.value) for d in raised.value.diagnostics] == [(3, "longitude", "x")]
    with pytest.raises(DataError, match="arret"):
        read_rows([{"colonne": "x"}])
    with pytest.raises(DataError, match="vide"):
        read_rows([])
    nowhere = read_rows([{"arret": "Xyzzyville", "rythme": "une fois"}])
    with pytest.raises(DataError, match="placés"):
        prepare(reader, nowhere, TERMS)


def test_terms_out_of_bounds_are_refused():
    for terms in (replace(TERMS, weeks=0), replace(TERMS, crews=9), replace(TERMS, pause=999)):
        with pytest.raises(ParameterError, match="n’est pas possible"):
            checked_terms(terms)


def test_a_commune_is_known_by_name_or_code(reader):
    assert commune_named(reader, "montfort sur meu").code == "35188"
    assert commune_named(reader, "35188").code == "35188"
