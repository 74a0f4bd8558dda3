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
    block_of,
    check_value,
    field_of,
    frame_of,
    from_dict,
    paths_of,
    situations,
    to_dict,
    to_row,
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
from portrea.vocab.situations import rules
from portrea.vocab.standards import mednum
from portrea.vocab.tables import PLACES

TEXT = st.text(min_size=1, max_size=12)
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


# -- row ------------------------------------------------------------------------------------------


def place_of(*blocks: Block, **fields) -> Place:
    services = tuple(Service(block=block, key=str(block)) for block in blocks)
    return Place(id="x", name="Lieu", services=services, **fields)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (place_of(Block.DEPANNAGE), ["equipement"]),
        (place_of(Block.FORMATION, Block.AIDE), ["aide", "formation"]),
        # a library that declares help only helps; a town hall informs whatever it declares
        (place_of(Block.AIDE, kind="BIB"), ["aide"]),
        (place_of(kind="BIB"), ["equipement"]),
        (place_of(Block.AIDE, kind="MUNI"), ["information", "aide"]),
        (place_of(programmes=("Aidants Connect",)), ["aide"]),
    ],
)
def test_situations_come_from_blocks_programmes_and_kind(place, expected):
    assert [str(s) for s in situations(place)] == expected


def test_leisure_answers_no_situation_and_a_closed_place_none():
    leisure = Service(
        block=Block.FORMATION, key="formation", offers=("Loisirs et créations numériques",)
    )
    assert situations(Place(id="x", name="L", services=(leisure,))) == ()
    closed = Service(block=Block.AIDE, key="aide", access_modes=(rules().closed,))
    assert situations(Place(id="x", name="L", kind="MUNI", services=(closed,))) == ()


def test_every_service_of_the_standard_has_a_block():
    blocks = {value: block_of(value) for value in mednum.fields()["services"].values}
    assert blocks["Aide aux démarches administratives"] is Block.AIDE
    assert blocks["Acquisition de matériel informatique à prix solidaire"] is Block.DEPANNAGE
    assert blocks["Accès internet et matériel informatique"] is Block.EQUIPEMENT
    assert blocks["Loisirs et créations numériques"] is Block.FORMATION


def test_a_row_unites_the_lists_of_services():
    place = Place(
        id="x",
        name="Lieu",
        address="1 rue A",
        address_more="Bâtiment B",
        services=(
            Service(block=Block.AIDE, key="aide", publics=("Jeunes",), cost=("Gratuit",)),
            Service(
                block=Block.FORMATION,
                key="formation",
                publics=("Seniors", "Jeunes"),
                special_care=("Surdité",),
                cost=("Gratuit",),
                phone="+33299000000",
            ),
        ),
    )
    row = to_row(place)
    assert row["publics"] == ["Jeunes", "Seniors", "Surdité"]
    assert row["cost"] == ["Gratuit"]
    assert row["address"] == "1 rue A, Bâtiment B"
    assert row["phone"] == "+33299000000"
    assert row["access_modes"] is None
