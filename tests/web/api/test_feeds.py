"""Permanences of a territory, in a page, a calendar and a feed; the sitemap."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from portrea.web.api import sitemap
from web.offer.census import applied, record

if TYPE_CHECKING:
    from django.test import Client

NOW = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
FORTNIGHT = {
    "kind": "permanence",
    "hours": "Th 09:00-12:00",
    "every_weeks": 2,
    "first": "2026-11-12",
    "by_appointment": True,
    "closures": [{"start": "2026-12-07", "end": "2026-12-13", "reason": "congés"}],
}
"""Thursdays 26 November and 10 December: the second one in the days of closure."""
BUS = {
    "kind": "itinerant",
    "dates": ["2026-11-24"],
    "commune": "35188",
    "address": "Place Saint-Nicolas",
}
TOLD = {"kind": "permanence", "hours_text": "un lundi sur deux"}


def service(key: str, *presences: dict[str, object]) -> dict[str, object]:
    return {"block": "aide", "key": key, "name": f"Aide {key}", "presences": list(presences)}


@pytest.fixture
def held(site: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A town hall of Iffendic with a fortnightly permanence, and a bus that goes to Montfort."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    applied(
        record("mairie", phone="+33299090015", services=[service("caf", FORTNIGHT, TOLD)]),
        record("bus", services=[service("bus", BUS)]),
    )
    return site


def test_a_calendar_says_the_right_days(held: Client) -> None:
    response = held.get("/permanences/commune/35133.ics")
    told = response.content.decode()
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    # 9 h in Paris, in winter, is 8 h UTC; the 10 December is a day of closure
    assert re.findall(r"DTSTART[^\r]*", told) == ["DTSTART:20261126T080000Z"]
    assert re.findall(r"DTEND[^\r]*", told) == ["DTEND:20261126T110000Z"]
    assert "Sur rendez-vous." in told.replace("\r\n ", "")
    again = held.get("/permanences/commune/35133.ics", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_a_bus_is_where_it_goes(held: Client) -> None:
    told = held.get("/permanences/commune/35188.ics").content.decode()
    assert re.findall(r"DTSTART[^\r]*", told) == ["DTSTART;VALUE=DATE:20261124"]
    assert "Place Saint-Nicolas" in told


def test_a_feed_of_a_larger_territory(held: Client) -> None:
    response = held.get("/permanences/departement/35.atom")
    feed = ET.fromstring(response.content)
    titles = [entry.findtext(f"{ATOM}title") or "" for entry in feed.iter(f"{ATOM}entry")]
    assert [title.split(" : ")[0] for title in titles] == [
        "Mardi 24 novembre",
        "Jeudi 26 novembre, 9\u202fh – 12\u202fh",
    ]
    ids = {entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")}
    assert len(ids) == 2
    assert feed.findtext(f"{ATOM}updated") == "2026-11-22T00:00:00+00:00"


def test_the_page_says_what_it_does_not_know(held: Client) -> None:
    page = held.get("/permanences/epci/243500550/").content.decode()
    assert "Jeudi 26 novembre" in page
    assert "Dates à demander par téléphone" in page
    assert "un lundi sur deux" in page
    assert 'type="application/atom+xml"' in page
    assert "webcal" not in page


def test_territories_that_cannot_be(site: Client) -> None:
    assert site.get("/permanences/region/53/").status_code == 400
    assert site.get("/permanences/commune/99999.ics").status_code == 404


def test_an_empty_territory_is_said(site: Client) -> None:
    page = site.get("/permanences/commune/35211/").content.decode()
    assert "Aucune date de permanence" in page
    assert site.get("/permanences/commune/35211.atom").status_code == 200


# -- sitemap --------------------------------------------------------------------------------------

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def test_the_sitemap_lists_pages_that_open(site: Client) -> None:
    response = site.get("/sitemap.xml")
    told = ET.fromstring(response.content)
    found = [one.text or "" for one in told.findall("s:url/s:loc", NAMES)]
    assert len(found) == len(set(found)) > 300
    for part in ("/orientation/", "/ar/orientation/", "/territoires/commune/35188/", "/integrer/"):
        assert f"http://testserver{part}" in found
    place = next(one for one in found if "/lieux/" in one and not one.endswith("/lieux/"))
    assert site.get(place.removeprefix("http://testserver")).status_code == 200
    packed = site.get("/sitemap.xml", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.content) == response.content
    again = site.get("/sitemap.xml", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert site.get("/sitemap-1.xml").status_code == 404
    assert "Sitemap: http://testserver/sitemap.xml" in site.get("/robots.txt").content.decode()


def test_above_the_limit_an_index_leads_to_every_part(
    site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = site.get("/sitemap.xml").content
    monkeypatch.setattr(sitemap, "MOST", 100)
    monkeypatch.setattr(sitemap, "site_digest", lambda: "another")
    told = ET.fromstring(site.get("/sitemap.xml").content)
    parts = [one.text or "" for one in told.findall("s:sitemap/s:loc", NAMES)]
    found = b"".join(site.get(part.removeprefix("http://testserver")).content for part in parts)
    assert re.findall(rb"<loc>.*?</loc>", found) == re.findall(rb"<loc>.*?</loc>", whole)
    assert site.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    assert site.get("/sitemap-0.xml").status_code == 404
