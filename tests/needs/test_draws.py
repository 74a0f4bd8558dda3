from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from portrea.needs import estimate
from portrea.needs.aggregation import Areas, Tally
from portrea.needs.draws import Curve, Local
from portrea.needs.fragility import Part

LEVELS = ("iris", "commune", "epci", "departement", "region", "france")


def column(low: float, high: float):
    return arrays.arrays(np.float64, 4, elements=st.floats(low, high))


@given(column(0, 1e6), column(0, 1), column(0, 1.5), st.integers(0, 99))
def test_no_draw_is_negative_nor_above_the_population(persons, share, sd, seed):
    part = Part(persons, share, np.ones((4, 1)), np.zeros(4))
    curve = Curve.of(part, Local({"iris": sd.astype(np.float32)}), part.slopes)
    rng = np.random.default_rng(seed)
    shared = np.vstack([np.ones(50), rng.normal(size=50)]).astype(np.float32)
    drawn = curve.draw(slice(0, 4), shared, (sd[:, None] * rng.normal(size=50)).astype(np.float32))
    assert np.isfinite(drawn).all()
    assert (drawn >= 0).all()
    assert (drawn <= persons[:, None] * (1 + 1e-6)).all()


@settings(max_examples=30)
@given(st.lists(st.integers(0, 3), min_size=6, max_size=6), st.integers(0, 99))
def test_draws_of_an_area_are_the_sums_of_its_parts_rank_by_rank(owner, seed):
    atoms = Areas("iris", np.arange(6), list("abcdef"), list("abcdef"))
    codes, index = np.unique(owner, return_inverse=True)
    names = [str(code) for code in codes]
    area = Areas("commune", index.astype(np.intp), names, names)
    draws = np.random.default_rng(seed).random((6, 20)).astype(np.float32)
    tally = Tally([atoms, area], np.full(6, -1, dtype=np.intp), draws=20, ranked=20)
    tally.open("a1", "both")
    for rows in (slice(0, 2), slice(2, 6)):
        tally.add(tally.take(rows, [("a1", "both", draws[rows].copy())]))
    tally.close("a1")
    expected = np.array([draws[index == i].sum(0) for i in range(len(names))])
    assert tally.draws_of(area, "a1") == pytest.approx(expected, rel=1e-5)
    assert tally.draws_of(atoms, "a1") == pytest.approx(draws)


def test_intervals_are_nested_and_one_in_ten_areas_is_in_the_top(world):
    for number in range(20):
        code = f"35{number:03d}"
        world.commune(code, [f"{code}0000"])
        world.three_bands(f"{code}0000", 200, 600, 40 * number)
    frame = estimate(
        world.territories, world.observations, world.crosstab, levels=LEVELS, measures=["a1"]
    )
    for name in ("n", "share"):
        low, low80, high80, high = (
            frame[f"{name}_{bound}"] for bound in ("low", "low80", "high80", "high")
        )
        assert (low < low80).all()
        assert (low80 < frame[name]).all()
        assert (frame[name] < high80).all()
        assert (high80 < high).all()
    top = frame.filter(pl.col("level") == "iris").sort("code")["p_top"]
    assert top.sum() == pytest.approx(2, abs=1e-6)
    assert top[0] == 0
    assert top[19] == top.max()
    assert top[19] > 0.3
    assert frame.filter(pl.col("level") == "region")["p_top"].is_null().all()
