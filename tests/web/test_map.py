"""The map: same numbers in the table, the drawing and the values; tiles by parts."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

COMMUNES = "niveau=commune&territoire=epci:243500550"


def rows_of(page: str) -> dict[str, list[str]]:
    """Read the map's table: code → cells."""
    rows = re.findall(r'<tr>\s*<th scope="row"><a href="([^"]+)">(.*?)</tr>', page, re.DOTALL)
    clean = lambda text: html.unescape(re.sub("<[^>]+>", "", text)).strip()  # noqa: E731
    return {
        address.strip("/").split("/")[-1]: [clean(c) for c in re.findall("<td.*?</td>", rest)]
        for address, rest in rows
    }


def test_values_are_those_of_the_table(site: Client) -> None:
    table = rows_of(site.get(f"/carte/?mesure=a1&{COMMUNES}").content.decode())
    zones = json.loads(site.get(f"/carte/valeurs/a1.json?{COMMUNES}").content)["zones"]
    assert len(table) == 8
    assert set(zones) == set(table)
    for code, (count, share, grade) in table.items():
        assert zones[code][1].endswith(f" : {share} ({count} personnes), note {grade}")


def test_classes_follow_the_legend(site: Client) -> None:
    answer = json.loads(site.get(f"/carte/valeurs/a1.json?{COMMUNES}").content)
    ranks = {rank for rank, _ in answer["zones"].values() if rank is not None}
    assert ranks == set(range(len(answer["colours"])))
    page = site.get(f"/carte/?mesure=a1&{COMMUNES}").content.decode()
    legend = re.search(r'<ul class="legend">.*?</ul>', page, re.DOTALL)[0]
    assert legend.count("<li>") == len(answer["colours"]) + 1
    assert legend.count("<path") == legend.count("<li>")  # a pattern beside each colour


def test_bounds_too_wide_have_no_colour(site: Client) -> None:
    """Outside the pilot, the embedded data give A2 as bounds: numbers, but no colour."""
    answer = site.get("/carte/valeurs/a2.json?niveau=epci&territoire=departement:35")
    zones = json.loads(answer.content)["zones"]
    assert zones["243500139"][0] is None
    assert "note D" in zones["243500139"][1]
    assert zones["243500550"][0] is not None


def test_bounds_frame_the_territory(site: Client) -> None:
    answer = json.loads(site.get(f"/carte/valeurs/a1.json?{COMMUNES}").content)
    west, south, east, north = answer["bounds"]
    assert west < -1.955 < east
    assert south < 48.137 < north
    assert east - west < 1


def test_regions_are_drawn_by_their_departements(site: Client) -> None:
    answer = json.loads(site.get("/carte/valeurs/a1.json?niveau=region").content)
    assert answer["layer"] == "departements"
    assert set(answer["zones"]) == {"35"}


def test_drawing_is_there_without_script(site: Client) -> None:
    page = site.get(f"/carte/?mesure=a1&{COMMUNES}").content.decode()
    still = re.search(r'<div class="map-still"><svg.*?</svg>', page, re.DOTALL)[0]
    assert 'role="img"' in still
    assert re.search("<button[^>]* hidden [^>]*data-portrea-start", page)


def test_long_tables_go_by_pages(site: Client) -> None:
    first = site.get("/carte/?niveau=commune&territoire=departement:35").content.decode()
    link = html.unescape(re.search(r'href="([^"]+apres=[^"]+)"', first)[1])
    second = site.get(link).content.decode()
    one, two = rows_of(first), rows_of(second)
    assert len(one) == 200
    assert set(one) & set(two) == set()
    assert len(one) + len(two) == 332


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("mesure=zz", "La mesure « zz » n’existe pas"),
        ("niveau=canton", "Le niveau « canton » ne convient pas"),
        ("niveau=region&territoire=epci:243500550", "Le niveau « region » ne convient pas"),
    ],
)
def test_nonsense_is_explained(site: Client, query: str, words: str) -> None:
    answer = site.get("/carte/?" + query)
    assert answer.status_code == 400
    assert words in answer.content.decode()


