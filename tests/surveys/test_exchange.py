"""Answers collected elsewhere: read as worked by hand, written and read the same, refused."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
import yaml

from portrea.base.errors import DataError
from portrea.surveys.exchange import read_records, read_tables, write_rows
from portrea.surveys.form import Form, Group, Kind, Question

WORKED = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/surveys/exchange.yaml").read_text("utf-8")
)
FORM = Form(
    name="essai",
    version="1",
    title="Essai",
    languages=("",),
    items=(
        Question(name="dep", kind=Kind.ONE),
        Question(name="commune", kind=Kind.ONE),
        Group(
            name="demande",
            items=(
                Question(name="aides", kind=Kind.SEVERAL),
                Question(name="duree", kind=Kind.INTEGER),
            ),
        ),
        Group(name="personne", items=(Question(name="prenom", kind=Kind.TEXT),), repeats=True),
    ),
)


def named(answers) -> dict[str, object]:
    return {str(identifier): told for identifier, told in answers.items()}


@pytest.mark.parametrize("case", WORKED["tables"], ids=lambda case: case["why"])
def test_tables_as_worked_by_hand(case):
    found = read_tables(FORM, case["main"], case["repeats"])
    if "?" in case["answers"]:
        assert list(found.answers.values()) == list(case["answers"].values())
    else:
        assert named(found.answers) == case["answers"]
    assert list(found.ignored) == case["ignored"]
    again = read_tables(FORM, case["main"], case["repeats"])
    assert list(again.answers) == list(found.answers)


@pytest.mark.parametrize("case", WORKED["records"], ids=lambda case: case["why"])
def test_records_as_worked_by_hand(case):
    found = read_records(FORM, case["json"])
    assert named(found.answers) == case["answers"]
    assert list(found.ignored) == case["ignored"]


@pytest.mark.parametrize("case", WORKED["refused"], ids=lambda case: case["why"])
def test_what_cannot_be_told_apart_is_refused(case):
    with pytest.raises(DataError) as refused:
        read_tables(FORM, case["main"])
    assert case["says"] in refused.value.render()
    assert refused.value.remedy


def test_what_is_written_is_read_the_same():
    told = {
        UUID(int=7): {
            "dep": "d76", "commune": "c1", "aides": "dem ord", "duree": "3",
            "personne": [{"prenom": "A"}, {"prenom": ""}],
        },
        UUID(int=8): {"dep": "", "commune": "", "aides": "", "duree": "", "personne": []},
    }  # fmt: skip
    tables = write_rows(FORM, told)
    again = read_tables(FORM, tables[""], {"personne": tables["personne"]})
    assert dict(again.answers) == told
