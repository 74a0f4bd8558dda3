from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.needs.crossing import frechet, joint_share

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/needs/c_crossing.yaml").read_text("utf-8")
)
SHARES = st.floats(0, 1)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_hand_worked(case):
    got = joint_share(np.array([case["a"]]), np.array([case["b"]]), case["delta"])
    assert got[0] == pytest.approx(case["joint"], abs=1e-6)


@given(SHARES, SHARES, st.floats(0, 3))
def test_inside_frechet_bounds_and_odds_ratio_kept(a, b, delta):
    got = joint_share(np.array([a]), np.array([b]), delta)[0]
    low, high = frechet(np.array([a]), np.array([b]))
    assert low[0] - 1e-9 <= got <= high[0] + 1e-9
    if 0.05 < a < 0.95 and 0.05 < b < 0.95:
        odds = got * (1 - a - b + got) / ((a - got) * (b - got))
        assert np.log(odds) == pytest.approx(delta, abs=1e-5)
