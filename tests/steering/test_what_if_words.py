"""Sentences of « Et si ? », against cases worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from portrea.base.estimates import Estimate, Quality
from portrea.steering.what_if_words import (
    Near,
    Range,
    Tried,
    capacity,
    closer,
    effect,
    help_change,
    likely,
    state,
)

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/reach/what_if_words.yaml").read_text("utf-8")
)
NEAR = Near("aide", 20, "car")


def of(bounds: list[float] | None) -> Range | None:
    if bounds is None:
        return None
    low, high = bounds
    return Range(*[Estimate((low + high) / 2, low, high, Quality.B)] * 2)


def spaces(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("case", CASES["sentences"], ids=lambda case: case["name"])
def test_effect(case: dict[str, Any]) -> None:
    tried = [Tried(**change) for change in case["changes"]]
    found = effect(tried, NEAR, of(case["gained"]), of(case["lost"]))
    assert spaces(found.text) == case["expected"]
    assert "20\u00a0minutes" in found.text
    assert " :" not in found.text
    assert " ;" not in found.text
    assert all(spaces(number.text) in case["expected"] for number in found.numbers)


@pytest.mark.parametrize("case", CASES["capacity"], ids=lambda case: str(case["half_days"]))
def test_capacity(case: dict[str, Any]) -> None:
    assert spaces(capacity(case["half_days"], case["persons"])) == case["expected"]


def hours(bounds: list[float]) -> Estimate:
    low, value, high = bounds
    return Estimate(value, low, high, Quality.B)


@pytest.mark.parametrize("case", CASES["help"], ids=lambda case: str(case["change"]))
def test_help_change(case: dict[str, Any]) -> None:
    found = help_change(case["before"], case["after"], hours(case["change"]))
    assert spaces(found) == case["expected"]


@pytest.mark.parametrize("case", CASES["closer"], ids=lambda case: str(case["farther"]))
def test_closer(case: dict[str, Any]) -> None:
    nearer, farther = of(case["closer"]), of(case["farther"])
    assert nearer is not None
    assert farther is not None
    said = closer(nearer, farther)
    assert (said and spaces(said)) == case["expected"]


@pytest.mark.parametrize("case", CASES["states"], ids=lambda case: str(case["after"]))
def test_state_today_and_then(case: dict[str, Any]) -> None:
    assert spaces(state(NEAR, of(case["before"]), of(case["after"])).text) == case["expected"]


def both(bounds: list[float]) -> Range:
    low, low80, high80, high = bounds
    middle = (low + high) / 2
    wide = Estimate(middle, low, high, Quality.B)
    return Range(wide, Estimate(middle, low80, high80, Quality.B))


@pytest.mark.parametrize("case", CASES["likely"], ids=lambda case: str(case["gained"]))
def test_likely_speaks_of_what_changes_most(case: dict[str, Any]) -> None:
    said = likely(both(case["gained"]), both(case["lost"]))
    assert (said and spaces(said.text)) == case["expected"]
