"""The public pages of places in a real browser: axe in each state, 320 px, no script, weights."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIGHT = 40_000
"""Bytes of HTML and style sheet, as sent, for the first view of a public page."""
TOWN = "/lieux/?territoire=commune:35133"
STATES = {
    "lieux-liste": TOWN,
    "lieux-criteres": f"{TOWN}&situation=aide&cout=Gratuit&samedi=oui",
    "lieux-aucun": f"{TOWN}&situation=aide&cout=Payant&samedi=oui",
    "lieux-mots": f"{TOWN}&q=etangs",
    "lieux-nom": "/lieux/?territoire=saint",
    "lieux-horaires": "/lieux/horaires/?territoire=commune:35133",
    "lieux-chiffres": "/lieux/statistiques/?territoire=commune:35133",
}


def sheet_of(page: Page) -> str:
    """Go to the page of the place that says everything; return its address."""
    page.goto(f"{TOWN}&q=etang")
    page.click("h3 a:has-text('Espace numérique')")
    page.wait_for_url(re.compile("/lieux/[^?]+/$"))
    return page.url


def checked(page: Page, name: str, keep: Callable[[str, bytes], None]) -> None:
    """Axe, 320 px (which is 1280 px at 400 %), and pictures to be looked at."""
    font = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert "Portrea Titres" in font, "an unstyled page would prove nothing"
    results = Axe().run(page)
    assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
    for device, (width, height) in {"telephone": (360, 740), "bureau": (1280, 900)}.items():
        page.set_viewport_size({"width": width, "height": height})
        keep(f"{name}-{device}", page.screenshot(full_page=True))


@pytest.mark.parametrize("name", STATES)
def test_each_state_of_the_lists(
    pond: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None], name: str
) -> None:
    page = visit(STATES[name])
    weight = page.evaluate(
        "performance.getEntriesByType('navigation')[0].encodedBodySize"
        " + performance.getEntriesByType('resource')"
        ".filter(r => r.name.includes('.css')).reduce((n, r) => n + r.encodedBodySize, 0)"
    )
    assert 5_000 < weight <= LIGHT, f"{name}: {weight} bytes"
    checked(page, name, keep)


def test_page_of_a_place(
    pond: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit("/")
    address = sheet_of(page)
    page.click("summary:has-text('D’où viennent')")
    page.click("summary:has-text('ce qui manque')")
    checked(page, "lieu", keep)
    page.set_viewport_size({"width": 360, "height": 740})
    phone = page.locator("a[href^='tel:']").bounding_box()
    assert phone["y"] + phone["height"] < 740, "the telephone is seen without scrolling"
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    assert not page.is_visible("text=Signaler une erreur")
    assert page.is_visible("text=Quoi apporter")
    keep("lieu-imprime", page.screenshot(full_page=True))
    page.emulate_media(media="screen")
    page.click("text=Signaler une erreur")
    page.wait_for_url("**/signaler/**")
    page.go_back()
    assert page.url == address


def test_filters_without_script_then_back(pond: str, visit: Callable[..., Page]) -> None:
    page = visit("/lieux/", java_script_enabled=False, width=360, height=740)
    page.fill("#territoire", "Iffendic")
    page.click("text=Voir les lieux")
    everything = page.inner_text("main h2")
    first = page.url
    page.click("summary:has-text('Plus de critères')")
    page.select_option("#f-cout", "Gratuit")
    page.click("text=Voir les lieux")
    page.wait_for_url(re.compile("cout=Gratuit"))
    assert page.inner_text("main h2") != everything
    assert re.match(r"\d+ lieux? qui aide", page.title())
    page.go_back()
    assert page.url == first
    assert page.inner_text("main h2") == everything


def test_the_map_says_what_the_list_says(pond: str, visit: Callable[..., Page]) -> None:
    page = visit(TOWN)
    listed = int(re.match(r"\d+", page.inner_text("main h2"))[0])
    told = page.request.get(page.get_attribute("[data-portrea-places]", "data-points")).json()
    assert told["total"] == listed
    assert sum(cell[2] for cell in told["cells"]) == told["placed"]
