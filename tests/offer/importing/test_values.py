"""Every reader of a cell against hand-worked cases: no crash, nothing invented."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from portrea.offer.importing import contacts, people, positions, values, vocabularies

FOLDER = Path(__file__).parents[2] / "cases/offer/importing"
VALUES = yaml.safe_load((FOLDER / "values.yaml").read_text("utf-8"))
PEOPLE = yaml.safe_load((FOLDER / "people.yaml").read_text("utf-8"))
TODAY = dt.date(2026, 11, 22)


def listed(name):
    def read(cell):
        found, strange = vocabularies.listed(name, cell)
        return [value for _, value in found], vocabularies.unknown_note(strange)

    return read


def cost(cell):
    found, _ = vocabularies.listed("cost", cell)
    return [value for _, value in found], None


READERS = {
    "postcode": values.postcode,
    "commune": values.commune,
    "siret": values.siret,
    "phone": contacts.phone,
    "date": lambda cell: values.day(cell, TODAY),
    "number": values.number,
    "share": values.share,
    "boolean": values.boolean,
    "position": positions.position,
    "coordinates": lambda cells: positions.coordinates(*cells),
    "emails": contacts.emails,
    "websites": contacts.websites,
    "text": values.text,
    "kind": vocabularies.kind,
    "offers": listed("offers"),
    "cost": cost,
}
CASES = [(name, case) for name, cases in VALUES.items() for case in cases]


def test_every_kind_of_value_has_cases():
    assert set(VALUES) == set(READERS)


@pytest.mark.parametrize(("name", "case"), CASES, ids=lambda v: str(v)[:60])
def test_value(name, case):
    value, note = READERS[name](case["in"])
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, dt.date):
        value = value.isoformat()
    if isinstance(value, (float, list)) and case["out"] and isinstance(case["out"], (float, list)):
        if all(isinstance(x, float) for x in (value if isinstance(value, list) else [value])):
            assert value == pytest.approx(case["out"], abs=1e-5)
        else:
            assert value == case["out"]
    else:
        assert value == case["out"]
    assert (note.code if note else None) == case.get("code")


TEXTS = st.text(max_size=60) | st.from_regex(r"[\d .,;:/@+\-eEhH€%()|]{0,30}")


@given(TEXTS, TEXTS)
def test_no_reader_crashes(first, second):
    for name, reader in READERS.items():
        reader((first, second) if name == "coordinates" else first)
    people.strip_text(first, second)
    people.personal_email(first + "@" + second, second)
    people.personal_phone(first, second)
    people.personal_column(first)


@given(st.floats(0, 9), st.floats(42, 51))
def test_lambert_93_is_that_of_proj(longitude, latitude):
    to = Transformer.from_crs(4326, 2154, always_xy=True)
    x, y = to.transform(longitude, latitude)
    found = positions.lambert_93(x, y)
    assert math.dist(found, (latitude, longitude)) < 2e-6


@given(st.integers(0, 99_999_999_999_999))
def test_a_siret_is_never_invented(number):
    digits = f"{number:014d}"
    value, _ = values.siret(digits)
    assert value in (None, digits)


# -- people ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", PEOPLE["emails"], ids=lambda c: c["in"])
def test_email(case):
    personal, sure = people.personal_email(case["in"], "Médiathèque Adsea", "Testville")
    assert personal is not case["kept"]
    assert sure is case.get("sure", False)


@pytest.mark.parametrize("case", PEOPLE["texts"], ids=lambda c: c["in"])
def test_text(case):
    kept, kinds = people.strip_text(case["in"], "Médiathèque Adsea", "Testville")
    assert kept == case["out"]
    assert sorted(kinds) == sorted(case["kinds"])


@pytest.mark.parametrize("case", PEOPLE["phones"], ids=lambda c: c["header"] + c["in"])
def test_phone_of_a_person(case):
    assert people.personal_phone(case["header"], case["in"]) is not case["kept"]


@pytest.mark.parametrize("case", PEOPLE["headers"], ids=lambda c: c["in"])
def test_column_of_persons(case):
    assert people.personal_column(case["in"]) is case["personal"]
