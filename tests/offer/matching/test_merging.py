"""One row per place: the hand-worked cases, and nothing lost whatever the order of rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.offer.matching import merge_places
from portrea.vocab.tables import PLACES

FILE = Path(__file__).parents[2] / "cases/offer/matching/merging.yaml"
CASES = yaml.safe_load(FILE.read_text("utf-8"))["merging"]


def places_of(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return PLACES.conform(pl.DataFrame(rows, infer_schema_length=None), where="cas")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_merging(case: dict[str, Any]) -> None:
    merged = merge_places(pl.concat(places_of([row]) for row in case["places"]))
    told = [
        {name: _sorted(row[name]) for name in kept}
        for row, kept in zip(merged.iter_rows(named=True), case["kept"], strict=True)
    ]
    wanted = [{name: _sorted(value) for name, value in kept.items()} for kept in case["kept"]]
    assert told == wanted
    PLACES.check(merged)


def _sorted(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_merging_is_blind_to_order_and_keeps_known_identifiers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [
        {
            "id": f"s:{i}",
            "name": f"Lieu {rng.integers(4)}",
            "kind": rng.choice(["MUNI", "BIB"]),
            "commune": f"3500{rng.integers(2)}",
            "situations": ["aide"],
            "source": rng.choice(["s", "t"]),
            "longitude": float(rng.uniform(-2.0, -1.99)) if rng.random() < 0.8 else None,
            "latitude": 48.0,
            "updated": dt.date(2020, 1, 1 + int(rng.integers(3))),
        }
        for i in range(12)
    ]
    places = places_of(rows)
    merged = merge_places(places)
    assert merged.equals(merge_places(places.sample(fraction=1, shuffle=True, seed=seed)))
    assert set(merged["id"]) <= set(places["id"])
    assert 0 < merged.height <= places.height
    PLACES.check(merged)


def test_nothing_to_merge() -> None:
    assert merge_places(PLACES.empty()).equals(PLACES.empty())
