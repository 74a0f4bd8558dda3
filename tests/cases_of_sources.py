"""Read the hand-worked cases of sources and compare loaded datasets with them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import yaml

from portrea.sources.loading import load_path
from portrea.vocab.tables import KINDS

if TYPE_CHECKING:
    from portrea.sources.source import Loaded

HERE = Path(__file__).parent
MINIATURE = HERE / "data" / "miniature"


@cache
def cases(name: str) -> dict[str, Any]:
    """Return the cases of ``tests/cases/sources/<name>.yaml``."""
    text = (HERE / "cases" / "sources" / f"{name}.yaml").read_text("utf-8")
    return yaml.safe_load(text)


def load_case(case: dict[str, Any]) -> dict[str, Loaded]:
    """Load a case's miniature file; return its datasets by vintage."""
    loaded = load_path(MINIATURE / case["file"])
    assert {item.provenance.source for item in loaded} == {case["source"]}
    return {item.provenance.vintage: item for item in loaded}


def assert_dataset(item: Loaded, expected: dict[str, Any]) -> None:
    """Compare a dataset with what was worked out by hand."""
    table = KINDS["observations"].conform(item.tables["observations"])
    if "total" in expected:
        assert table.height == expected["total"]
    if "part" in expected:
        assert item.part == expected["part"]
    for level, code, variable, value, status in expected["rows"]:
        found = table.filter(
            (pl.col("level") == level) & (pl.col("code") == code) & (pl.col("variable") == variable)
        )
        assert found.height == 1, (level, code, variable)
        row = found.row(0, named=True)
        assert row["status"] == status, row
        assert row["value"] == (None if value is None else pytest.approx(value, abs=1e-9)), row
    assert not set(expected.get("absent", ())) & set(table["code"])
    missing = set(expected.get("remarks", ())) - {remark.code for remark in item.remarks}
    assert not missing, missing
    for level, code, name in expected.get("territories", ()):
        rows = KINDS["territories"].conform(item.tables["territories"])
        assert rows.filter((pl.col("level") == level) & (pl.col("code") == code))["name"][0] == name


def observations(path: Path) -> pl.DataFrame:
    """Return every observation of a file, with its vintage."""
    return pl.concat(
        item.tables["observations"].with_columns(vintage=pl.lit(item.provenance.vintage))
        for item in load_path(path)
    )


def value_of(table: pl.DataFrame, level: str, code: str, variable: str) -> float | None:
    """Return one published value."""
    rows = table.filter(
        (pl.col("level") == level) & (pl.col("code") == code) & (pl.col("variable") == variable)
    )
    assert rows.height == 1
    return rows["value"][0]
