"""What a visit leaves and whom it calls: no cookie on public pages, nobody but this site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.census import PASSWORD
from web.pages import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CONNECTED = (
    "/compte/",
    "/journal/?tout",
    "/espace/registre/",
    "/espace/accessibilite/",
    "/espace/demandes-donnees/",
    "/espace/lieux/",
    "/espace/comite/",
)
OURS = {"sessionid", "csrftoken"}
"""Cookies of those who have an account; ``__Host-`` comes before them in HTTPS."""


def listened(browser: Browser, served: str) -> tuple[BrowserContext, set[str]]:
    """Return a fresh window, and the addresses that its pages and their workers will ask."""
    window, asked = browser.new_context(base_url=served), set[str]()
    window.on("request", lambda one: asked.add(one.url))
    return window, asked


def foreign(asked: set[str], served: str) -> set[str]:
    """Return the addresses asked that are not of this site."""
    return {url for url in asked if not url.startswith((served, "data:", "blob:"))}


def names(window: BrowserContext) -> set[str]:
    """Return the names of the cookies of a window."""
    return {cookie["name"].removeprefix("__Host-") for cookie in window.cookies()}


def kept(page: Page) -> int:
    """Return how many things the page keeps in the browser."""
    return int(page.evaluate("localStorage.length + sessionStorage.length"))


def test_public_pages_leave_nothing_and_call_nobody(browser: Browser, served: str) -> None:
    """One window through every public page, as a person who stays: nothing adds up."""
    window, asked = listened(browser, served)
    page = window.new_page()
    for address in PAGES:
        page.goto(address)
        assert names(window) == set(), address
        assert kept(page) == 0, address
    assert foreign(asked, served) == set()
    assert len(asked) > len(PAGES), "the requests were listened to"
    window.close()


def test_connected_pages_have_two_cookies_and_call_nobody(
    browser: Browser, served: str, keeper: str
) -> None:
    window, asked = listened(browser, served)
    page = window.new_page()
    page.goto("/connexion/")
    page.fill("[name=username]", keeper)
    page.fill("[name=password]", PASSWORD)
    page.click("main button:has-text('Se connecter')")
    page.wait_for_selector(".space-menu")
    for address in CONNECTED:
        page.goto(address)
        assert names(window) <= OURS, address
        assert kept(page) == 0, address
    assert "sessionid" in names(window)
    assert foreign(asked, served) == set()
    window.close()