# -- tiles ---------------------------------------------------------------------------------------


@pytest.fixture
def tiles(site_home: Path) -> bytes:
    content = bytes(range(256)) * 8
    folder = site_home / "tiles"
    folder.mkdir(parents=True)
    (folder / "communes-abc.pmtiles").write_bytes(content)
    return content


@pytest.mark.parametrize(
    ("span", "start", "stop"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=2040-", 2040, 2048),
        ("bytes=-8", 2040, 2048),
        ("bytes=5-9999", 5, 2048),
    ],
)
def test_range(client: Client, tiles: bytes, span: str, start: int, stop: int) -> None:
    answer = client.get(
        "/tuiles/communes.pmtiles", headers={"Range": span, "Accept-Encoding": "gzip"}
    )
    assert answer.status_code == 206
    assert answer.content == tiles[start:stop]
    assert answer["Content-Range"] == f"bytes {start}-{stop - 1}/2048"


@pytest.mark.parametrize("span", ["bytes=3000-4000", "bytes=-", "octets=0-5", "bytes=9-5"])
def test_impossible_range(client: Client, tiles: bytes, span: str) -> None:
    answer = client.get("/tuiles/communes.pmtiles", headers={"Range": span})
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */2048"


def test_whole_tile_file_then_not_modified(client: Client, tiles: bytes) -> None:
    answer = client.get("/tuiles/communes.pmtiles")
    assert b"".join(answer.streaming_content) == tiles
    again = client.get("/tuiles/communes.pmtiles", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_no_tiles_yet(client: Client) -> None:
    assert client.get("/tuiles/communes.pmtiles").status_code == 404


@pytest.mark.parametrize("reference", ["commune:35188", "iris:352380101"])
def test_a_lone_commune_is_shown_among_its_neighbours(site: Client, reference: str) -> None:
    shown = site.get(f"/carte/?territoire={reference}").context["shown"]
    assert shown.reference.startswith("epci:")
    assert len(shown.rows) > 1


@pytest.mark.parametrize("level", ["commune", "epci"])
def test_legend_tells_classes_apart(site: Client, level: str) -> None:
    shown = site.get(f"/carte/?niveau={level}&territoire=departement:35").context["shown"]
    labels = [entry.label for entry in shown.legend]
    assert len(set(labels)) == len(labels) > 1


def test_a_long_table_offers_one_departement(site: Client) -> None:
    """Never thousands of rows: a page of them, and a way to a single département."""
    page = site.get("/carte/?niveau=commune&territoire=france")
    assert len(page.context["rows"]) == 200
    assert '<option value="departement:35">' in page.content.decode()
    short = site.get("/carte/?niveau=commune&territoire=epci:243500550").content.decode()
    assert "<option" not in short


def test_epci_have_short_names_in_the_table(site: Client) -> None:
    names = [row.name for row in site.get("/carte/?niveau=epci").context["rows"]]
    assert any(name.startswith("CC ") for name in names)
    assert not any(name.startswith("Communauté de communes") for name in names)


def test_the_table_of_the_map_is_given_away(site):
    page = site.get(f"/carte/?mesure=a1&{COMMUNES}").content.decode()
    address = re.search(r'href="(/carte/tableau\.csv\?[^"]+)"', page)
    assert address is not None
    answer = site.get(html.unescape(address[1]))
    assert answer["Content-Type"].startswith("text/csv")
    assert 'filename="portrea-a1-commune-' in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    zones = json.loads(site.get(f"/carte/valeurs/a1.json?{COMMUNES}").content)["zones"]
    assert {row["code"] for row in rows} == set(zones)
    assert {row["measure"] for row in rows} == {"a1"}
    assert all(row["vintages"] and row["quality"] for row in rows)
