"""Filosofi: real files, secrecy, bad inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from cases_of_sources import observations, value_of
from portrea.base.errors import DataError
from portrea.sources.loading import load_path

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.shared
def test_iris_2015(shared_data: Path) -> None:
    table = observations(shared_data / "poverty" / "filosofi_iris_disp_2015.parquet")
    assert table.height == 2 * 12227
    assert value_of(table, "iris", "010040101", "poverty_rate") == pytest.approx(0.226)
    assert value_of(table, "iris", "010040101", "median_income") == 18689
    rates = table.filter(pl.col("variable") == "poverty_rate")
    assert rates["value"].null_count() == 2719 + 54 + 15
    assert rates["value"].max() < 1
    assert set(table["vintage"]) == {"2015"}


@pytest.mark.shared
def test_communes_2016_keep_paris_once(shared_data: Path) -> None:
    table = observations(shared_data / "poverty" / "filosofi_com_2016.parquet")
    assert table.height == 2 * (34932 - 45)
    assert value_of(table, "commune", "75056", "poverty_rate") == pytest.approx(0.16)
    assert value_of(table, "commune", "13055", "median_income") == 18248
    assert "75101" not in table["code"].to_list()


@pytest.mark.shared
def test_epci_2016(shared_data: Path) -> None:
    table = observations(shared_data / "poverty" / "filosofi_epci_2016.parquet")
    assert set(table["level"]) == {"epci"}
    assert value_of(table, "epci", "200000172", "poverty_rate") == pytest.approx(0.088)


def test_monthly_medians_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "filo.csv"
    path.write_text("CODGEO;MED21\n35188;1,9\n", "utf-8")
    with pytest.raises(DataError, match="annuel"):
        load_path(path)


def test_rate_above_100_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "filo.csv"
    path.write_text("CODGEO;TP6021\n35188;120\n", "utf-8")
    with pytest.raises(DataError, match="100"):
        load_path(path)


def test_two_years_in_one_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "filo.csv"
    path.write_text("CODGEO;TP6021;MED16\n35188;10;22000\n", "utf-8")
    with pytest.raises(DataError, match="2016, 2021"):
        load_path(path)


def test_the_two_files_of_a_year_do_not_replace_each_other(tmp_path: Path) -> None:
    income, poverty = tmp_path / "FILO2021_DISP_COM.csv", tmp_path / "FILO2021_DISP_PAUVRES_COM.csv"
    income.write_text("CODGEO;NBMEN21;Q121;Q221;Q321\n35188;2800;18000;23140;29000\n", "utf-8")
    poverty.write_text("CODGEO;TP6021\n35188;8\n", "utf-8")
    parts = {load_path(path)[0].part for path in (income, poverty)}
    assert len(parts) == 2
    assert value_of(observations(income), "commune", "35188", "median_income") == 23140


def test_neighbourhoods_are_told_by_their_codes(tmp_path: Path) -> None:
    path = tmp_path / "revenu-disponible-qp15-2021_QP.csv"
    path.write_text("CODGEO;DISP_MED_A21;DISP_TP60_A21\nQP035001;14200;45,1\n", "utf-8")
    table = observations(path)
    assert value_of(table, "qpv", "QP035001", "poverty_rate") == pytest.approx(0.451)
