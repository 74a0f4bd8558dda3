"""Difficulties put together and compared, against cases worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.difficulties import (
    CLUSTERS,
    Change,
    before_after,
    clusters,
    poisson_interval,
    published,
    wilson_interval,
    words,
)
from portrea.base.errors import ParameterError
from portrea.surveys.models import models

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/action/clusters.yaml").read_text("utf-8")
)


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of a case, each repeated as many times as it says."""
    told = [
        {
            "situation": f"{row.get('situation', f'{line}-')}{rank}",
            **{name: row[name] for name in ("procedure", "code", "place", "day")},
        }
        for line, row in enumerate(rows)
        for rank in range(row["times"])
    ]
    return pl.DataFrame(told)


@pytest.mark.parametrize("case", CASES["clusters"], ids=lambda case: case["name"])
def test_clusters_worked_by_hand(case: dict[str, Any]) -> None:
    found = clusters(table(case["difficulties"]))
    assert found.columns == list(CLUSTERS.schema)
    assert found.height == len(case["found"])
    for row, expected in zip(found.iter_rows(named=True), case["found"], strict=True):
        for name, value in expected.items():
            told = pytest.approx(value, abs=6e-3) if isinstance(value, float) else value
            assert row[name] == told, name


@pytest.mark.parametrize("case", CASES["before_after"], ids=lambda case: case["saying"])
def test_before_and_after_worked_by_hand(case: dict[str, Any]) -> None:
    numbers = {name: case[name] for name in ("before", "before_days", "after", "after_days")}
    found = before_after(**numbers)
    assert str(found.saying) == case["saying"]
    for name in ("ratio", "low", "high"):
        if name in case:
            value = case[name]
            assert getattr(found, name) == (
                value if value is None else pytest.approx(value, abs=2e-3)
            )


def test_what_blocks_is_told_in_the_words_of_the_grid() -> None:
    grid = {choice.name for choice in models()["grille_observation"].form.lists["blocage"]}
    assert set(words()["codes"]) - {"papier"} == grid  # ours: refusing the screen is not in it


def test_no_small_count_is_found_by_subtraction() -> None:
    rows = [
        {
            "procedure": "dtr",
            "code": code,
            "place": place,
            "day": CASES["clusters"][0]["found"][0]["first"],
            "times": times,
        }
        for code, place, times in (("panne", "A", 4), ("panne", "B", 4), ("langue", "A", 3))
    ]
    (row,) = published(clusters(table(rows))).iter_rows(named=True)
    assert (row["code"], row["situations"], row["of"], row["share"]) == ("panne", 8, None, None)


def test_two_times_are_needed() -> None:
    with pytest.raises(ParameterError):
        before_after(before=3, before_days=0, after=3, after_days=10)


COUNTS = st.integers(0, 400)
DAYS = st.integers(1, 400)


@given(COUNTS, DAYS, COUNTS, DAYS)
def test_the_two_times_mirror_each_other(before: int, days: int, after: int, then: int) -> None:
    one = before_after(before=before, before_days=days, after=after, after_days=then)
    other = before_after(before=after, before_days=then, after=before, after_days=days)
    mirror = {Change.LESS: Change.MORE, Change.MORE: Change.LESS}
    assert other.saying == mirror.get(one.saying, one.saying)
    if one.ratio:
        assert one.low is not None
        assert one.high is not None
        assert one.low <= one.ratio <= one.high


@given(st.lists(st.integers(0, 500), min_size=1, max_size=20))
def test_intervals_hold_their_count_and_grow_with_it(counts: list[int]) -> None:
    told = np.sort(np.array(counts, dtype=float))
    low, high = poisson_interval(told)
    assert (low <= told).all()
    assert (told <= high).all()
    assert (np.diff(low) >= 0).all()
    share_low, share_high = wilson_interval(told, told + 10)
    assert (share_low >= 0).all()
    assert (share_low <= told / (told + 10) + 1e-12).all()
    assert (share_high >= told / (told + 10) - 1e-12).all()


@given(st.permutations(range(8)))
def test_the_order_of_the_lines_changes_nothing(order: list[int]) -> None:
    rows = table(CASES["clusters"][1]["difficulties"])
    assert clusters(rows[order]).equals(clusters(rows))
