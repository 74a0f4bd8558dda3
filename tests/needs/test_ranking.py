from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import rankdata

from portrea.base.errors import ParameterError
from portrea.needs import ranking
from portrea.needs.ranking import rank_probabilities

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/needs/ranks.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_hand_worked(case):
    found = rank_probabilities(np.array(case["draws"]), case["k"])
    assert found.tolist() == case["expected"]


@given(
    arrays.arrays(
        np.float64, st.tuples(st.integers(1, 12), st.integers(1, 9)), elements=st.integers(0, 5)
    ),
    st.integers(1, 12),
)
def test_equals_ranking_each_draw_by_itself(draws, k):
    ranks = rankdata(-draws, method="min", axis=0)
    assert rank_probabilities(draws, k) == pytest.approx((ranks <= k).mean(1))


def test_markers_are_close_to_ranking_every_area(monkeypatch):
    rng = np.random.default_rng(4)
    centre = rng.normal(size=5000)
    draws = (centre[:, None] + 0.5 * rng.normal(size=(5000, 200))).astype(np.float32)
    every = rank_probabilities(draws, 500)
    monkeypatch.setattr(ranking, "MARKERS", 1000)
    marked = rank_probabilities(draws, 500, order=np.argsort(centre))
    assert np.abs(marked - every).max() < 0.06
    assert np.abs(marked - every).mean() < 0.005
    assert marked.sum() == pytest.approx(500, rel=0.02)


def test_a_rank_below_one_is_refused():
    with pytest.raises(ParameterError, match="rang"):
        rank_probabilities(np.zeros((3, 2)), 0)
