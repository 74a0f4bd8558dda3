"""Multi-level tables: real files, totals that agree level by level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from cases_of_sources import observations, value_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared


def total(table: pl.DataFrame, level: str, variable: str, vintage: str) -> float:
    rows = table.filter(
        (pl.col("level") == level)
        & (pl.col("variable") == variable)
        & (pl.col("vintage") == vintage)
    )
    return float(rows["value"].sum())


@pytest.fixture(scope="module")
def jobseekers(shared_data: Path) -> pl.DataFrame:
    return observations(shared_data / "benefits" / "france_travail_defm_communes_2009_2023.parquet")


@pytest.fixture(scope="module")
def caf(shared_data: Path) -> pl.DataFrame:
    return observations(shared_data / "benefits" / "caf_allocataires_communes_2023.parquet")


@pytest.mark.parametrize("year", ["2009", "2018", "2019", "2023"])
def test_communes_add_up_to_france_whatever_the_year(jobseekers: pl.DataFrame, year: str) -> None:
    """Neither lost nor twice: before 2019 communes carry the value, after it arrondissements."""
    communes = total(jobseekers, "commune", "jobseekers", year)
    assert communes == total(jobseekers, "france", "jobseekers", year)


def test_paris_changes_side_without_a_gap(jobseekers: pl.DataFrame) -> None:
    paris = jobseekers.filter((pl.col("level") == "commune") & (pl.col("code") == "75056"))
    values = dict(paris.select("vintage", "value").iter_rows())
    assert values["2018"] == 204_405
    assert values["2019"] == pytest.approx(204_405, rel=0.05)
    assert values["2023"] == 190_670


def test_grand_paris_is_dropped_where_it_counts_paris_alone(
    jobseekers: pl.DataFrame, caf: pl.DataFrame
) -> None:
    assert "200054781" not in jobseekers["code"].to_list()
    recent = caf.filter(pl.col("vintage") == "2023")
    assert value_of(recent, "epci", "200054781", "households_caf") == 1_451_095


def test_caf_totals_and_secrecy(caf: pl.DataFrame) -> None:
    recent = caf.filter(pl.col("vintage") == "2023")
    assert total(caf, "commune", "households_rsa", "2023") == 1_816_330
    assert value_of(recent, "france", "FR", "households_rsa") == 1_823_760
    hidden = recent.filter(
        (pl.col("level") == "commune") & (pl.col("variable") == "households_rsa")
    )
    counts = dict(hidden["status"].value_counts().iter_rows())
    assert counts == {"rounded": 34875 - 11689, "suppressed": 11689}
    assert not (caf["value"] == 0).any()


def test_levels_are_complete_and_codes_official(caf: pl.DataFrame) -> None:
    recent = caf.filter((pl.col("vintage") == "2023") & (pl.col("variable") == "households_caf"))
    counts = dict(recent["level"].value_counts().iter_rows())
    assert counts == {"commune": 34875, "epci": 1255, "departement": 101, "region": 13, "france": 1}
    assert value_of(recent, "departement", "01", "households_caf") == 104_341


def test_aah_by_commune(shared_data: Path) -> None:
    table = observations(shared_data / "benefits" / "caf_aah_communes_2016_2021.parquet")
    assert set(table["vintage"]) == {str(year) for year in range(2016, 2022)}
    assert set(table["variable"]) == {"households_aah"}
    last = table.filter(pl.col("vintage") == "2021")
    assert value_of(last, "france", "FR", "households_aah") == 1_189_705
    assert value_of(last, "departement", "01", "households_aah") == 7031


def test_two_files_agree_on_rsa(shared_data: Path, caf: pl.DataFrame) -> None:
    series = observations(shared_data / "benefits" / "caf_rsa_communes_2017_2023.parquet")
    keys = ["level", "code", "variable", "vintage"]
    both = series.join(caf, on=keys, suffix="_caf").filter(pl.col("level") == "commune")
    assert both.height == 34875
    assert both.filter(pl.col("value").ne_missing(pl.col("value_caf"))).height == 0


def test_income_of_2021(shared_data: Path) -> None:
    table = observations(shared_data / "poverty" / "filosofi_communes_2021.parquet")
    assert value_of(table, "france", "FR", "poverty_rate") == pytest.approx(0.149)
    assert value_of(table, "commune", "13055", "poverty_rate") == pytest.approx(0.26)
    assert value_of(table, "commune", "75056", "median_income") is None
    averaged = table.filter((pl.col("status") == "derived") & (pl.col("level") == "commune"))
    assert averaged.height == 22  # 22 of 31 250 medians are not in tens of euros


def test_population_adds_up(shared_data: Path) -> None:
    path = shared_data / "census" / "communes_superficie_population_1876_2022.parquet"
    table = observations(path)
    assert total(table, "commune", "persons", "2022") == total(table, "france", "persons", "2022")
    recent = table.filter(pl.col("vintage") == "2022")
    assert value_of(recent, "commune", "55039", "persons") == 0  # Beaumont-en-Verdunois
    assert value_of(recent, "commune", "97601", "persons") is None


def test_health_cover_hides_what_is_under_ten(shared_data: Path) -> None:
    table = observations(shared_data / "benefits" / "carsat_cpam_fragilites_communes_2024.parquet")
    assert value_of(table, "departement", "35", "persons_c2s_free") == 64_529
    assert value_of(table, "departement", "35", "persons_without_care_16_24") == 11_087
    assert value_of(table, "commune", "75056", "persons_c2s_free") == 167_464
    communes = table.filter(level="commune", variable="persons_c2s_paying")
    assert communes["value"].min() == 10
    assert communes["status"].value_counts().filter(status="suppressed")["count"].item() > 20_000
