"""The record as JSON, as a row, and path by path."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.offer.content import (
    FIELDS,
    changes_between,
    check_value,
    field_of,
    frame_of,
    from_dict,
    paths_of,
    to_dict,
    value_at,
)
from portrea.offer.record import (
    Block,
    Capacity,
    Closure,
    Helper,
    Place,
    Presence,
    PresenceKind,
    Saturation,
    Service,
)
from portrea.vocab.standards import mednum
from portrea.vocab.tables import PLACES

LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXT = st.text(LETTERS, min_size=1, max_size=12)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
NUMBERS = st.floats(0, 100, allow_nan=False)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


def several(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(strategy, max_size=3).map(tuple)


CLOSURES = st.builds(Closure, start=DAYS, end=DAYS, reason=maybe(TEXT))
PRESENCES = st.builds(
    Presence,
    kind=st.sampled_from(PresenceKind),
    hours=maybe(TEXT),
    hours_confirmed=st.booleans(),
    every_weeks=maybe(st.integers(1, 9)),
    first=maybe(DAYS),
    dates=several(DAYS),
    closures=several(CLOSURES),
    by_appointment=maybe(st.booleans()),
    longitude=maybe(NUMBERS),
)
SERVICES = st.builds(
    Service,
    block=st.sampled_from(Block),
    key=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True),
    offers=several(TEXT),
    cost=several(TEXT),
    capacity=maybe(
        st.builds(
            Capacity,
            hours_week=maybe(NUMBERS),
            saturation=maybe(st.sampled_from(Saturation)),
            declared=st.booleans(),
        )
    ),
    helpers=several(st.builds(Helper, role=TEXT, count=maybe(NUMBERS))),
    presences=several(PRESENCES),
    update_months=maybe(st.integers(1, 60)),
    confirmed=maybe(DAYS),
)
RECORDS = st.builds(
    Place,
    id=TEXT,
    name=TEXT,
    kind=maybe(st.sampled_from(["MUNI", "BIB|RFS"])),
    emails=several(TEXT),
    hours_confirmed=st.booleans(),
    closures=several(CLOSURES),
    longitude=maybe(NUMBERS),
    services=st.lists(SERVICES, max_size=3, unique_by=lambda s: s.key).map(tuple),
    updated=maybe(DAYS),
    source=maybe(TEXT),
)


@given(RECORDS)
def test_a_record_survives_json(place):
    text = json.dumps(to_dict(place), allow_nan=False)
    assert from_dict(json.loads(text)) == place


@given(RECORDS)
def test_every_told_value_is_at_its_path_and_accepted_there(place):
    content = to_dict(place)
    for path in paths_of(content):
        told = value_at(content, path)
        assert told is not None
        assert check_value(path, told) == told


@given(st.lists(RECORDS, max_size=3, unique_by=lambda p: p.id))
def test_rows_are_the_declared_table(places):
    frame = frame_of(places)
    assert frame.schema == pl.Schema(PLACES.schema)
    assert frame["id"].to_list() == [place.id for place in places]


def test_what_is_not_told_is_left_out_and_no_is_kept():
    place = Place(
        id="x",
        name="Mairie",
        services=(
            Service(block=Block.AIDE, key="aide", presences=(Presence(by_appointment=False),)),
        ),
    )
    assert to_dict(place) == {
        "id": "x",
        "name": "Mairie",
        "services": [{"block": "aide", "key": "aide", "presences": [{"by_appointment": False}]}],
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"id": "x"}, "« name » : ce champ est obligatoire"),
        ({"id": "x", "name": ""} | {"fax": "1"}, "« fax » : ce champ n’existe pas"),
        ({"id": "x", "name": 3}, "« name » : un texte est attendu (reçu : « 3 »)"),
        ({"id": "x", "name": "a", "updated": "2026-02-30"}, "cette date n’existe pas"),
        ({"id": "x", "name": "a", "updated": "20260230"}, "AAAA-MM-JJ"),
        ({"id": "x", "name": "a", "emails": "a@b.fr"}, "une liste est attendue"),
        ({"id": "x", "name": "a", "latitude": True}, "un nombre est attendu"),
        ({"id": "x", "name": "a", "hours_confirmed": "oui"}, "vrai ou faux est attendu"),
        ({"id": "x", "name": "a", "services": [{"block": "sport", "key": "s"}]}, "valeurs possib"),
        ({"id": "x", "name": "a", "services": [{"block": "aide"}]}, "« services.key »"),
        ({"id": "x", "name": "a", "services": ["aide"]}, "un ensemble de champs est attendu"),
    ],
)
def test_faulty_content_is_refused_in_french(content, words):
    with pytest.raises(DataError) as caught:
        from_dict(content)
    assert words in caught.value.render()


# -- paths ----------------------------------------------------------------------------------------


def test_fields_cover_the_record_but_what_is_not_a_person_s_to_fix():
    names = {field.path for field in FIELDS}
    place = set(Place.__slots__) - {"id", "source", "updated", "services"}
    service = {f"services.*.{name}" for name in Service.__slots__} - {
        "services.*.key",
        "services.*.block",
    }
    assert names == place | service | {"services.*"}
    assert len(names) == len(FIELDS)


def test_vocabularies_of_fields_exist():
    for field in FIELDS:
        assert field.vocabulary is None or field.vocabulary in mednum.fields()


def test_what_sends_somebody_to_a_closed_door_is_critical():
    critical = {field.path for field in FIELDS if field.critical}
    assert {"phone", "hours", "address", "services.*", "services.*.access_modes"} <= critical


@pytest.mark.parametrize("path", ["fax", "services", "services.a.b.c", "services.*", "id", "a..b"])
def test_unknown_paths_are_refused(path):
    with pytest.raises(DataError, match="n’existe pas"):
        field_of(path)


def test_a_path_finds_its_field():
    assert field_of("services.aide.cost").label == "Coût"
    assert field_of("services.aide").kind == "service"
    assert field_of("phone").critical


@pytest.mark.parametrize("nothing", [None, "", [], ()])
def test_nothing_is_none(nothing):
    assert check_value("phone", nothing) is None


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", {"a": "\x00"}, float("nan"), object()])
def test_what_no_database_keeps_is_refused(value):
    with pytest.raises(DataError):
        check_value("phone", value)


# -- changes --------------------------------------------------------------------------------------


def test_changes_between_two_states():
    before = {
        "id": "x",
        "name": "Lieu",
        "phone": "1",
        "services": [{"block": "aide", "key": "aide", "cost": ["Gratuit"]}],
    }
    after = {
        "id": "x",
        "name": "Lieu",
        "summary": "s",
        "services": [
            {"block": "aide", "key": "aide", "cost": ["Payant"]},
            {"block": "formation", "key": "formation"},
        ],
    }
    assert changes_between(before, after) == {
        "phone": ("1", None),
        "services.aide.cost": (["Gratuit"], ["Payant"]),
        "services.formation": (None, {"block": "formation", "key": "formation"}),
        "summary": (None, "s"),
    }
    assert changes_between(before, before) == {}


@given(RECORDS)
def test_nothing_changes_between_a_record_and_itself(place):
    assert changes_between(to_dict(place), to_dict(place)) == {}
