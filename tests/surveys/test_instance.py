"""Answers as XML: read as worked by hand, written and read the same, refused when damaged."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.surveys.form import Form, Group, Kind, Question
from portrea.surveys.instance import form_named, read_instance, write_instance

CASES = Path(__file__).parents[1] / "cases/surveys"
WORKED = yaml.safe_load((CASES / "instances.yaml").read_text("utf-8"))
AIDE = Group(
    name="demande",
    items=(Question(name="aides", kind=Kind.SEVERAL), Question(name="duree", kind=Kind.INTEGER)),
)
PEOPLE = Group(name="personne", items=(Question(name="prenom", kind=Kind.TEXT),), repeats=True)
FORM = Form(
    name="essai",
    version="2026112201",
    title="Essai",
    languages=("",),
    items=(
        Question(name="dep", kind=Kind.ONE),
        Question(name="commune", kind=Kind.ONE),
        AIDE,
        PEOPLE,
        Question(name="combien", kind=Kind.CALCULATE),
    ),
)
TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"))).map(str.strip)


@pytest.mark.parametrize("case", WORKED["read"], ids=lambda case: case["why"])
def test_read_as_worked_by_hand(case):
    found = read_instance(FORM, case["xml"].encode())
    assert found.identifier == UUID(case["identifier"])
    assert (found.form, found.version) == ("essai", case["version"])
    assert form_named(case["xml"].encode()) == ("essai", case["version"])
    assert found.answers == {"personne": [], **case["answers"]}
    assert list(found.ignored) == case.get("ignored", [])
    assert str(found.replaces or "") == case.get("replaces", "")


@pytest.mark.parametrize(
    "case", WORKED["refused"], ids=lambda case: case["says"] + case["xml"][:20]
)
def test_what_is_damaged_or_forbidden_is_refused(case):
    with pytest.raises(DataError) as refused:
        read_instance(FORM, case["xml"].encode())
    assert case["says"] in refused.value.message
    assert refused.value.remedy


@settings(max_examples=40)
@given(dep=TEXTS, aides=TEXTS, names=st.lists(TEXTS, max_size=4), identifier=st.uuids())
def test_what_is_written_is_read_the_same(dep, aides, names, identifier):
    answers = {"dep": dep, "aides": aides, "personne": [{"prenom": name} for name in names]}
    found = read_instance(FORM, write_instance(FORM, answers, identifier))
    assert found.identifier == identifier
    blank = {"commune": "", "duree": "", "combien": ""}
    assert found.answers == blank | answers


def test_characters_that_xml_forbids_are_left_out():
    found = read_instance(FORM, write_instance(FORM, {"dep": "a\x00b\x1f"}, UUID(int=1)))
    assert found.answers["dep"] == "ab"
