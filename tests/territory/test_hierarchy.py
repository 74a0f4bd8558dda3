from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from portrea.base.errors import TerritoryError
from portrea.territory import Gazetteer, Level
from portrea.territory.completion import SCHEMA
from portrea.vocab.tables import TERRITORIES

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/territory/resolve.yaml").read_text("utf-8")
)


def table() -> pl.DataFrame:
    rows = [[*row, None, None, None, None] for row in CASES["territories"]]
    return TERRITORIES.check(pl.DataFrame(rows, schema=SCHEMA, orient="row"))


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(table())


@pytest.mark.parametrize("case", CASES["resolved"], ids=lambda c: c["text"])
def test_resolve(gazetteer, case):
    selection = gazetteer.resolve(case["text"])
    assert [t.key for t in selection.territories] == case["keys"]
    assert selection.is_single is (len(case["keys"]) == 1)
    if "note" in case:
        assert case["note"] in selection.notes[0]
    else:
        assert selection.notes == ()


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda c: c["text"] or "empty")
def test_refuse(gazetteer, case):
    with pytest.raises(TerritoryError) as caught:
        gazetteer.resolve(case["text"])
    for word in case["words"]:
        assert word in str(caught.value)
    assert caught.value.exit_code != 0


@pytest.mark.parametrize("case", CASES["search"], ids=lambda c: c["text"])
def test_search(gazetteer, case):
    assert gazetteer.search(case["text"])[0].key == case["first"]


@pytest.mark.parametrize(("key", "title"), CASES["titles"].items())
def test_title(gazetteer, key, title):
    territory = gazetteer.get(*key.split(":"))
    assert territory.title == title
    assert territory.key == key


def test_search_keeps_to_the_levels_asked(gazetteer):
    found = gazetteer.search("rennes", levels=[Level.EPCI])
    assert [t.key for t in found] == ["epci:243500139"]
    assert gazetteer.search("cathedrale") == []
    assert gazetteer.search("cathedrale", levels=["iris"])[0].key == "iris:352380101"
    assert gazetteer.search("") == []
    assert gazetteer.search("  -’ ") == []
    assert len(gazetteer.search("a", limit=2)) <= 2


def test_children_and_parents(gazetteer):
    departement = gazetteer.get("departement", "35")
    keys = [t.key for t in gazetteer.children(departement, "epci")]
    assert keys == ["epci:200038990", "epci:200072452", "epci:243500139", "epci:243500550"]
    iris = gazetteer.get("iris", "352380101")
    assert [t.key for t in gazetteer.parents(iris)] == [
        "commune:35238",
        "epci:243500139",
        "departement:35",
        "region:53",
        "france:FR",
    ]
    island = gazetteer.get("commune", "29155")
    assert [t.key for t in gazetteer.parents(island)] == [
        "departement:29",
        "region:53",
        "france:FR",
    ]
    assert gazetteer.parents(gazetteer.get("france", "FR")) == []
    for child in gazetteer.children(departement, Level.COMMUNE):
        assert departement in gazetteer.parents(child)


def test_iris_of_a_list_are_counted_once(gazetteer):
    selection = gazetteer.resolve("35238,epci:243500139,35188")
    assert gazetteer.iris_of(selection).to_list() == ["351880000", "352380101", "352380102"]


def test_commune_without_iris_is_said(gazetteer):
    with pytest.raises(TerritoryError, match="Ouessant"):
        gazetteer.iris_of(gazetteer.resolve("29155"))


def test_no_point_is_said(gazetteer):
    with pytest.raises(TerritoryError, match="point"):
        gazetteer.nearest(0.0, 45.0)


def test_nearest():
    points = table().with_columns(
        longitude=pl.when(pl.col("code") == "35238")
        .then(-1.68)
        .when(pl.col("code") == "75056")
        .then(2.35),
        latitude=pl.when(pl.col("code") == "35238")
        .then(48.11)
        .when(pl.col("code") == "75056")
        .then(48.86),
    )
    gazetteer = Gazetteer(points)
    assert gazetteer.nearest(-1.9, 48.0).key == "commune:35238"
    assert gazetteer.nearest(2.0, 48.9).key == "commune:75056"
    assert gazetteer.nearest(-179.9, 70.0).level is Level.COMMUNE


def test_order_of_the_table_does_not_matter(gazetteer):
    other = Gazetteer(table().reverse())
    for case in CASES["search"]:
        assert other.search(case["text"])[0] == gazetteer.search(case["text"])[0]
    france = gazetteer.get("france", "FR")
    assert other.children(france, "commune") == gazetteer.children(france, "commune")
