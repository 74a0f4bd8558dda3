"""Pages framed by other sites, and on a self-service station: what stays, what leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from portrea.web.api.stations import Station, StationMiddleware, is_open, station_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

ORIENTATION = "/orientation/?commune=35188"


def answered(
    address: str, page: str = "", change: Callable[[HttpResponse], None] | None = None
) -> HttpResponse:
    """What the middleware makes of a page."""

    def respond(_request: HttpRequest) -> HttpResponse:
        response = HttpResponse(page)
        response["X-Frame-Options"] = "DENY"
        response.set_cookie("sessionid", "x")
        if change:
            change(response)
        return response

    return StationMiddleware(respond)(RequestFactory().get(address))


def body(address: str, page: str) -> str:
    return answered(address, page).content.decode()


@pytest.mark.parametrize(
    ("path", "prefix", "commune", "minutes"),
    [
        ("/integre/orientation/", "/integre", "", 0),
        ("/borne/", "/borne", "", 3),
        ("/borne-10/orientation/", "/borne-10", "", 10),
        ("/borne-2A004", "/borne-2A004", "2A004", 3),
        ("/borne-5-35188/lieux/x/", "/borne-5-35188", "35188", 5),
    ],
)
def test_the_setting_is_in_the_address(path: str, prefix: str, commune: str, minutes: int) -> None:
    station = station_of(path)
    assert station is not None
    assert (station.prefix, station.commune, station.minutes) == (prefix, commune, minutes)


@pytest.mark.parametrize(
    "path",
    ["/", "/integrer/", "/bornes/", "/borne-0/", "/borne-31/", "/borne-5-3518/", "/x/borne/"],
)
def test_other_addresses_have_none(path: str) -> None:
    assert station_of(path) is None


@pytest.mark.parametrize(
    ("path", "opened"),
    [
        ("/orientation/", True),
        ("/ar/orientation/", True),
        ("/lieux/p1/", True),
        ("/compte/", False),
        ("/espace/orientations/", False),
        ("/admin/", False),
        ("/inconnu/", False),
    ],
)
def test_some_pages_only_are_open(path: str, opened: bool) -> None:
    assert is_open(path) is opened


def test_what_writes_is_closed() -> None:
    assert not is_open(reverse("report", kwargs={"place_id": "p1"}))


def test_a_frame_is_open_to_all_sites_and_sets_no_cookie() -> None:
    response = answered("/integre" + ORIENTATION)
    assert "X-Frame-Options" not in response
    assert response._csp_replace == {"frame-ancestors": ["*"]}  # type: ignore[attr-defined]
    assert not response.cookies
    assert response["X-Robots-Tag"] == "noindex"


def test_a_station_is_framed_by_nobody_and_kept_by_no_browser() -> None:
    response = answered("/borne" + ORIENTATION)
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("link", "framed", "kiosk"),
    [
        ('href="/lieux/p1/"', 'href="/P/lieux/p1/"', 'href="/P/lieux/p1/"'),
        ('href="/en/orientation/?a=1&amp;b=2"',) + ('href="/P/en/orientation/?a=1&amp;b=2"',) * 2,
        ('href="#question"',) + ('href="#question"',) * 2,
        ('href="?rang=3"',) + ('href="?rang=3"',) * 2,
        ('href="/methode/"', 'href="/methode/" target="_blank" rel="noopener"', ""),
        ('href="https://caf.fr/x"', 'href="https://caf.fr/x" target="_blank" rel="noopener"', ""),
        ('href="//mal.exemple/"', 'href="//mal.exemple/" target="_blank" rel="noopener"', ""),
        ('href="tel:+33299090017"', 'href="tel:+33299090017"', ""),
        ('class="btn" href="tel:3646"', 'class="btn" href="tel:3646"', 'class="btn"'),
        (
            'class="btn" href="/compte/"',
            'class="btn" href="/compte/" target="_blank" rel="noopener"',
            'class="btn" hidden',
        ),
    ],
)
def test_links(link: str, framed: str, kiosk: str) -> None:
    for prefix, expected in (("integre", framed), ("borne-4", kiosk)):
        told = body(f"/{prefix}{ORIENTATION}", f"<a {link}>x</a>")
        assert " ".join(
            told.split()
        ) == f"<a {expected.replace('/P/', f'/{prefix}/')}>x</a>".replace("<a >", "<a>")


def test_a_station_opens_the_sites_told_by_the_administrator(settings: SettingsWrapper) -> None:
    settings.PORTREA_KIOSK_SITES = ["caf.fr"]
    for address, opened in (
        ("https://www.caf.fr/x", True),
        ("https://caf.fr/", True),
        ("https://decaf.fr/", False),
        ("https://caf.fr.mal.exemple/", False),
        ("https://caf.fr@mal.exemple/", False),
    ):
        assert ("href" in body("/borne" + ORIENTATION, f'<a href="{address}">x</a>')) is opened


def test_a_redirection_never_leaves_the_station() -> None:
    for told, expected in (
        ("/lieux/p2/", "/borne/lieux/p2/"),
        ("/connexion/", "/borne/orientation/"),
        ("https://mal.exemple/", "/borne/orientation/"),
    ):
        response = answered(
            "/borne" + ORIENTATION,
            "",
            lambda page, told=told: page.headers.setdefault("Location", told),
        )
        assert response["Location"] == expected


def test_what_is_sent_is_only_read() -> None:
    request = RequestFactory().post("/integre/orientation/")
    assert StationMiddleware(lambda _request: HttpResponse())(request).status_code == 405


def test_the_question_of_a_browser_without_scripts() -> None:
    station = Station("kiosk", "/borne", minutes=3, page="/orientation/?commune=35188&vu=oui")
    assert not station.is_first
    assert station.waiting == (
        "/borne/borne/attente/?suite=%2Fborne%2Forientation%2F%3Fcommune%3D35188%26vu%3Doui"
    )


# -- on the site ----------------------------------------------------------------------------------


def test_headers_of_the_whole_site(site: Client) -> None:
    framed = site.get("/integre/orientation/")
    assert framed.status_code == 200
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert not framed.cookies
    page = framed.content.decode()
    assert "site-header" not in page
    assert "site-footer" not in page
    plain = site.get("/orientation/")
    assert "frame-ancestors 'none'" in plain["Content-Security-Policy"]
    assert plain["X-Frame-Options"] == "DENY"
    assert '<link rel="alternate" type="application/json+oembed"' in plain.content.decode()


def test_a_closed_page_says_so(site: Client) -> None:
    for address in ("/integre/compte/", "/borne/admin/", "/integre/inconnu/"):
        response = site.get(address)
        assert response.status_code == 404
        assert "ne s’ouvre pas ici" in response.content.decode()


def test_the_wait_of_a_station_leads_back_inside_only(site: Client) -> None:
    inside = site.get("/borne/borne/attente/", {"suite": "/borne/orientation/?commune=35188"})
    assert 'href="/borne/orientation/?commune=35188"' in inside.content.decode()
    for told in ("https://mal.exemple/", "//mal.exemple/", "/borne/\\mal", "/compte/"):
        page = site.get("/borne/borne/attente/", {"suite": told}).content.decode()
        assert "mal" not in page.split("<main")[1].split("</main>")[0]
        assert 'href="/borne/orientation/"' in page


def test_the_end_of_a_visit_wipes_and_starts_again(site: Client) -> None:
    site.cookies["sessionid"] = "inconnu"
    response = site.get("/borne-3-35188/borne/fin/")
    assert response["Location"] == "/borne-3-35188/orientation/?commune=35188"
    assert '"cookies"' in response["Clear-Site-Data"]
    assert '"storage"' in response["Clear-Site-Data"]
    assert response.cookies["sessionid"]["max-age"] == 0
    assert site.get("/borne/fin/").status_code == 404, "outside a station"
