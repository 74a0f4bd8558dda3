"""The portrait page and its downloads say the same numbers."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

from portrea.sources.store import Store
from portrea.steering.display import count_text, shown_count
from portrea.steering.reading import Reader
from portrea.web.steering.selectors import DOCUMENTS
from portrea.web.territories.selectors import territory_find
from web.pages import EPCI

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client


def text_of(page: bytes) -> str:
    return html.unescape(re.sub("<[^>]+>", "", page.decode()))


def test_page_says_the_computed_number(site: Client, demo_home: Path) -> None:
    estimate = Reader(Store(demo_home)).estimate("epci", "243500550", "a1")
    assert estimate is not None
    said = count_text(shown_count(estimate.count, "epci"))
    assert said in text_of(site.get(EPCI).content)


def test_json_is_the_page(site: Client) -> None:
    portrait = json.loads(site.get(EPCI + "donnees.json").content)
    page = text_of(site.get(EPCI).content)
    assert portrait["headline"]["text"] in page
    cells = [
        c["text"] for s in portrait["sections"] for t in s["tables"] for r in t["rows"] for c in r
    ]
    assert cells
    assert [cell for cell in cells if cell not in page] == []


def test_csv_holds_every_part(site: Client, demo_home: Path) -> None:
    answer = site.get(EPCI + "donnees.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="donnees-epci-243500550.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    communes = {row["code"] for row in rows if row["level"] == "commune"}
    members = Reader(Store(demo_home)).gazetteer.table.filter(level="commune", epci="243500550")
    assert set(members["code"]) <= communes


def test_geojson_has_an_outline_per_commune(site: Client) -> None:
    collection = json.loads(site.get(EPCI + "donnees.geojson").content)
    assert collection["type"] == "FeatureCollection"
    assert {f["geometry"]["type"] for f in collection["features"]} <= {"Polygon", "MultiPolygon"}
    assert len(collection["features"]) == 8


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF-"), ("docx", b"PK"), ("odt", b"PK")])
def test_documents_are_sent(site: Client, form: str, start: bytes) -> None:
    answer = site.get(f"{EPCI}portrait.{form}")
    assert answer["Content-Type"] == DOCUMENTS[form]
    assert answer.content.startswith(start)
    assert f'href="{EPCI}portrait.{form}"' in site.get(EPCI).content.decode()
    both = site.get(f"/territoires/portrait.{form}?t=epci:243500550,epci:243500618")
    assert both.content.startswith(start)


def test_list_downloads(site: Client) -> None:
    answer = site.get("/territoires/donnees.csv?t=epci:243500550,epci:243500618")
    assert answer.status_code == 200
    assert {"243500550", "243500618"} <= {
        r.split(",")[1] for r in answer.content.decode().splitlines()
    }


def test_unknown_download_is_not_found(site: Client) -> None:
    assert site.get(EPCI + "donnees.xls").status_code == 404
    assert site.get(EPCI + "portrait.doc").status_code == 404


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/territoires/epci/243500551/", "Montfort"),
        ("/territoires/commune/35999/", "commune:35999"),
        ("/territoires/canton/3501/", "canton"),
        ("/territoires/?t=epci:243500550,commune:00000", "00000"),
    ],
)
def test_unknown_territory_is_explained(site: Client, address: str, words: str) -> None:
    answer = site.get(address)
    page = text_of(answer.content)
    assert answer.status_code == 404
    assert "Territoire introuvable" in page
    assert words in page


def test_too_many_territories_are_refused(site: Client) -> None:
    answer = site.get("/territoires/?t=" + ",".join(["commune:35188"] * 80))
    assert answer.status_code == 400
    assert "plus de 60 territoires" in text_of(answer.content)


def test_sources_say_what_is_not_verified(site: Client, demo_home: Path) -> None:
    page = text_of(site.get("/sources/").content)
    datasets = Store(demo_home).datasets()
    assert datasets
    for dataset in datasets:
        assert dataset.provenance.title in page
        assert dataset.provenance.vintage in page


def test_a_former_code_says_what_is_shown(site: Client) -> None:
    """35112 joined another commune: the reader is told, as on the command line."""
    selection = territory_find("commune:35112")
    assert selection.notes
    page = site.get("/territoires/commune/35112/").content
    assert selection.notes[0] in text_of(page)


def test_an_unknown_code_proposes_pages(site: Client) -> None:
    page = site.get("/territoires/commune/35999/")
    assert page.status_code == 404
    links = re.findall(r'class="results">.*?</ul>', page.content.decode(), re.DOTALL)
    assert links[0].count("/territoires/commune/35") >= 2
