"""Intervals of shares and rates closed to a total, worked by hand or published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.stats.shares import wilson
from portrea.stats.small_area import close_missing, close_to_total, interpolate_middle

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/stats/shares.yaml").read_text("utf-8"))
NORMAL = 1.959964


@pytest.mark.parametrize("case", CASES["wilson"], ids=lambda case: f"{case['seen']}/{case['of']}")
def test_published_intervals(case: dict[str, Any]) -> None:
    low, high = wilson(case["seen"] / case["of"], case["of"], NORMAL)
    assert (float(low), float(high)) == pytest.approx((case["low"], case["high"]), abs=5e-5)


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.5, 4))
def test_the_share_lies_between_its_bounds_and_its_mirror_too(yes: int, no: int, z: float) -> None:
    of = yes + no
    low, high = wilson(yes / of, of, z)
    assert 0 <= low <= yes / of + 1e-12
    assert yes / of - 1e-12 <= high <= 1
    assert wilson(no / of, of, z) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize("case", CASES["closed"], ids=lambda case: str(case["expected"]))
def test_rates_closed_to_a_total(case: dict[str, Any]) -> None:
    persons, rates = np.array(case["persons"], float), np.array(case["rates"])
    movable = None if case["movable"] is None else np.array(case["movable"])
    found = close_to_total(persons, rates, case["total"], movable=movable)
    assert found == pytest.approx(case["expected"], abs=5e-5)
    assert float(persons @ found) == pytest.approx(case["total"])


def test_totals_that_no_rate_gives_are_refused() -> None:
    persons = np.array([100.0, 100.0])
    with pytest.raises(ParameterError, match="incompatible avec les taux"):
        close_to_total(persons, np.array([0.2, 0.8]), 200.0)
    with pytest.raises(ParameterError, match="Une seule classe"):
        close_missing(persons, np.array([np.nan, np.nan]), 100.0)
    with pytest.raises(ParameterError, match="deux taux extrêmes"):
        interpolate_middle(np.full(3, 100.0), 0.1, 0.5, 10.0)
