"""What is typed becomes answers, against cases decided by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.rights.answers import AnswerError, household, questions, read
from portrea.rights.households import Adult, Household, Housing

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/rights/answers.yaml").read_text("utf-8"))
COMMUNES = ("76540", "35238", "97611", "2A004")


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in cases]


@pytest.mark.parametrize("case", named(CASES["read"]))
def test_what_is_typed_is_read(case) -> None:
    found = read(case["given"], communes=COMMUNES)
    for name, expected in case["read"].items():
        told = getattr(found, name)
        assert (list(told) if isinstance(told, tuple) else told) == expected
    assert set(found.given()) == {name for name, text in case["given"].items() if text.strip()}


@pytest.mark.parametrize("case", named(CASES["refused"]))
def test_what_cannot_be_names_its_question(case) -> None:
    with pytest.raises(AnswerError) as error:
        read(case["given"], communes=COMMUNES)
    assert error.value.question == case["question"]
    told = error.value.render()
    assert error.value.remedy
    assert [word for word in case["says"] if word not in told] == []
    assert case.get("hides", "jamais") not in told


@pytest.mark.parametrize("case", named(CASES["household"]))
def test_answers_make_a_household(case) -> None:
    told = case["household"]
    expected = Household(
        commune=told["commune"],
        housing=Housing(told["housing"]),
        rent=told.get("rent", 0),
        children=tuple(told.get("children", ())),
        adults=tuple(Adult(**adult) for adult in told["adults"]),
    )
    assert household(read(case["given"])) == expected


def test_twelve_questions_at_most_each_with_what_is_tried_when_it_is_skipped() -> None:
    asked = questions()
    names = {question.name for question in asked}
    assert len(asked) <= 12
    assert sorted(question.rank for question in asked) == list(range(1, len(asked) + 1))
    for question in asked:
        assert question.label.endswith("?")
        assert question.tries
        for text in (*question.tries, question.usual):
            assert read({question.name: text}).given().keys() == {question.name}
        if question.shown_if:
            other, values = question.shown_if
            choices = {value for one in asked if one.name == other for value, _ in one.choices}
            assert other in names
            assert set(values) < choices


def test_a_question_is_shown_when_it_is_useful() -> None:
    shown = {question.name: question for question in questions()}
    assert shown["age"].is_shown({})
    assert shown["rent"].is_shown({"housing": "hlm"})
    assert not shown["rent"].is_shown({"housing": "proprietaire"})
    assert not shown["rent"].is_shown({})
    assert not shown["partner_income"].is_shown({"partner": "seul"})


@given(st.dictionaries(st.sampled_from([one.name for one in questions()]), st.text(max_size=12)))
def test_whatever_is_typed_is_read_or_explained(typed) -> None:
    known, fault = {name: text for name, text in typed.items() if text.strip()}, None
    try:
        found = read(typed)
    except AnswerError as error:
        fault = error
    assert (fault.question in known and fault.remedy) if fault else set(found.given()) == set(known)


@given(st.integers(0, 9_999), st.integers(0, 99))
def test_an_amount_reads_the_same_however_it_is_written(euros, cents) -> None:
    plain = f"{euros}.{cents:02d}"
    spaced = f"{euros:,}".replace(",", "\u202f") + f",{cents:02d} €"
    assert read({"income": plain}) == read({"income": spaced})
    assert read({"income": plain}).income == pytest.approx(euros + cents / 100)
