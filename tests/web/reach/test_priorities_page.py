"""The page of priority areas: the list first, then the causes, the map; the same numbers in CSV."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

PAGE = "/acces/epci/243500618/priorites/?besoin=information&qui=a1"


@pytest.fixture
def html(site: Client) -> str:
    response = site.get(PAGE)
    assert response.status_code == 200
    assert not response.cookies
    return response.content.decode()


def test_the_list_comes_before_the_causes_and_the_map(html: str) -> None:
    places = [html.index(f'id="{name}"') for name in ("zones-liste", "causes", "carte-priorites")]
    assert places == sorted(places)
    assert "<script" not in html[html.index("<main") : html.index("</main")]


def test_count_rate_and_access_stand_side_by_side_and_no_score(html: str) -> None:
    head = html[html.index('id="zones-liste"') :]
    titles = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', head[: head.index("</thead>")])
    for words in ("Personnes mal desservies", "Part", "Aide par semaine pour 100 personnes"):
        assert words in titles
    assert not any("score" in title.lower() for title in titles)


def test_causes_have_source_year_and_caution(html: str) -> None:
    assert "Locaux sans très haut débit" in html
    assert "2019" in html
    assert "Ce n’est pas une carte de couverture" in html


def test_the_file_has_every_area_of_the_page(site: Client, html: str) -> None:
    address = re.search(r'href="([^"]+\.csv[^"]*)"', html)[1].replace("&amp;", "&")
    response = site.get(address)
    assert response.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert len(rows) == 8
    assert all(row["name"].replace("'", "’") in html for row in rows)


def test_the_order_is_one_of_three_and_is_kept_in_the_address(site: Client, html: str) -> None:
    links = re.findall(r'href="(/acces/epci/243500618/priorites/\?[^"]*)"', html)
    orders = [link for link in links if "ordre=" in link]
    assert len(orders) == 2
    assert site.get(orders[0].replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("ordre=score", "Valeurs possibles"),
        ("nombre=0", "nombre entier de 1 à 50"),
        ("nombre=²", "nombre entier de 1 à 50"),
        ("seuil=12", "Valeurs possibles"),
        ("zones=region", "Valeurs possibles"),
        ("besoin=tout", "Valeurs possibles"),
        ("qui=zzz", "Mesures connues ici"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_french(site: Client, query: str, words: str) -> None:
    response = site.get(f"/acces/epci/243500618/priorites/?{query}")
    assert response.status_code == 400
    assert words in response.content.decode()


def test_an_unknown_territory_is_not_found(site: Client) -> None:
    assert site.get("/acces/epci/000000000/priorites/").status_code == 404
