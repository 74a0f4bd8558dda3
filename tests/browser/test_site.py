"""The public site as people use it: by keyboard, on a phone, magnified, without script, aloud."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from web.pages import EPCI, PAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = {"bureau": (1280, 900), "telephone": (360, 740)}
SHOTS = {
    "accueil": "/",
    "recherche": "/territoires/?q=mont",
    "portrait-epci": EPCI,
    "portrait-commune": "/territoires/commune/35188/",
    "carte": "/carte/?mesure=a1&niveau=commune&territoire=departement:35",
    "lieux": "/lieux/?territoire=35188",
    "methode": "/methode/",
    "sources": "/sources/",
}


@pytest.mark.parametrize("address", PAGES)
def test_axe_is_clean_and_nothing_scrolls_sideways(
    visit: Callable[..., Page], address: str
) -> None:
    """RGAA by axe: WCAG 2.1 A and AA rules and best practices, on a page that is really styled.

    Then RGAA 10.11: 320 px wide, which is also 1280 px at 400 %.
    """
    page = visit(address)
    font = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert "Portrea Titres" in font, "an unstyled page would prove nothing"
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_text_spacing(visit: Callable[..., Page]) -> None:
    """RGAA 10.12: wider spacing of text cuts nothing."""
    page = visit(EPCI, width=360, height=740)
    style = "* { line-height: 1.5 !important; letter-spacing: .12em !important; "
    style += "word-spacing: .16em !important }"
    page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css);"
        " document.adoptedStyleSheets = [s]; }",
        style,
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def focused(page: Page) -> str:
    return str(
        page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")
    )


def tab_to(page: Page, words: str, *, most: int = 120) -> None:
    """Press Tab until the focus is on what is called ``words``; it must be seen there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if words in focused(page):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"no visible focus on {words}"
            return
    pytest.fail(f"« {words} » is not reached by keyboard")


def test_keyboard_path(visit: Callable[..., Page]) -> None:
    """RGAA 7.3, 10.7, 12.8: home → search → territory → download, without a mouse."""
    page = visit("/")
    page.keyboard.press("Tab")
    assert focused(page) == "Aller au contenu"
    page.keyboard.press("Enter")
    tab_to(page, "recherche")
    page.keyboard.type("montfort")
    page.keyboard.press("Enter")
    page.wait_for_url("**/territoires/?q=montfort")
    tab_to(page, "Montfort-sur-Meu")
    page.keyboard.press("Enter")
    page.wait_for_url("**/territoires/commune/35188/")
    tab_to(page, "Tableur (CSV)")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "donnees-commune-35188.csv"


def test_without_script(visit: Callable[..., Page]) -> None:
    """Search, portrait, drawing, table and places need no script."""
    page = visit("/", java_script_enabled=False)
    assert not page.is_visible("text=Près de moi")
    page.fill("#recherche", "montfort communauté")
    page.click("text=Voir le portrait")
    page.click(".results a >> nth=0")
    assert "Montfort" in page.inner_text("h1")
    page.click("a:text-is('Carte') >> nth=1")
    assert page.is_visible(".map-still svg")
    assert page.locator("table.data tbody tr").count() == 8
    assert not page.is_visible("text=Ouvrir la carte interactive")


def test_near_me(visit: Callable[..., Page]) -> None:
    here = {"latitude": 48.137, "longitude": -1.955}
    page = visit("/", geolocation=here, permissions=["geolocation"])
    page.click("text=Près de moi")
    page.wait_for_url("**/territoires/commune/35188/")
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_near_me_refused(visit: Callable[..., Page]) -> None:
    """RGAA 7.5: the refusal is said, and the search stays."""
    page = visit("/", permissions=[])
    page.click("text=Près de moi")
    page.wait_for_timeout(300)
    assert "cherchez votre commune par son nom" in page.inner_text("[role=status]").lower()
    assert page.is_enabled("text=Près de moi")


def wait_for_map(page: Page) -> str:
    """Wait for the live map by polling: the policy forbids what Playwright would evaluate."""
    for _ in range(120):
        state = page.get_attribute("[data-portrea-map]", "data-state")
        if state:
            return state
        page.wait_for_timeout(250)
    return "never"


@pytest.mark.parametrize("level", ["commune", "epci"])
def test_live_map(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None], level: str
) -> None:
    """RGAA 3.1, 4.12: the map says in words the number written in the table."""
    page = visit(f"/carte/?mesure=a1&niveau={level}&territoire=departement:35")
    page.click("text=Ouvrir la carte interactive")
    assert wait_for_map(page) == "ready"
    box = page.locator("[data-portrea-canvas]").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(300)
    said = re.fullmatch(
        r"(.+) : (.+) \((.+) personnes\), note ([A-D])", page.inner_text("[data-portrea-readout]")
    )
    assert said, page.inner_text("[data-portrea-readout]")
    row = page.locator("tr", has=page.locator(f'th >> text="{said[1]}"'))
    if row.count():
        assert row.locator("td").all_inner_texts() == [said[3], said[2], said[4]]
    keep(f"carte-{level}-ouverte", page.screenshot())


def test_print(visit: Callable[..., Page]) -> None:
    page = visit(EPCI)
    page.emulate_media(media="print")
    assert not page.is_visible(".site-nav")
    assert not page.is_visible(".toc")
    assert page.is_visible("h1")


@pytest.mark.parametrize("name", SHOTS)
def test_screenshot(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None], name: str
) -> None:
    """Screenshots to be looked at; the page has something to show above the fold."""
    page = visit(SHOTS[name])
    for device, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.locator("h1").bounding_box()["y"] < height
        keep(f"{name}-{device}", page.screenshot(full_page=True))
