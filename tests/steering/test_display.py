"""Numbers as shown: hand-worked cases, then the properties no case may break."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.estimates import Estimate, Quality
from portrea.steering import display

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/display.yaml").read_text("utf-8")
)


def _spaces(text: str) -> str:
    return text.replace("␣", "\u202f").replace("~", "\u00a0")


def _estimate(case: dict) -> Estimate:
    return Estimate(case["value"], case["low"], case["high"], Quality.B)


@pytest.mark.parametrize("case", CASES["counts"], ids=lambda c: c["name"])
def test_counts(case):
    shown = display.shown_count(_estimate(case), case["level"])
    expect = case["expect"]
    assert (shown.low, shown.high, shown.value) == (expect["low"], expect["high"], expect["value"])
    assert display.count_text(shown) == _spaces(expect["text"])


@pytest.mark.parametrize("case", CASES["shares"], ids=lambda c: c["name"])
def test_shares(case):
    shown = display.shown_share(_estimate(case))
    expect = case["expect"]
    assert (shown.low, shown.high, shown.value) == (expect["low"], expect["high"], expect["value"])
    assert display.share_text(shown) == _spaces(expect["text"])


@given(
    low=st.floats(0, 1e7),
    width=st.floats(0, 1e7),
    where=st.floats(0, 1),
    level=st.sampled_from(["iris", "commune", "epci", "france"]),
)
def test_interval_shown_contains_interval_computed(low, width, where, level):
    high = low + width
    estimate = Estimate(min(low + where * width, high), low, high, Quality.B)
    shown = display.shown_count(estimate, level)
    base = 5 if level == "iris" else 10
    slack = max(base / 2 + 1e-6, 1e-6 * high) if high == low else 1e-3 + 1e-9 * high
    assert shown.low <= low + slack
    assert shown.high >= high - slack
    assert shown.low <= shown.value <= shown.high
    assert math.isclose(shown.low % base, 0, abs_tol=1e-3) or math.isclose(
        shown.low % base, base, abs_tol=1e-3
    )


def test_quality_n_shows_no_number():
    hidden = Estimate(12.0, 10.0, 14.0, Quality.N)
    assert display.count_text(display.shown_count(hidden, "commune")) == "non disponible"
    assert display.share_text(display.shown_share(hidden)) == "non disponible"
