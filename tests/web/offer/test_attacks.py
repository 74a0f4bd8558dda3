"""Hostile files and fields at each door of the site: refused with words, or shown as plain text."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portrea.web.config.middleware import BodySizeMiddleware
from portrea.web.offer.models import ImportBatch, Place, Proposal
from web.offer.census import applied, only_place, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db
SCRIPT = '</script><img src=x onerror=alert(1)>"\'<svg/onload=alert(1)>{{ 7*7 }}{% now "Y" %}'
FORMULA = '=HYPERLINK("http://evil.example","cliquez")'
HEADER = "nom;code insee;ville;adresse;telephone\n"


def sent(client: Client, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(
        "/espace/imports/", {"title": "x", "territory": "commune:35133", "file": file}
    )


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return stream.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(f'<!ENTITY {c} "&{chr(ord(c) - 1)};&{chr(ord(c) - 1)};">'.encode() for c in "bcdef")
    + b"]><worksheet>&f;</worksheet>"
)
HOSTILE_FILES = {
    "bombe.zip": lambda: zipped(liste__csv=b"nom;ville\n" + b"0;0\n" * 20_000_000),
    "gigogne.zip": lambda: zipped(dedans__zip=zipped(liste__csv=b"nom\nx\n")),
    "rire.xlsx": lambda: zipped(**{"xl/worksheets/sheet1__xml": LAUGHS}),
    "rire.ods": lambda: zipped(content__xml=LAUGHS, mimetype=b"x"),
    "dessin.svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "page.html": lambda: b"<script>alert(1)</script>",
    "nul.csv": lambda: b"\x00" * 500 + b"\x01\x02",
    "large.csv": lambda: b";".join(b"c%d" % n for n in range(1_000_000)) + b"\n" + b";" * 999_999,
    "profond.json": lambda: b"[" * 200_000,
    "nan.geojson": lambda: b'{"type": "FeatureCollection", "features": NaN}',
    "vide.csv": lambda: b"",
}


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_hostile_files_are_refused_in_words(
    connected: Callable[..., User], client: Client, site_home: Path, name: str
) -> None:
    connected("referent commune:35133")
    answer = sent(client, name, HOSTILE_FILES[name]())
    assert answer.status_code == 200
    assert 'class="fault"' in answer.content.decode()
    assert not ImportBatch.objects.exists()
    left = [p for p in (site_home / "imports").rglob("*") if p.is_file()]
    assert left == [], "nothing is kept of it"


def test_two_hundred_megabytes_are_refused_before_they_are_read(client: Client) -> None:
    class Body(io.BytesIO):
        def read(self, *_size: int) -> bytes:
            raise AssertionError("a byte of it was read")

    for length in (BodySizeMiddleware.MOST + 1, 200_000_000):
        answer = client.generic("POST", "/espace/imports/", CONTENT_LENGTH=str(length),
                                **{"wsgi.input": Body()})  # fmt: skip
        assert answer.status_code == 413
        page = answer.content.decode()
        assert "trop gros" in page
        assert "portrea offer import" in page
    assert client.generic("POST", "/espace/imports/", CONTENT_LENGTH="dix").status_code == 413


def test_a_list_just_too_heavy_is_said_beside_the_field(
    connected: Callable[..., User], client: Client
) -> None:
    connected("referent commune:35133")
    answer = sent(client, "liste.csv", HEADER.encode() + b"x;35133;y;z;\n" * 1_540_000)
    assert answer.status_code == 200
    assert "Mo" in answer.content.decode()
    assert not ImportBatch.objects.exists()


# -- cells that are imported -----------------------------------------------------------------------


@pytest.fixture
def hostile(connected: Callable[..., User], client: Client) -> ImportBatch:
    """A list whose every text is markup, a formula or unseen marks; received and previewed."""
    connected("administrateur")
    header = ["id", "nom", "code insee", "ville", "adresse", "description", "horaires", "site web",
              "courriel", "tarif", FORMULA, SCRIPT]  # fmt: skip
    rows = [
        ["1", SCRIPT, "35133", SCRIPT, SCRIPT, SCRIPT, SCRIPT, "javascript:alert(1)",
         '"><svg onload=1>@x.fr', SCRIPT, SCRIPT, SCRIPT],
        ["2", FORMULA, "35133", "Iffendic", FORMULA, FORMULA, FORMULA,
         "https://gouv.fr@evil.example/", "x@y", FORMULA, FORMULA, FORMULA],
        ["3", "Mairie \u202excod.exe", "35133", "Iff\u200bendic", "1 rue \u2066du Four", "a\ufeffb",
         "", "data:text/html,x", "", "", "", ""],
        ["4", "", "35133", SCRIPT, FORMULA, "", "", "", "", "", FORMULA, SCRIPT],
    ]  # fmt: skip
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows([header, *rows])
    told = {"title": SCRIPT, "territory": "france:FR",
            "file": SimpleUploadedFile("liste.csv", stream.getvalue().encode())}  # fmt: skip
    answer = client.post("/espace/imports/", told)
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.get()


def inert_page(client: Client, address: str) -> str:
    """Return a page in which nothing of the hostile cells is markup, a template or a link."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    page = str(answer.content.decode())
    for live in ("<svg/onload", "<img src=x", "</script><img", 'href="javascript', 'href="data:',
                 'href="https://gouv.fr@', "\u202e", "\u2066", "49{"):  # fmt: skip
        assert live not in page, (address, live)
    return page


