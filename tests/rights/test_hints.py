"""What is said of rights, against cases decided by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.rights.catalogue import amounts_month, rights, until
from portrea.rights.hints import Saying, cover_of, hint_of, scenarios, worth_asking

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/rights/hints.yaml").read_text("utf-8"))
DAY = date(2026, 11, 23)


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in cases]


@pytest.mark.parametrize("case", named(CASES["hints"]))
def test_a_hint_as_said_by_hand(case) -> None:
    variable = rights()[case["right"]].variable
    found = hint_of(case["right"], {variable: case["amounts"]}, day=DAY)
    assert (found.saying, found.low, found.high) == (case["says"], case["low"], case["high"])


@pytest.mark.parametrize("case", CASES["c2s"], ids=lambda case: str(case["resources"]))
def test_the_health_cover_never_refuses_on_an_old_ceiling(case) -> None:
    assert cover_of(case["resources"], 10_166) == case["says"]


@pytest.mark.parametrize("case", named(CASES["narrowing"]))
def test_what_is_worth_asking(case) -> None:
    assert worth_asking(case["unknown"], case["amounts"]) == case["asks"]


@given(st.lists(st.floats(0, 5_000), min_size=1, max_size=24))
def test_a_range_holds_every_amount(values) -> None:
    found = hint_of("rsa", {"rsa": values}, day=DAY)
    assert found.low <= min(values) + 0.5
    assert found.high >= max(values) - 0.5
    assert (found.saying == Saying.NO) == (max(values) == 0)


def test_scenarios_fill_every_answer_that_misses() -> None:
    assert scenarios({}) == [{}]
    told = scenarios({"rent": [250, 800], "earnings": [0, 700, 1400]})
    assert len(told) == 6
    assert told[1] == {"rent": 250, "earnings": 700}


def test_parameters_tell_when_they_are_old() -> None:
    """The C2S ceiling (2024) and the ASI one (2025) missed a renewal; the RSA of April did not."""
    stale = {name for name, right in rights().items() if right.is_stale(DAY)}
    assert stale == {"c2s", "asi", "energie"}
    assert not rights()["logement"].is_stale(date(2027, 9, 30))
    assert rights()["logement"].is_stale(date(2027, 10, 1))
    assert rights()["rsa"].is_stale(date(2027, 4, 1))
    assert until() == "2026-12"


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2026, 11, 24), "2026-11"),
        (date(2026, 12, 31), "2026-12"),
        (date(2027, 1, 1), "2026-12"),
        (date(2027, 3, 31), "2026-12"),
        (date(2027, 4, 1), "2027-04"),  # not known, and refused as such
    ],
)
def test_the_last_amounts_known_are_said_for_three_months(day: date, month: str) -> None:
    assert amounts_month(day) == month
