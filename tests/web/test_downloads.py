"""Everything shown can be taken away: the places and every table, beside the estimates."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from portrea.sources.store import Store
from portrea.steering.reading import Reader
from web.pages import EPCI

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

LIST = "?t=epci:243500550,epci:243500618"


def rows(answer: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode())))  # type: ignore[attr-defined]


def test_every_cell_of_the_page_is_in_the_tables(site: Client) -> None:
    portrait = json.loads(site.get(EPCI + "donnees.json").content)
    answer = site.get(EPCI + "tableaux.csv")
    assert answer["Content-Type"].startswith("text/csv")
    taken = {(row["table"], row["line"], row["text"]) for row in rows(answer)}
    shown = {
        (table["id"], line[0]["text"], cell["text"])
        for section in portrait["sections"]
        for table in section["tables"]
        for line in table["rows"]
        for cell in line
    }
    assert shown
    assert taken == shown
    assert {"besoins", "offre", "acces", "comparaison"} <= {row["section"] for row in rows(answer)}


def test_places_are_the_same_in_csv_geojson_and_store(site: Client, demo_home: Path) -> None:
    reader = Reader(Store(demo_home))
    communes = [row["code"] for row in reader.members("commune", "epci", "243500550")]
    known = set(reader.places(communes)["id"])
    listed = rows(site.get(EPCI + "lieux.csv"))
    drawn = json.loads(site.get(EPCI + "lieux.geojson").content)["features"]
    assert {row["id"] for row in listed} == {f["properties"]["id"] for f in drawn} == known
    points = {f["properties"]["id"]: f["geometry"]["coordinates"] for f in drawn if f["geometry"]}
    assert points
    for row in listed:
        if row["id"] in points:
            assert points[row["id"]] == [float(row["longitude"]), float(row["latitude"])]
            assert -5 < points[row["id"]][0] < 0, "longitude first"


def test_of_a_list(site: Client) -> None:
    both = {row["id"] for row in rows(site.get("/territoires/lieux.csv" + LIST))}
    assert {row["id"] for row in rows(site.get(EPCI + "lieux.csv"))} < both
    assert rows(site.get("/territoires/tableaux.csv" + LIST))


def test_links_are_on_the_page(site: Client) -> None:
    page = site.get(EPCI).content.decode()
    for name in ("tableaux.csv", "lieux.csv", "lieux.geojson"):
        assert f'href="{EPCI}{name}"' in page


@pytest.mark.parametrize("name", ["tableaux.geojson", "lieux.xls", "autre.csv"])
def test_unknown_download_is_not_found(site: Client, name: str) -> None:
    assert site.get(EPCI + name).status_code == 404


def test_unknown_territory_is_explained(site: Client) -> None:
    assert site.get("/territoires/epci/000000000/lieux.csv").status_code == 404