def test_markup_in_every_cell_is_text_on_every_page(hostile: ImportBatch, client: Client) -> None:
    address = f"/espace/imports/{hostile.pk}/"
    inert_page(client, address)
    client.post(address, {"apply": "1"})
    assert Place.objects.count() == 3
    inert_page(client, address)
    told = Place.objects.get(search__contains="xcod")
    assert "Mairie xcod.exe" in inert_page(client, f"/lieux/{told.pk}/")
    for place in Place.objects.order_by("pk"):
        assert place.record.get("websites", []) == []
        for path in (f"/lieux/{place.pk}/", f"/espace/lieux/{place.pk}/",
                     f"/espace/lieux/{place.pk}/historique/", f"/signaler/{place.pk}/",
                     f"/espace/adresses/{place.pk}/"):  # fmt: skip
            inert_page(client, path)
    for path in ("/lieux/", "/espace/adresses/", "/espace/horaires/", "/espace/imports/"):
        inert_page(client, path)


def test_refused_cells_come_back_disarmed(hostile: ImportBatch, client: Client) -> None:
    address = f"/espace/imports/{hostile.pk}/"
    for _time in ("before", "after"):
        text = client.get(f"{address}refusees.csv").content.decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]
        assert any("HYPERLINK" in cell for cell in cells)
        assert not [cell for cell in cells if cell.startswith(("=", "@", "\t"))]
        client.post(address, {"apply": "1"})


# -- forms -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "java\tscript:alert(1)", "data:text/html;base64,PHN2Zz4=",
     "https://gouv.fr@evil.example", "https://u:p@evil.example", "//evil.example",
     "https://x.fr/<svg>", "vbscript:x", "file:///etc/passwd"],
)  # fmt: skip
def test_links_that_are_traps_are_refused_by_the_sheet(
    connected: Callable[..., User], client: Client, link: str
) -> None:
    connected("referent commune:35133")
    applied(record())
    place = only_place()
    address = f"/espace/lieux/{place.pk}/"
    page = client.get(address)
    form = page.context["form"]
    told = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    told = {name: value for name, value in told.items() if value not in ([], False)}
    hidden = {"version": page.context["version"], "seen": page.context["seen"]}
    answer = client.post(address, {**told, **hidden, "websites": link})
    assert answer.status_code == 200, "the page is shown again with the fault"
    assert 'class="fault"' in answer.content.decode()
    place.refresh_from_db()
    assert "websites" not in place.record


def test_unseen_marks_are_taken_out_of_what_people_type(client: Client, demo_marks: Place) -> None:
    words = "Fermé \u202ele lundi\u2066 \u200bmatin"
    address = f"/signaler/{demo_marks.pk}/"
    seen = re.findall(r'name="seen" value="([^"]*)"', client.get(address).content.decode())[0]
    asked = {"about": "fix", "seen": seen, "words": words}
    assert "Merci" in client.post(address, asked).content.decode()
    proposal = Proposal.objects.get()
    assert proposal.words == "Fermé le lundi matin"


@pytest.fixture
def demo_marks() -> Place:
    """A place of the census."""
    applied(record())
    return only_place()


# -- what leaves -----------------------------------------------------------------------------------


def test_the_map_and_the_card_hold_text(site: Client, client: Client) -> None:
    applied(record(name=SCRIPT, phone="+33299000000", latitude=48.1, longitude=-2.0))
    place = only_place()
    answer = client.get("/lieux/carte.json")
    assert answer["Content-Type"].startswith("application/json")
    assert json.loads(answer.content)["total"] == 1
    card = client.get(f"/lieux/{place.pk}/contact.vcf")
    assert card["Content-Type"].startswith("text/vcard")
    lines = card.content.decode().split("\r\n")
    assert sum(line.startswith("BEGIN:") for line in lines) == 1
