"""Recommended actions, against cases worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.steering.committee import Fact
from portrea.steering.recommending import (
    Rule,
    When,
    due,
    proposals,
    reason,
    rule_of,
    rules,
    seen,
    unjudged,
)

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/recommendations.yaml").read_text("utf-8")
)


def fact(key: str, told: list[Any] | None, day: str = "2026-11-23") -> Fact:
    """A fact of the cases; its text is its interval, or its value when it is exact."""
    if told is None:
        return Fact(key, key, key, "non disponible", day=day)
    if any(isinstance(one, str) for one in told) or not told:
        return Fact(key, key, key, f"{len(told)}", members=tuple(told), day=day)
    value, low, high = told
    text = f"{value}" if low == high else f"entre {low} et {high}"
    return Fact(key, key, key, text, value, low, high, day=day)


@pytest.mark.parametrize("case", CASES["proposed"], ids=lambda case: case["name"])
def test_what_is_proposed_worked_by_hand(case: dict[str, Any]) -> None:
    facts = {key: fact(key, told) for key, told in case["facts"].items()}
    found = proposals(facts)
    assert [one.rule.id for one in found] == case["proposes"]
    for words in case.get("says", ()):
        assert any(words in one.why for one in found), words
    for one in found:
        assert "23\u00a0novembre\u00a02026" in one.why


@pytest.mark.parametrize("case", CASES["seen"], ids=lambda case: case["name"])
def test_what_an_indicator_became_worked_by_hand(case: dict[str, Any]) -> None:
    day = "2026-11-23" if case.get("same_day") else "2027-05-24"
    now = None if case["now"] is None else fact("x", case["now"], day)
    then = fact("x", case["then"])
    said = seen(then, now, wanted=case["wanted"], target=case["target"])
    assert case["says"] in said.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("case", CASES["due"], ids=lambda case: str(case["start"]))
def test_the_horizon_worked_by_hand(case: dict[str, Any]) -> None:
    assert due(case["start"], case["months"]) == case["then"]


def test_every_rule_says_who_when_why_and_how_it_will_be_seen() -> None:
    keys = {key for rule in rules() for key in rule.reads}
    more = {"droits_ouverts", "formation"}
    for rule in rules():
        assert rule.title
        assert rule.how
        assert rule.owner
        assert rule.threshold
        assert 1 <= rule.months <= 24
        assert rule.wanted in {"less", "more"}
        assert rule.indicator in keys | more
        assert rule_of(rule.id) is rule
    assert rule_of("inconnue") is None


def test_what_cannot_be_judged_is_told() -> None:
    assert unjudged({}) == rules()
    known = {"soirs": fact("soirs", [0, 0, 0]), "horaires": fact("horaires", [3, 3, 3])}
    left = {rule.id for rule in unjudged(known)}
    assert "soirs" not in left
    assert "samedis" in left


NUMBERS = st.integers(0, 200)
BOUNDS = st.tuples(NUMBERS, NUMBERS).map(sorted)


@given(BOUNDS, st.integers(1, 150))
def test_an_interval_across_the_threshold_proposes_nothing(bounds: list[int], bar: int) -> None:
    low, high = bounds
    more, less = (
        Rule("x", When(kind, "x", "x", bar), "x", "{x}", "x", "x", 6, "x", "less", "x")
        for kind in ("least", "most")
    )
    facts = {"x": fact("x", [low, low, high])}
    assert (reason(more, facts) is not None) == (low >= bar)
    assert (reason(less, facts) is not None) == (high <= bar)


@given(BOUNDS, BOUNDS, st.sampled_from(["less", "more"]))
def test_nothing_is_concluded_from_intervals_that_meet(
    before: list[int], after: list[int], wanted: str
) -> None:
    then, now = (fact("x", [low, low, high]) for low, high in (before, after))
    said = seen(then, now, wanted=wanted)
    meet = before[0] <= after[1] and after[0] <= before[1]
    assert ("mieux" in said or "moins bien" in said) != meet
