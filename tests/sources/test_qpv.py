"""Priority neighbourhoods: real layer and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from cases_of_sources import observations, value_of
from portrea.sources.loading import load_path
from portrea.vocab.tables import KINDS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.shared
def test_layer_of_occitanie(shared_data: Path) -> None:
    (loaded,) = load_path(shared_data / "qpv" / "qpv_occitanie_2014.geojson")
    territories = KINDS["territories"].conform(loaded.tables["territories"])
    assert territories.height == loaded.tables["contours"].height == 105
    assert set(territories["region"]) == {"76"}
    row = territories.filter(pl.col("code") == "QP066007").row(0, named=True)
    assert (row["name"], row["commune"]) == ("Bas-Vernet Nouveau QPV", "66136")
    assert 0 < row["area_km2"] < 5


@pytest.mark.shared
def test_table_of_france_is_dated_by_figure(shared_data: Path) -> None:
    table = observations(shared_data / "qpv" / "demo_2020_qpv_france.csv.gz")
    assert table.height == 3 * 1400
    periods = dict(table.select("variable", "vintage").unique().iter_rows())
    assert periods == {"persons": "2013", "households_caf": "2018", "persons_caf": "2018"}
    assert value_of(table, "qpv", "QP001001", "persons_caf") == 4595
    noted = table.filter((pl.col("code") == "QP003002") & (pl.col("variable") == "households_caf"))
    assert noted["status"].to_list() == ["suppressed"]


@pytest.mark.shared
def test_table_of_communes_leaves_glued_codes(shared_data: Path) -> None:
    path = shared_data / "qpv" / "demo_2020_communes_avec_qpv.csv.gz"
    table = observations(path)
    assert table.height == 3 * 657
    assert any(r.code == "several-communes" and "134" in str(r) for r in load_path(path)[0].remarks)


@pytest.mark.shared
def test_population_of_2013_is_recognised_by_the_series(shared_data: Path) -> None:
    """The dating rule (params/vintages.yaml) is measured, not supposed."""
    table = observations(shared_data / "qpv" / "demo_2020_communes_avec_qpv.csv.gz")
    path = shared_data / "census" / "communes_superficie_population_1876_2022.parquet"
    series = observations(path).select("code", "vintage", "variable", series="value")
    mine = table.filter(pl.col("variable") == "persons").drop("vintage")
    both = mine.join(series, on=["code", "variable"])
    equal = both.group_by("vintage").agg(same=(pl.col("value") == pl.col("series")).mean())
    shares = dict(equal.iter_rows())
    assert shares.pop("2013") > 0.99
    assert max(shares.values()) < 0.01
