"""A commune or a building found by its name and tried; several territories in one address."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from portrea.web.reach.asked import read_text
from portrea.web.reach.finding import MOST, search

if TYPE_CHECKING:
    from django.test import Client

EPCI = "epci:243500618"
PAGE = "/acces/et-si/"
ASKED = f"t={EPCI}&besoin=information"


def body(site: Client, query: str) -> str:
    answer = site.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("text", ["mairie paimpont", "PAIMPONT Mairie", "mairie de païmpont"])
def test_a_building_is_found_whatever_the_accents(site: Client, text: str) -> None:
    page = body(site, f"{ASKED}&cherche={text}")
    assert "Mairie de Paimpont" in page
    links = re.findall(r'href="/acces/et-si/\?([^"]*ajout=1,[^"]*)">essayer<', page)
    opened = read_text(next(link for link in links if "commune:" not in link))
    assert [count for count, _ in opened.changes.opened] == [1]
    assert site.get(f"{PAGE}?{opened.query()}").status_code == 200


@pytest.mark.usefixtures("site")
def test_what_helps_may_close_and_what_is_there_grows() -> None:
    asked = read_text(ASKED)
    one = next(one for one in search(asked, "mairie paimpont").found if one.closes)
    assert len(read_text(one.closes).changes.closed) == 1
    more = search(read_text(one.opens), one.name).found
    again = next(other for other in more if other.name == one.name)
    assert [count for count, _ in read_text(again.opens).changes.opened] == [2]


@pytest.mark.usefixtures("site")
def test_a_long_list_is_cut_and_said() -> None:
    found = search(read_text(ASKED), "mairie")
    few = search(read_text(ASKED), "a")
    assert len(found.found) <= MOST
    assert len(few.found) == MOST
    assert few.left > 0
    assert all("airie" in one.name for one in found.found)
    assert search(read_text(ASKED), "  ") == search(read_text(ASKED), "")


def test_nothing_found_is_told(site: Client) -> None:
    page = body(site, f"{ASKED}&cherche=zzz<b>")
    assert "Rien ne s’appelle «\N{NO-BREAK SPACE}zzz<b>\N{NO-BREAK SPACE}»" in page
    assert "<b>" not in site.get(f"{PAGE}?{ASKED}&cherche=zzz<b>").content.decode()


def test_places_of_the_map_lead_to_a_trial(site: Client) -> None:
    text = site.get(f"{PAGE}?{ASKED}").content.decode()
    drawing = text[text.index('class="what-if-map"') :]
    drawing = drawing[: drawing.index("</svg>")]
    links = re.findall(r'<a href="([^"]+)" tabindex="-1"', drawing)
    places = [link for link in links if "ajout=1,commune:" not in html.unescape(link)]
    assert places
    assert len(places) < len(links)
    assert site.get(html.unescape(places[0])).status_code == 200


def test_several_territories_share_one_address(site: Client) -> None:
    several = "epci:243500618,epci:243500550"
    answer = site.get(f"{PAGE}?territoires={several}&besoin=information&ajout=1,commune:35211")
    assert answer.status_code == 302
    assert answer["Location"] == f"{PAGE}?t={several}&besoin=information&ajout=1,commune:35211"
    text = body(site, answer["Location"].partition("?")[2])
    assert "à Paimpont" in text
    twice = site.get(f"{PAGE}?t={EPCI},commune:35211")
    assert twice.status_code == 404
    assert "comptés deux fois" in twice.content.decode()
