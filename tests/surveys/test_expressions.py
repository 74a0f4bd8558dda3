"""Expressions of questionnaires: hand-worked values, laws, and what is refused."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import PortreaError
from portrea.surveys.expressions import Scope, evaluate, holds, names_in, read, say
from portrea.surveys.expressions.reading import ExpressionError

CASES = Path(__file__).parents[1] / "cases/surveys/expressions.yaml"
WORKED = yaml.safe_load(CASES.read_text("utf-8"))
NOW = datetime.fromisoformat(WORKED["now"])
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="'\"\x00"), max_size=12)


def scope(**told) -> Scope:
    labels = WORKED["labels"]
    return Scope(
        answers=WORKED["answers"],
        now=NOW,
        label=lambda question, choice: labels.get(question, {}).get(choice, ""),
        **told,
    )


def same(found, expected) -> bool:
    if expected == "nan":
        return isinstance(found, float) and math.isnan(found)
    return found == expected and isinstance(found, bool) is isinstance(expected, bool)


@pytest.mark.parametrize("case", WORKED["worked"], ids=lambda case: case["of"])
def test_hand_worked(case):
    found = evaluate(read(case["of"]), scope(value=case.get("value", "")))
    assert same(found, case["is"]), found


@pytest.mark.parametrize("case", WORKED["repeated"], ids=lambda case: case["of"])
def test_the_answers_of_the_same_row_come_first(case):
    assert same(evaluate(read(case["of"]), scope(inside=(tuple(case["inside"]),))), case["is"])


@pytest.mark.parametrize("case", WORKED["filters"], ids=lambda case: case["of"])
def test_a_filter_reads_the_columns_of_a_choice(case):
    tree = read(case["of"], frozenset(case["columns"]))
    assert holds(tree, scope(columns=case["columns"])) is case["is"]


@pytest.mark.parametrize("case", WORKED["refused"], ids=lambda case: case["of"])
def test_what_cannot_be_read_is_said(case):
    with pytest.raises(PortreaError) as refused:
        read(case["of"], frozenset(case.get("columns", ())))
    assert case["says"] in refused.value.message
    assert refused.value.remedy


def test_names_read_by_an_expression():
    tree = read("selected(${aides}, 'x') and (${age} > 3 or . = ${ lieu })")
    assert names_in(tree) == {"aides", "age", "lieu"}


def test_a_number_that_is_not_known_is_said_by_nothing():
    assert say(read("${vide} + 1"), scope()) == ""
    assert say(read("${age} + 1"), scope()) == "68"


def test_a_pattern_that_would_run_for_ever_answers_at_once():
    told = scope(value="a" * 3_000 + "!")
    assert holds(read("regex(., '(a+)+')"), told) is False


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("(" * 1_000 + "1" + ")" * 1_000, "parenthèses"),
        ("1" + "+1" * 1_000, "opérations"),
        ("1" + " " * 5_000, "caractères"),
    ],
)
def test_what_would_exhaust_the_machine_is_refused(written, why):
    with pytest.raises(PortreaError, match=why):
        read(written)


def test_many_alternatives_and_many_signs_are_read():
    many = " or ".join(f"${{lieu}} = '{number}'" for number in range(150))
    assert holds(read(many), scope()) is False
    assert evaluate(read("-" * 3_001 + "1"), scope()) == -1


@given(left=st.integers(-99, 99), right=st.integers(1, 99))
def test_a_division_is_made_of_its_quotient_and_its_rest(left, right):
    rest = evaluate(read(f"{left} mod {right}"), scope())
    assert (left - rest) % right == 0
    assert abs(rest) < right


@given(words=st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), unique=True, max_size=6))
def test_chosen_names_are_found_and_counted(words):
    told = scope(value=" ".join(words))
    assert evaluate(read("count-selected(.)"), told) == len(words)
    assert all(holds(read(f"selected(., '{word}')"), told) for word in words)


@given(text=WORDS)
def test_a_text_equals_itself_and_joins_whole(text):
    assert holds(read(f"'{text}' = \"{text}\""), scope())
    assert evaluate(read(f"concat('{text}', '')"), scope()) == text


@given(text=st.text(max_size=40))
def test_anything_written_is_read_or_refused_in_french(text):
    with suppress(ExpressionError):
        evaluate(read(text), scope())
