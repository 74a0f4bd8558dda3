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
from portrea.needs.estimation import rank
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


def test_any_level_selection_and_rank_can_be_asked(town):
    town.commune("35003", ["350030000"]).three_bands("350030000", 100, 300, 900)
    args = town.territories, town.observations, town.crosstab
    found = rank(*args, level="commune", measure="a1", k=1, draws=200)
    assert found["code"][0] == "35003"
    assert found["p"][0] > 0.95
    assert found["p"].sum() == pytest.approx(1)
    two = ["350010101", "350010102", "350010103", "350020000"]
    inside = rank(*args, level="commune", measure="a1", k=2, selection=two, draws=50)
    assert dict(zip(inside["code"], inside["p"], strict=True)) == {"35001": 1.0, "35002": 1.0}


def test_ranks_are_held_to_the_cross_tables(world):
    """Two communes with a table: A2 11,000 and 10,900 of 20,000, known but for the sampling.

    Variances 1.5 × (0.6 / 0.4) × n p (1 − p) = 11,137.5 and 11,160 (design effect 1.5, fraction
    0.4): P(first > second) = Φ(100 / √22,297) = 0.748. Free of their tables, their IRIS err more.
    """
    for code, young in (("35001", 5000), ("35002", 4900)):
        world.commune(code, [f"{code}0000", f"{code}0001"])
        for iris in ("0000", "0001"):
            world.three_bands(f"{code}{iris}", 3000, 7000, 3000)
        world.table("commune", code, ["15-64", "65+"], ["no_diploma", "bac"],
                    [[young, 14000 - young], [3000, 3000]])  # fmt: skip
    args = world.territories, world.observations, world.crosstab
    found = rank(*args, level="commune", measure="a2", k=1, draws=4000)
    assert found["code"].to_list() == ["35001", "35002"]
    assert found["p"][0] == pytest.approx(0.748, abs=0.02)
