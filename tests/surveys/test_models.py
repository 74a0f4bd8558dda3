"""Ready questionnaires: readable, complete, accepted by ODK Validate, written in plain words."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from pyxform.validators.odk_validate import check_xform

from portrea.sources.xlsform import make_xform, read_workbook, write_workbook
from portrea.surveys.designs import Design
from portrea.surveys.filling import fill
from portrea.surveys.form import Kind, Question, said
from portrea.surveys.models import models
from portrea.surveys.xlsform import read_sheets, write_sheets

NOW = datetime.fromisoformat("2026-11-22T14:30")
ROOT = Path(__file__).parents[2]
EVERY = pytest.mark.parametrize("model", models().values(), ids=models())
IDENTITY = re.compile(r"\b(nom de famille|prénom|date de naissance|numéro de sécurité|NIR)\b", re.I)


@EVERY
def test_odk_validate_accepts_it(model, tmp_path):
    path = tmp_path / f"{model.form.name}.xml"
    path.write_text(make_xform(write_sheets(model.form)).xml, "utf-8")
    assert check_xform(str(path)) == []


@EVERY
def test_its_workbook_is_read_the_same(model):
    workbook = write_workbook(write_sheets(model.form))
    assert read_sheets(read_workbook(workbook)).form == model.form


@EVERY
def test_it_says_who_answers_how_long_and_how_it_is_read(model):
    assert re.fullmatch(r"20\d{8}", model.form.version)
    assert model.answered_by
    assert model.purpose
    assert 1 <= model.minutes <= 45
    assert model.design in set(Design)
    assert (ROOT / model.note).is_file()


@EVERY
def test_it_asks_no_identity_and_every_choice_has_words(model):
    for question in model.form.questions():
        assert not IDENTITY.search(said(question.label, "")), question.name
    for choices in model.form.lists.values():
        assert all(said(choice.label, "") for choice in choices)


@EVERY
def test_every_list_is_used(model):
    used = {question.choices for question in model.form.questions()}
    assert set(model.form.lists) <= used


@EVERY
def test_the_first_choices_fill_it_to_the_end(model):
    """Whoever takes the first choice each time, and a number in its range, gets to the end."""
    given: dict = {}
    for _round in range(6):
        filled = fill(model.form, given, now=NOW)
        for entry in filled.entries:
            asked = entry.item
            if isinstance(asked, Question) and not entry.value and asked.kind is not Kind.NOTE:
                given[asked.name] = answer_to(asked, entry.choices)
    assert fill(model.form, given, now=NOW).faults == {}


def answer_to(asked: Question, choices) -> str:
    if asked.kind.chooses:
        return choices[0].name
    if asked.kind is Kind.RANGE:
        return asked.parameters.get("start", "0")
    told = {Kind.INTEGER: "10", Kind.DECIMAL: "1.5", Kind.DATE: "2026-11-20", Kind.TIME: "10:00"}
    return told.get(asked.kind, "OK" if asked.kind is Kind.ACKNOWLEDGE else "une réponse")
