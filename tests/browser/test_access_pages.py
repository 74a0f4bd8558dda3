"""The pages of access in a real browser: axe in each state, 320 px, keyboard, no script, print."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EPCI = "epci:243500618"
PLACE = "/acces/epci/243500618/"
TRIAL = f"t={EPCI}&besoin=information&ajout=2,commune:35211"
OTHER = f"t={EPCI}&besoin=information&ajout=1,commune:35319"
STOPS = "Marché ; Montfort-sur-Meu ; 2 h ; toutes les semaines ; vendredi matin\nCamping ; Bédée ; 90 ; une fois ; samedi"  # noqa: E501
ROUND = urlencode({"arrets": STOPS, "debut": "2026-12-07", "semaines": "2"})
BAD = urlencode({"arrets": "Marché ; Bédée ; longtemps", "debut": "2026-12-07"})
STATES = {
    "acces": "/acces/",
    "acces-choisi": f"/acces/?territoire={EPCI}",
    "acces-inconnu": "/acces/?territoire=Xyzzyville",
    "acces-epci": PLACE,
    "acces-commune": "/acces/commune/35211/?besoin=formation",
    "acces-region": "/acces/region/53/",
    "acces-faute": f"{PLACE}?minutes=7",
    "et-si": f"/acces/et-si/?t={EPCI}",
    "et-si-essai": f"/acces/et-si/?{TRIAL}&garde={quote(OTHER, safe='')}",
    "et-si-faute": f"/acces/et-si/?t={EPCI}&minutes=7",
    "comparer": f"/acces/comparer/?essai={quote(TRIAL)}&essai={quote(OTHER)}",
    "comparer-vide": "/acces/comparer/",
    "priorites": f"{PLACE}priorites/",
    "priorites-departement": "/acces/departement/35/priorites/?besoin=formation",
    "tournees": "/acces/tournees/",
    "tournees-plan": f"/acces/tournees/?{ROUND}",
    "tournees-faute": f"/acces/tournees/?{BAD}",
    "tournees-feuille": f"/acces/tournees/feuille/?{ROUND}",
    "acces-methode": "/acces/methode/",
}
LIGHT = 45_000
"""Bytes of HTML and style sheets, as sent, for the first view of a public page."""
SENT = """
(() => {
  const all = performance.getEntriesByType('resource');
  const css = all.filter((r) => r.name.includes('.css'));
  const page = performance.getEntriesByType('navigation')[0];
  const bytes = page.encodedBodySize + css.reduce((n, r) => n + r.encodedBodySize, 0);
  return [bytes, all.length];
})()
"""
UNNAMED = """
[...document.querySelectorAll('main a, main svg a, main button, main input, main select')]
  .filter((one) => one.type !== 'hidden' && !one.closest('[hidden]'))
  .filter((one) => !(one.labels?.length || one.getAttribute('aria-label')
    || one.textContent.trim() || one.querySelector('title')?.textContent))
  .map((one) => one.outerHTML.slice(0, 120))
"""
TWICE = """
(() => {
  const told = (one) => one.getAttribute('href');
  const reached = new Set([...document.querySelectorAll('main :not(svg) > a')].map(told));
  return [...document.querySelectorAll('main a[tabindex="-1"]')].map(told)
    .filter((href) => !reached.has(href));
})()
"""
SMALL = """
[...document.querySelectorAll('main .btn, main select, main .choice a')]
  .filter((one) => one.offsetHeight && one.offsetHeight < 40).map((one) => one.textContent)
