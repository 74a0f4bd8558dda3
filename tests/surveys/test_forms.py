"""Forms read from XLSForm and filled: hand-worked tables, round trips, faults told."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.surveys.filling import fill
from portrea.surveys.form import Question, said
from portrea.surveys.xlsform import read_sheets, write_sheets

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/surveys/xlsform.yaml").read_text("utf-8")
)
NOW = datetime.fromisoformat("2026-11-22T14:30")
FILLED = [
    pytest.param(case, filled, id=f"{case['name']}: {filled['why']}")
    for case in CASES["understood"]
    for filled in case["filled"]
]


def table(text: str | None) -> list[dict[str, str]]:
    lines = [line.strip().strip("|").split("|") for line in (text or "").splitlines() if line]
    rows = [[cell.strip() for cell in line] for line in lines]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def sheets(case) -> dict[str, list[dict[str, str]]]:
    return {name: table(case.get(name)) for name in ("survey", "choices", "settings")}


@pytest.mark.parametrize("case", CASES["understood"], ids=lambda case: case["name"])
def test_what_is_written_is_understood(case):
    form = read_sheets(sheets(case)).form
    told = {"name": form.name, "version": form.version, "title": form.title}
    assert told | {"languages": list(form.languages)} == case["form"]
    assert [item.name for item in form.every()] == case["names"]
    kinds = {item.name: item.kind for item in form.every() if isinstance(item, Question)}
    assert case["kinds"].items() <= kinds.items()
    if hint := case.get("hint"):
        assert said(form.item(hint["of"]).hint, hint["in"]) == hint["says"]


@pytest.mark.parametrize("case", CASES["understood"], ids=lambda case: case["name"])
def test_what_is_written_again_is_read_the_same(case):
    form = read_sheets(sheets(case)).form
    assert read_sheets(write_sheets(form)).form == form


@pytest.mark.parametrize(("case", "expected"), FILLED)
def test_filled_as_worked_by_hand(case, expected):
    filled = fill(read_sheets(sheets(case)).form, expected["answers"], now=NOW)
    assert set(filled.faults) == set(expected["faults"])
    assert all(why in filled.faults[name] for name, why in expected["faults"].items())
    if "shown" in expected:
        assert list(dict.fromkeys(entry.item.name for entry in filled.entries)) == expected["shown"]
    for name, value in expected.get("says", {}).items():
        assert filled.answers[name] == value
    for name, names in expected.get("choices", {}).items():
        offered = next(entry.choices for entry in filled.entries if entry.item.name == name)
        assert [choice.name for choice in offered] == names


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: " ".join(case["says"]))
def test_faults_say_where_what_and_how_to_mend(case):
    with pytest.raises(DataError) as refused:
        read_sheets(sheets(case))
    told = refused.value.render()
    assert all(word in told for word in case["says"]), told


@pytest.mark.parametrize("case", CASES["left_out"], ids=lambda case: " ".join(case["says"]))
def test_what_is_left_out_is_said(case):
    found = read_sheets(sheets(case))
    assert [item.name for item in found.form.every()] == case["names"]
    told = " ".join(str(one) for one in found.left_out)
    assert all(word in told for word in case["says"])


ANSWERS = st.dictionaries(
    st.sampled_from(["dep", "commune", "aides", "duree", "intro", "inconnu"]),
    st.one_of(st.sampled_from(["d76", "d35", "c1", "c2", "dem", "dem ord"]), st.text(max_size=8)),
)


@settings(max_examples=60)
@given(answers=ANSWERS, people=st.lists(st.dictionaries(st.just("prenom"), st.text(max_size=5))))
def test_filling_what_was_kept_changes_nothing(answers, people):
    form = read_sheets(sheets(CASES["understood"][0])).form
    once = fill(form, {**answers, "personne": people}, now=NOW)
    again = fill(form, once.answers, now=NOW)
    assert again.answers == once.answers
    shown = {entry.item.name for entry in once.entries}
    hidden = {question.name for question in form.questions() if question.kind.asks} - shown
    assert all(not once.answers.get(name) for name in hidden)
