"""Every door of the site: the numbers of a small IRIS leave by none of them.

A page or a file added to these rooms must be declared here, with what proves it safe.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import URLResolver

from portrea.sources.store import Store
from portrea.steering.reading import Reader
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.needs import urls as needs
from portrea.web.steering import urls as steering
from portrea.web.steering.services import editions
from portrea.web.territories import urls as territories

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client

DOORS = {
    "portrait": ("/territoires/iris/{iris}/", "/territoires/commune/{commune}/"),
    "portrait-file": tuple(
        f"/territoires/iris/{{iris}}/portrait.{form}" for form in ("pdf", "docx", "odt")
    ),
    "portrait-data": tuple(
        f"/territoires/{area}/donnees.{kind}"
        for area in ("iris/{iris}", "commune/{commune}", "epci/{epci}")
        for kind in ("csv", "geojson", "json")
    ),
    "portrait-part": tuple(
        f"/territoires/{area}/tableaux.csv" for area in ("iris/{iris}", "commune/{commune}")
    ),
    "selection-file": tuple(
        f"/territoires/portrait.{form}?t=iris:{{iris}},iris:{{shown}}"
        for form in ("pdf", "docx", "odt")
    ),
    "selection-data": tuple(
        f"/territoires/donnees.{kind}?t=iris:{{iris}},iris:{{shown}}"
        for kind in ("csv", "geojson", "json")
    ),
    "selection-part": ("/territoires/tableaux.csv?t=iris:{iris},iris:{shown}",),
    "pack": ("/territoires/iris/{iris}/dossier/", "/territoires/commune/{commune}/dossier/"),
    "pack-file": tuple(
        f"/territoires/{area}/dossier.{kind}"
        for area in ("iris/{iris}", "commune/{commune}")
        for kind in ("csv", "json")
    ),
    "selection-pack": ("/territoires/dossier/?t=iris:{iris},iris:{shown}",),
    "selection-pack-file": tuple(
        f"/territoires/dossier.{kind}?t=iris:{{iris}},iris:{{shown}}" for kind in ("csv", "json")
    ),
    "territories": ("/territoires/?t=iris:{iris},iris:{shown}",),
    "map": ("/carte/?niveau=commune&territoire=iris:{iris}",),
    "map-table": ("/carte/tableau.csv?niveau=commune&territoire=iris:{iris}",),
    "map-values": ("/carte/valeurs/a1.json?niveau=commune&territoire=iris:{iris}",),
    "difference": ("/comparer/?territoire=iris:{iris}",),
    "validation": ("/methode/validation/",),
    "validation-csv": ("/methode/validation.csv",),
    "try-out": ("/methode/essayer/?t=iris:{iris}&exposure.delta.central=0.6",),
    "side-by-side": ("/territoires/cote-a-cote/?t=iris:{iris},iris:{shown}&mesure=a1",),
    "side-by-side-file": ("/territoires/cote-a-cote.csv?t=iris:{iris},iris:{shown}&mesure=a1",),
    "editions": ("/portraits/iris-{iris}/",),
    "edition": ("/portraits/iris-{iris}/2026/", "/portraits/commune-{commune}/2026/"),
    "edition-file": tuple(
        f"/portraits/{area}/2026.{kind}"
        for area in ("iris-{iris}", "commune-{commune}")
        for kind in ("csv", "json")
    ),
    "edition-minutes": ("/portraits/iris-{iris}/2026/dix-minutes/",),
    "edition-compare": ("/portraits/commune-{commune}/comparer/?de=2025&a=2026",),
}  # fmt: skip
WITHOUT_ESTIMATE = {
    "home": "a search box",
    "similar": "context of communes and above, never of IRIS",
    "similar-file": "the same",
    "near": "a redirection to the commune",
    "tiles": "outlines and codes (tests/territory/test_tiles.py reads them back)",
    "method": "words",
    "note": "words",
    "sources": "cards of datasets",
    "opendata": "titles and dates of versions",
    "opendata-feed": "the same",
    "opendata-set": "the card of a version, no row of it",
    "opendata-version": "the same",
    "opendata-file": "read back, row by row, by tests/web/steering/test_opendata.py",
    "opendata-team": "titles and dates of versions",
    "try-out-yaml": "the reader’s own parameters",
    "edition-minutes-pdf": "the same words and table as edition-minutes",
}
BEHIND_AN_ACCOUNT = {
    "abs_chapter",
    "actions",
    "committee",
    "complete",
    "indicators",
    "means",
    "network",
}
"""Subpackages that are read by roles, or tell nothing of inhabitants."""
NUMBERS = re.compile(r"\d")
OFFER = "offre-cote-a-cote"
"""The last table of a comparison: places known and minutes to them, no count of inhabitants."""


@pytest.fixture(scope="module")
def places(demo_home: Path) -> dict[str, str]:
    """A hidden IRIS, its commune and EPCI, and an IRIS of the same commune that is shown."""
    reader = Reader(Store(demo_home))
    hidden = set(reader.snapshot.withheld["code"])
    for code in sorted(hidden):
        row = reader.territory("iris", code)
        inside = reader.codes("iris", "commune", row["commune"])
        shown = sorted(set(inside) - hidden)
        if shown and row["epci"]:
            return {"iris": code, "commune": row["commune"], "epci": row["epci"], "shown": shown[0]}
    pytest.fail("the demo hides no IRIS beside one that is shown")


def addresses() -> list[str]:
    return [address for group in DOORS.values() for address in group]


def test_every_door_is_declared() -> None:
    """What stands behind an account is apart: its tables are those of the portrait and the pack."""
    patterns = (*needs.urlpatterns, *steering.urlpatterns, *territories.urlpatterns)
    apart = [pattern for pattern in patterns if isinstance(pattern, URLResolver)]
    named = {pattern.urlconf_name.__name__.split(".")[-2] for pattern in apart}
    assert named == BEHIND_AN_ACCOUNT
    named = {pattern.name for pattern in patterns if pattern not in apart}
    assert named == DOORS.keys() | WITHOUT_ESTIMATE.keys()


def test_no_iris_resembles_another(site: Client, places: dict[str, str]) -> None:
    assert site.get(f"/territoires/iris/{places['shown']}/semblables/").status_code in {400, 404}


def told(answer: Any, path: str) -> Iterator[tuple[str, str]]:
    """Return (area, numbers said of it) for each line of a file or of a page that names an area."""
    kind, text = answer["Content-Type"].split(";")[0], answer.content
    if kind == "text/csv" and b"level,code" in text:
        for row in csv.DictReader(io.StringIO(text.decode())):
            said = (row[n] for n in row if n.startswith(("n", "share", "p_")) and n != "name")
            yield f"{row['level']}:{row['code']}", "".join(said)
    elif kind == "text/csv":  # tables of a portrait or of a pack, which name areas in words
        yield from _told_in_words(text.decode(), path)
    elif kind == "application/geo+json":
        for shape in json.loads(text)["features"]:
            card = shape["properties"]
            said = [
                str(v) for n, v in card.items() if re.search(r"_(n|share)", n) and v is not None
            ]
            yield f"{card['level']}:{card.get('code') or shape.get('id')}", "".join(said)
    elif kind == "application/json" and b'"sections"' in text:
        for section in _nested(json.loads(text)["sections"]):
            for row in (row for table in section["tables"] for row in table["rows"]):
                yield row[0]["territory"] or "", "".join(c["text"] for c in row[1:])
    elif kind == "text/html":
        before = text.decode().partition(f'id="{OFFER}"')[0]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", before, re.DOTALL):
            link = re.search(r'href="/territoires/(\w+)/(\w+)/"', row)
            cells = re.sub(r"<th.*?</th>|<[^>]+>", " ", row, flags=re.DOTALL)
            yield (f"{link[1]}:{link[2]}" if link else ""), html.unescape(cells)


def _nested(sections: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for section in sections:
        yield section
        yield from _nested(section["parts"])


def _published(address: str) -> None:
    """Publish the editions that an address of ``/portraits/`` asks for."""
    level, code = address.split("/")[2].split("-")
    for name in ("2025", "2026") if "comparer" in address else ("2026",):
        told = {"territory": f"{level}:{code}", "name": name, "title": name}
        made = editions.edition_freeze(actor=SYSTEM, **told)
        editions.edition_publish(actor=SYSTEM, edition=made, read_again=True)


def _told_in_words(text: str, path: str) -> Iterator[tuple[str, str]]:
    commune = re.search(r"(?:commune[/-]|iris[/:-])(\w{5})", path)
    for row in csv.DictReader(io.StringIO(text)):
        found = re.search(r" IRIS (\d{4})$", row.get("line", ""))
        named = row.get("column", "").startswith(("Rang", "Quartier", "Territoire"))  # no count
        if found and commune and not named and row.get("table") != OFFER:
            yield f"iris:{commune[1]}{found[1]}", row["text"]


@pytest.mark.slow
@pytest.mark.parametrize("address", addresses())
def test_no_line_gives_a_number_of_the_hidden_iris(
    site: Client, places: dict[str, str], address: str
) -> None:
    path = address.format(**places)
    if path.startswith("/portraits/"):
        _published(path)
    answer = site.get(path)
    assert answer.status_code == 200, path
    key = f"iris:{places['iris']}"
    lines = list(told(answer, path))
    assert [line for area, line in lines if area == key and NUMBERS.search(line)] == []
    others = {area for area, line in lines if NUMBERS.search(line)}
    told_by_area = ("commune/", "/2026/", "/2026.json") if "commune" in path else ()
    if any(part in path for part in told_by_area) and not path.endswith(
        ("tableaux.csv", "geojson")
    ):
        assert f"iris:{places['shown']}" in others, "the reading of this door finds nothing"
    elif "donnees" in path and "/iris/" not in path and "commune/" not in path:
        assert others or "?t=" in path, "the reading of this door finds nothing"


@pytest.mark.slow
def test_what_is_said_of_the_hidden_iris_itself_has_no_count(
    site: Client, places: dict[str, str], tmp_path: Path
) -> None:
    """Its own page, tables and PDF: the measures have words, the surroundings have the numbers."""
    page = site.get(f"/territoires/iris/{places['iris']}/").content.decode()
    figures = re.findall(r'key-figures__number">(.*?)<', page)
    assert figures
    assert not any(NUMBERS.search(text) for text in figures[:6])
    lines = csv.DictReader(
        io.StringIO(site.get(f"/territoires/iris/{places['iris']}/tableaux.csv").content.decode())
    )
    cells = [row["text"] for row in lines if row["table"] == "besoins-mesures"]
    own = [text for text in cells if not text.startswith(("Fragilité", "Cumul"))]
    assert not any(NUMBERS.search(text) for text in own), own
    pdf = tmp_path / "portrait.pdf"
    pdf.write_bytes(site.get(f"/territoires/iris/{places['iris']}/portrait.pdf").content)
    said = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True)
    text = said.stdout.decode()
    assert "n’est pas publiée" in text
    assert not re.search(r"[Ee]ntre \d+ et \d+\spersonnes", text)


@pytest.mark.parametrize("level", ["iris", "qpv"])
def test_the_map_has_no_level_below_the_commune(site: Client, level: str) -> None:
    for path in ("/carte/", "/carte/tableau.csv", "/carte/valeurs/a1.json"):
        answer = site.get(path, {"niveau": level, "territoire": "commune:35238", "mesure": "a1"})
        assert answer.status_code == 400
