"""The pages of access on a bad connection: few bytes, sent once, no cookie, found by links."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from django.test import Client

STATIC = Path(__file__).resolve().parents[3] / "src/portrea/web/design/static/design"
EPCI = "epci:243500618"
TRIAL = f"t={EPCI}&besoin=information&ajout=2,commune:35211"
OTHER = f"t={EPCI}&besoin=information&ajout=1,commune:35319"
PLACE = "/acces/epci/243500618/"
WEIGHTS = {
    "/acces/": 4_000,
    f"/acces/?territoire={EPCI}": 4_000,
    PLACE: 10_000,
    "/acces/commune/35211/": 10_000,
    f"/acces/et-si/?t={EPCI}": 10_000,
    f"/acces/et-si/?{TRIAL}": 10_000,
    f"/acces/comparer/?essai={quote(TRIAL)}&essai={quote(OTHER)}": 4_000,
    f"{PLACE}priorites/": 10_000,
}
"""Address → most bytes of its HTML, as sent."""
MOST_STYLE = 1_500
"""Bytes of the style of these pages, beside the one of the site."""


@pytest.mark.parametrize("address", WEIGHTS, ids=lambda text: text[:60])
def test_a_page_is_light_and_sent_once(site: Client, address: str) -> None:
    answer = site.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) <= WEIGHTS[address], len(answer.content)
    assert "no-cache" in answer["Cache-Control"]
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    html = gzip.decompress(answer.content)
    assert b"<script" not in html
    assert b"<img" not in html
    again = site.get(address, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert not again.content


def test_the_style_of_access_is_small() -> None:
    assert len(gzip.compress((STATIC / "reach.css").read_bytes(), 9)) <= MOST_STYLE


@pytest.mark.parametrize(
    ("page", "link"),
    [
        ("/", "/acces/"),
        ("/plan-du-site/", "/acces/"),
        ("/plan-du-site/", "/acces/tournees/"),
        ("/territoires/epci/243500618/", PLACE),
        ("/territoires/epci/243500618/", f"/acces/et-si/?t={EPCI}"),
        (f"/acces/?territoire={EPCI}", f"{PLACE}priorites/"),
        (f"/acces/?territoire={EPCI}", f"/acces/tournees/?territoire={EPCI}"),
        (PLACE, f"{PLACE}priorites/"),
        (PLACE, "/acces/methode/"),
        (f"{PLACE}priorites/", PLACE),
        ("/acces/tournees/", "/acces/"),
        ("/acces/methode/", "/acces/"),
        ("/sitemap.xml", "/acces/"),
    ],
)
def test_each_page_is_found_by_a_link(site: Client, page: str, link: str) -> None:
    told = site.get(page).content.decode()
    assert f'href="{link}"' in told or f"{link}</loc>" in told


def test_robots_leave_trials_aside(site: Client) -> None:
    told = site.get("/robots.txt").content.decode().split("\n")
    assert "Disallow: /acces/et-si/" in told
    assert "Disallow: /acces/tournees/?" in told
    assert not any(line.endswith("/acces/") for line in told)
