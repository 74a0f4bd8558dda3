"""The default model against roads: figures worked by hand, and a perfect agreement."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from portrea.base.errors import DataError
from portrea.reach.agreement import agreement
from portrea.reach.times import Times

CASE = yaml.safe_load((Path(__file__).parents[1] / "cases/reach/agreement.yaml").read_text("utf-8"))


def times(rows: list[list[float]], *, t_max: float = 60.0, first: str = "a") -> Times:
    dense = np.array(rows, dtype=float)
    row, column = np.indices(dense.shape).reshape(2, -1)
    codes = ([first, *"bcdefgh"[: len(rows) - 1]], [str(i) for i in range(dense.shape[1])])
    return Times.of_pairs(
        codes, (row, column, dense.ravel()), t_max=t_max, engine="e", profile="car", version="v"
    )


def test_hand_worked_agreement():
    found = agreement(times(CASE["model"]), times(CASE["roads"]), threshold=CASE["threshold"])
    assert {name: getattr(found, name) for name in CASE["expected"]} == pytest.approx(
        CASE["expected"], rel=1e-6
    )


def test_an_engine_agrees_with_itself():
    same = times([[3.0, 40.0, 12.5], [61.0, 7.0, 9.0], [99.0, 99.0, 99.0]])
    found = agreement(same, same, threshold=10.0)
    assert (found.pairs, found.missing) == (5, 0)
    assert (found.ratio, found.error, found.same_nearest, found.same_side) == (1.0, 0.0, 1.0, 1.0)
    assert found.rank == pytest.approx(1.0)


def test_what_the_model_left_out_is_counted():
    found = agreement(times([[5.0, 70.0]]), times([[5.0, 50.0]]), threshold=20.0)
    assert (found.pairs, found.missing) == (1, 1)


@pytest.mark.parametrize(
    ("model", "said"),
    [(times([[1.0, 2.0]], first="z"), "pas les mêmes points"), (times([[99.0, 99.0]]), "aucun")],
)
def test_nothing_to_compare_is_told(model: Times, said: str):
    with pytest.raises(DataError, match=said):
        agreement(model, times([[1.0, 2.0]]), threshold=20.0)