"""
FORCED = """
[...document.querySelectorAll('main svg path, main svg circle')].filter((one) => {
  const told = getComputedStyle(one);
  return told.fill === 'none' && told.stroke === 'none' && told.pointerEvents !== 'all';
}).length
"""
"""Shapes that nobody sees, but for those that only widen what a finger may touch."""


def narrow(page: Page, name: str) -> None:
    """320 px wide is also 1280 px at 400 %."""
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, name


@pytest.mark.parametrize("name", STATES)
def test_each_state(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None], name: str
) -> None:
    """Axe, names, sizes, weight, one answer above the fold, nothing to the side, no cookie."""
    page = visit(STATES[name])
    font = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert "Portrea Titres" in font, "an unstyled page would prove nothing"
    results = Axe().run(page)
    assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    assert page.evaluate(UNNAMED) == []
    sent, requests = page.evaluate(SENT)
    assert 5_000 < sent <= LIGHT, f"{name}: {sent} bytes"
    assert requests <= 5, f"{name}: {requests} requests"
    assert page.context.cookies() == []
    narrow(page, name)
    for device, (width, height) in {"telephone": (360, 740), "bureau": (1280, 900)}.items():
        page.set_viewport_size({"width": width, "height": height})
        answer = page.locator(".headline, .headline--small, h1").last
        assert answer.bounding_box()["y"] < height * 0.75, "the answer is on the first screen"
        assert page.evaluate(SMALL) == []
        keep(f"{name}-{device}", page.screenshot(full_page=True))


def tabbed(page: Page) -> list[str]:
    """Press Tab through the main part; return what receives the focus, which must be seen."""
    found: list[str] = []
    page.focus("main")
    for _ in range(200):
        page.keyboard.press("Tab")
        tag, name, style = page.evaluate(
            "(() => { const a = document.activeElement, s = getComputedStyle(a);"
            " return [a.closest('main') ? a.tagName.toLowerCase() : '',"
            " a.id || a.getAttribute('aria-label') || a.textContent.trim(),"
            " a.matches('[type=date]') ? 'its own' : s.outlineStyle]; })()"
        )
        if not tag:
            return found
        assert style != "none", f"no visible focus on {tag} {name}"
        found.append(f"{tag}:{name}")
    pytest.fail("the end of the page is never reached by keyboard")


@pytest.mark.parametrize("name", ["et-si", "priorites", "tournees"])
def test_every_control_is_reached_by_keyboard(visit: Callable[..., Page], name: str) -> None:
    page = visit(STATES[name])
    page.evaluate("document.querySelectorAll('main details').forEach((d) => { d.open = true; })")
    reached = tabbed(page)
    wanted = page.evaluate(
        "[...document.querySelectorAll('main a[href], main button, main select, main textarea,"
        " main input:not([type=hidden])')].filter((one) => one.tabIndex >= 0).length"
    )
    controls = [one for one in reached if not one.startswith(("div:", "summary:", "details:"))]
    assert len(controls) >= wanted
    assert any(one.startswith("div:") for one in reached) or name == "tournees"
    assert page.evaluate(TWICE) == [], "a link left out of the tabs is elsewhere too"


def test_a_trial_without_a_mouse(visit: Callable[..., Page]) -> None:
    """Choose a territory, then a commune of the table, with the keyboard only."""
    page = visit("/acces/")
    page.focus("#acces-territoire")
    page.keyboard.type("brocéliande")
    page.keyboard.press("Enter")
    page.wait_for_url("**/acces/?territoire=**")
    for words in ("Brocéliande", "Et si"):
        link = page.locator("main a", has_text=words).first
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        if "/et-si/" in page.url:
            break
    page.wait_for_url("**/acces/et-si/?t=**")
    row = page.locator("tr", has_text="Paimpont")
    row.locator("td.here a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**&ajout=1,commune:35211")
    assert "Avec" in page.inner_text(".headline")
    assert "Paimpont" in page.inner_text(".steps")


def test_without_script(visit: Callable[..., Page]) -> None:
    """The forms, the files, the map and the comparison need no script."""
    page = visit(STATES["et-si"], java_script_enabled=False, width=360, height=740)
    page.select_option("#ou", "commune:35211")
    page.click("text=Voir l’effet")
    assert "Paimpont" in page.inner_text(".steps")
    page.click("text=Mettre de côté")
    page.select_option("#ou", "commune:35319")
    page.click("text=Voir l’effet")
    page.click("text=Comparer avec l’essai")
    assert page.locator("main table tbody tr").count() == 3
    page.goto(f"{PLACE}priorites/")
    page.click("text=Changer l’aide")
    page.select_option("#besoin", "formation")
    page.click("text=Recalculer")
    assert "besoin=formation" in page.url
    page.goto("/acces/tournees/")
    page.fill("#arrets", STOPS)
    page.click("text=Planifier la tournée")
    page.wait_for_url("**/acces/tournees/?arrets=**")
    with page.expect_download() as download:
        page.click("text=Calendrier (ICS)")
    assert download.value.suggested_filename == "tournee.ics"


def test_on_paper(visit: Callable[..., Page], keep: Callable[[str, bytes], None]) -> None:
    """What is printed: the answer, the table and the map, no form, nothing cut at the side."""
    page = visit(f"/acces/et-si/?{TRIAL}")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1040})  # A4 less its margins
    assert page.is_visible(".headline")
    assert page.is_visible(".what-if-map")
    for screen_only in (".site-nav", "#ou", "text=Essayer ici", "text=Mettre de côté"):
        assert not page.is_visible(screen_only)
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    keep("et-si-imprime", page.screenshot(full_page=True))
    page.emulate_media(media="screen")
    page.goto(STATES["tournees-feuille"])
    page.emulate_media(media="print")
    assert not page.is_visible(".site-nav")
    assert not page.is_visible("text=Revenir à la tournée")
    assert page.locator(".tour-sheet").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    keep("tournees-feuille-imprimee", page.screenshot(full_page=True))


def test_colours_of_the_reader(visit: Callable[..., Page]) -> None:
    """With forced colours, shapes and links of the maps stay, with their names."""
    page = visit(STATES["et-si-essai"], forced_colors="active")
    assert page.locator("svg a").count() >= 8
    assert page.evaluate(FORCED) == 0
    assert page.evaluate(UNNAMED) == []
    narrow(page, "forced colours")


def test_wider_text_cuts_nothing(visit: Callable[..., Page]) -> None:
    """RGAA 10.12."""
    page = visit(STATES["et-si-essai"], width=360, height=740)
    style = "* { line-height: 1.5 !important; letter-spacing: .12em !important; "
    style += "word-spacing: .16em !important }"
    page.evaluate(
        "css => { const s = new CSSStyleSheet(); s.replaceSync(css);"
        " document.adoptedStyleSheets = [s]; }",
        style,
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
