"""Every public page: complete, well built, without cookie, without anything inline."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from web.pages import EPCI, PAGES

if TYPE_CHECKING:
    from django.test import Client


class Outline(HTMLParser):
    """Tags with their attributes, and the heading levels in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, site: Client) -> str:
    response = site.get(request.param)
    assert response.status_code == 200
    return response.content.decode()


def test_structure(page: str) -> None:
    """RGAA 8.3, 8.5, 9.1, 9.2, 12.6, 12.7: language, title, headings, landmarks, skip link."""
    outline = Outline(page)
    assert outline.all("html") == [{"lang": "fr", "dir": "ltr"}]
    assert re.search(r"<title>[^<]{4,} – Portrea</title>", page)
    assert outline.headings.count(1) == 1
    steps = zip(outline.headings, outline.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps), outline.headings
    for landmark in ("header", "main", "footer"):
        assert len(outline.all(landmark)) == 1
    assert outline.all("a")[0]["href"] == "#contenu"
    assert "Accessibilité\u00a0: non conforme" in page


def test_identifiers_are_unique_and_links_to_them_hold(page: str) -> None:
    """RGAA 8.2: no repeated id; every internal reference leads somewhere."""
    outline = Outline(page)
    counts = Counter(a["id"] for _, a in outline.tags if a.get("id"))
    assert [name for name, count in counts.items() if count > 1] == []
    anchors = {a["href"][1:] for a in outline.all("a") if (a.get("href") or "").startswith("#")}
    named = {name for _, a in outline.tags for name in (a.get("aria-labelledby") or "").split()}
    described = {n for _, a in outline.tags for n in (a.get("aria-describedby") or "").split()}
    assert (anchors | named | described) - set(counts) == set()


def test_tables_and_fields_are_named(page: str) -> None:
    """RGAA 5.4 to 5.7, 11.1: captions, scopes, labels."""
    outline = Outline(page)
    assert len(outline.all("table")) == len(outline.all("caption"))
    assert all(a.get("scope") in {"col", "row"} for a in outline.all("th"))
    labelled = {a["for"] for a in outline.all("label")}
    fields = [a for tag in ("input", "select") for a in outline.all(tag)]
    assert {a["id"] for a in fields if a.get("type") != "hidden"} <= labelled


def test_nothing_inline_and_nothing_from_elsewhere(page: str) -> None:
    """What the content security policy refuses is not even written."""
    outline = Outline(page)
    assert not [a for _, a in outline.tags if "style" in a or any(k.startswith("on") for k in a)]
    assert outline.all("style") == []
    assert all(a.get("src", "").startswith("/static/") for a in outline.all("script"))
    loaded = [a.get("href") or "" for a in outline.all("link")]
    assert all(address.startswith("/static/") for address in loaded)


@pytest.mark.parametrize("address", PAGES)
def test_headers(site: Client, address: str) -> None:
    response = site.get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "worker-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert "geolocation=(self)" in response["Permissions-Policy"]
    assert re.fullmatch("[0-9a-f]{12}", response["X-Request-ID"])
    assert not response.cookies


def test_titles_differ(site: Client) -> None:
    titles = [re.search("<title>(.*)</title>", site.get(p).content.decode())[1] for p in PAGES]
    assert len(set(titles)) == len(titles)


def test_every_internal_link_answers(site: Client) -> None:
    seen = set()
    for address in PAGES:
        for found in Outline(site.get(address).content.decode()).all("a"):
            link = (found.get("href") or "").split("#")[0]
            if link.startswith("/") and "portrait.pdf" not in link:
                seen.add(link)
    sample = sorted(seen)[:: max(1, len(seen) // 120)]
    answers = {link: site.get(link).status_code for link in sample}
    assert {link: status for link, status in answers.items() if status not in {200, 302}} == {}


def test_portrait_is_not_sent_twice(site: Client) -> None:
    first = site.get(EPCI)
    again = site.get(EPCI, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    dated = site.get(EPCI, headers={"If-Modified-Since": first["Last-Modified"]})
    assert dated.status_code == 304
    assert site.get(EPCI + "donnees.csv")["ETag"] != first["ETag"]


def test_search_by_code_leads_to_the_page(site: Client) -> None:
    answer = site.get("/territoires/?q=35188")
    assert (answer.status_code, answer["Location"]) == (302, "/territoires/commune/35188/")


def test_search_without_answer_says_so(site: Client) -> None:
    page = site.get("/territoires/?q=xyzxyzxyz").content.decode()
    assert "Aucun territoire pour «\u00a0xyzxyzxyz\u00a0»" in page


def test_search_text_is_escaped(site: Client) -> None:
    page = site.get("/territoires/?q=<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page


def test_near_me_leads_to_the_nearest_commune_and_keeps_nothing(site: Client) -> None:
    answer = site.get("/pres-de-moi/?lat=48.137&lon=-1.955")
    assert (answer.status_code, answer["Location"]) == (302, "/territoires/commune/35188/")
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "query", ["", "?lat=a&lon=b", "?lat=48", "?lat=95&lon=0", "?lat=nan&lon=0"]
)
def test_near_me_refuses_nonsense(site: Client, query: str) -> None:
    answer = site.get("/pres-de-moi/" + query)
    assert answer.status_code == 400
    assert "Cherchez plutôt votre commune" in answer.content.decode()


def test_robots_and_icon(site: Client) -> None:
    assert b"Disallow: /admin/" in site.get("/robots.txt").content
    assert site.get("/favicon.ico")["Location"] == "/static/design/icon.svg"


def test_post_is_refused(site: Client) -> None:
    assert site.post("/").status_code == 405
