"""Networks and services: what the files really hold, whatever their columns are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from cases_of_sources import assert_dataset, cases, load_case, observations, value_of

if TYPE_CHECKING:
    from pathlib import Path

CASES = cases("reseaux")


@pytest.mark.parametrize("name", CASES)
def test_hand_worked_case(name: str) -> None:
    case = CASES[name]
    loaded = load_case(case)
    for expected in case["datasets"]:
        assert_dataset(loaded[expected["vintage"]], expected)


@pytest.mark.shared
def test_real_file_of_fixed_networks_holds_the_premises_left_out(shared_data: Path) -> None:
    """Big cities are nearly all covered: read as a coverage, Paris would have 3 %."""
    table = observations(shared_data / "access" / "communes_couverture_thd_2020.parquet")
    for code in ("75056", "69123", "59350", "35238"):
        share = value_of(table, "commune", code, "share_premises_without_thd")
        assert share is not None
        assert share < 0.1
    assert table["value"].null_count() == 433


@pytest.mark.shared
def test_real_file_of_antennas_never_says_zero(shared_data: Path) -> None:
    table = observations(shared_data / "access" / "communes_couverture_mobile_2020.parquet")
    assert table["value"].drop_nulls().min() > 0
    assert table["value"].null_count() > 18_000


@pytest.mark.shared
def test_real_inventory_adds_up_to_france(shared_data: Path) -> None:
    table = observations(shared_data / "access" / "bpe_communes_2024_selection.parquet")
    for variable in ("services_post", "services_library"):
        rows = table.filter(pl.col("variable") == variable)
        communes = rows.filter(pl.col("level") == "commune")["value"].sum()
        assert communes == value_of(table, "france", "FR", variable)
        assert rows.filter(pl.col("level") == "commune")["value"].null_count() == 0
