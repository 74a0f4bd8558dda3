"""The places: phone first, hours of the day by the clock of the place, nearest first."""

from __future__ import annotations

import html
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from portrea.sources.store import Store
from portrea.steering.reading import Reader
from portrea.web.offer.cards import kind_label, phone_text, place_card, today

if TYPE_CHECKING:
    from django.test import Client

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/web/today.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"][:40])
def test_today(case: dict[str, Any]) -> None:
    said = today(case["hours"], case["commune"], case["now"])
    assert said.text.replace("\u202f", " ").replace("\u00a0", " ") == case["text"]
    assert said.open is case["open"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("+33299090017", "02 99 09 00 17"),
        ("0299090017", "02 99 09 00 17"),
        ("02.99.09.00.17", "02 99 09 00 17"),
        ("3939", "3939"),
        ("+32 2 555 11 11", "+32 2 555 11 11"),
        ("", ""),
    ],
)
def test_phone(given: str, shown: str) -> None:
    assert phone_text(given).replace("\u00a0", " ") == shown


def test_kind_in_everyday_words() -> None:
    assert kind_label("MUNI|BIB").endswith("Bibliothèque, médiathèque")
    assert kind_label("INCONNU") == "INCONNU"
    assert kind_label(None) == ""


def test_a_trapped_web_address_is_not_a_link(demo_home: Path) -> None:
    row = Reader(Store(demo_home)).places(["35188"]).row(0, named=True)
    card = place_card(
        row | {"website": "javascript:alert(1)"}, datetime.fromisoformat("2026-11-21T10:00Z")
    )
    assert card.website == ""


def names(page: str) -> list[str]:
    return [html.unescape(n) for n in re.findall(r'<h3><a href="/lieux/[^"]+/">(.*?)</a>', page)]


def distances(page: str) -> list[float]:
    return [float(n.replace(",", ".")) for n in re.findall(r"\(([\d,]+) km à vol", page)]


def test_nearest_first(site: Client) -> None:
    page = site.get("/lieux/?territoire=35188").content.decode()
    assert names(page)[0] == "Mairie de Montfort-sur-Meu"
    assert distances(page) == sorted(distances(page))
    assert len(distances(page)) == 15


def test_pages_follow_without_hole_nor_repeat(site: Client) -> None:
    address, seen = "/lieux/?territoire=departement:35", []
    while address:
        page = site.get(address).content.decode()
        seen += re.findall(r'<h3><a href="(/lieux/[^"]+/)">', page)
        following = re.search(r'href="(/lieux/\?[^"]+apres=[^"]+)"', page)
        address = html.unescape(following[1]) if following else ""
    total = int(re.search(r"<h2>(\d+) lieux", page)[1])
    assert len(seen) == len(set(seen)) == total


def test_situation_filters(site: Client) -> None:
    page = site.get("/lieux/?territoire=epci:243500550&situation=formation").content.decode()
    assert "Aucun lieu connu ne répond" in page


def test_name_written_by_a_person(site: Client) -> None:
    assert names(site.get("/lieux/?territoire=montfort sur meu").content.decode())
    proposals = site.get("/lieux/?territoire=montfort").content.decode()
    assert "Quel territoire pour" in proposals
    assert 'href="/lieux/?territoire=commune:35188&amp;situation="' in proposals
    assert "Aucun territoire pour" in site.get("/lieux/?territoire=xyzxyzxyz").content.decode()


def test_unknown_situation_is_explained(site: Client) -> None:
    answer = site.get("/lieux/?territoire=35188&situation=logement")
    assert answer.status_code == 400
    assert "La situation « logement » n’existe pas" in answer.content.decode()


def test_place_page(site: Client) -> None:
    page = site.get("/lieux/?territoire=35188").content.decode()
    address = re.search(r'<h3><a href="(/lieux/[^"]+/)">', page)[1]
    detail = site.get(address).content.decode()
    assert "Mairie de Montfort-sur-Meu" in detail
    assert detail.index('href="tel:') < detail.index("<dl")
    assert site.get("/lieux/inconnu/").status_code == 404


def test_open_now_is_never_kept(site: Client) -> None:
    assert site.get("/lieux/?territoire=35188")["Cache-Control"] == "no-cache"
