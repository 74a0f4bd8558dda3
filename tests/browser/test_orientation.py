"""The public flow in a real browser: a small phone with and without script, keyboard, position."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 360, "height": 740}
LIGHT = 30_000
"""Bytes as sent, before images: page, style sheet, script, and a font if one is loaded."""
HERE = "/orientation/?commune=35133"
STATES = {
    "orientation-choisir": "/orientation/?ou=saint",
    "orientation-inconnue": "/orientation/?ou=zzzzzz",
    "orientation-laquelle": f"{HERE}&besoin=aide&mots=papiers",
    "orientation-introuvable": f"{HERE}&besoin=aide&mots=xqzzkw",
    "orientation-toutes": f"{HERE}&besoin=aide&liste=oui",
    "orientation-loin": f"{HERE}&besoin=depannage&trajet=pied&vu=oui",
    "orientation-rien": f"{HERE}&besoin=depannage&femmes=oui&langue=breton&vu=oui",
    "orientation-refus": "/orientation/?commune=xx",
    "orientation-simple": f"{HERE}&besoin=aide&demarche=rsa&vu=oui&version=simple",
    "orientation-arabe": f"/ar{HERE}&besoin=aide&demarche=rsa&langue=arabe&vu=oui",
    "orientation-anglais": f"/en{HERE}&besoin=aide",
}


def checked(page: Page, name: str) -> None:
    """Axe, the weight as sent, and 320 px, which is 1280 px at 400 %."""
    results = Axe().run(page)
    assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    weight = page.evaluate(
        "performance.getEntriesByType('navigation').concat("
        "performance.getEntriesByType('resource').filter(r => /[.](css|js|woff2)/.test(r.name))"
        ").reduce((n, r) => n + r.encodedBodySize, 0)"
    )
    assert 8_000 < weight <= LIGHT, f"{name}: {weight} bytes"
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, name
    page.set_viewport_size(PHONE)


def opened(page: Page, title: str) -> None:
    """A question opens on its title: nothing of the page above is read again."""
    page.wait_for_selector(f"h1:has-text('{title}')")
    assert page.evaluate("document.activeElement.id") == "question"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_the_home_page_to_the_slip_on_a_small_phone(
    pond: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None], script: bool
) -> None:
    page = visit("/", java_script_enabled=script, **PHONE)

    def seen(name: str) -> None:
        if script:
            checked(page, name)
            keep(name, page.screenshot(full_page=True))

    page.click("main >> text=Trouver de l’aide")
    page.wait_for_selector("h1:has-text('Où êtes-vous')")
    seen("orientation-ou")
    assert page.is_visible("text=Près de moi") == script
    page.fill("#ou", "ifendic")
    page.click("main >> text=Continuer")
    page.wait_for_url("**/orientation/?commune=35133**")
    page.wait_for_selector("h1:has-text('De quoi avez-vous besoin')")
    seen("orientation-besoin")
    page.click(".doors >> text=J’ai une démarche à faire")
    page.wait_for_selector("h1:has-text('Quelle démarche')")
    seen("orientation-demarche")
    page.fill("#mots", "permi de conduir")
    page.click("main >> text=Continuer")
    page.wait_for_selector("h1:has-text('compte pour vous')")
    seen("orientation-contraintes")
    page.check(".ask__step >> text=Je viens le samedi")
    page.click(".ask__step >> button:has-text('Voir les lieux')")
    page.wait_for_selector("h1:has-text('Les lieux')")
    shared = page.url
    assert {name: value for name, (value,) in parse_qs(urlsplit(shared).query).items()} == {
        "commune": "35133", "besoin": "aide", "demarche": "permis", "samedi": "oui", "vu": "oui",
    }  # fmt: skip
    seen("orientation-reponse")
    first = page.locator(".found__one").first
    assert "Espace numérique de l’Étang" in first.inner_text()
    call = first.locator("a[href='tel:+33299000011']")
    assert call.bounding_box()["height"] >= 44
    first.locator("text=Fiche à emporter").click()
    page.wait_for_url("**/orientation/fiche/**")
    page.go_back()
    assert page.url == shared
    page.click(".sofar li:has-text('Où') >> text=changer")
    page.wait_for_selector("h1:has-text('Où êtes-vous')")
    assert "demarche=permis" in page.url
    page.goto(shared)
    assert page.locator(".found__one").first.inner_text() == first.inner_text()
    assert page.context.cookies() == []


def test_every_state_is_accessible_and_light(
    pond: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit("/orientation/", **PHONE)
    for name, address in STATES.items():
        page.goto(address)
        checked(page, name)
        keep(name, page.screenshot(full_page=True))
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{HERE}&besoin=aide&demarche=rsa&vu=oui")
    assert Axe().run(page).violations_count == 0
    keep("orientation-bureau", page.screenshot(full_page=True))


def test_an_agent_asks_everything_at_once_by_keyboard(
    pond: str, visit: Callable[..., Page]
) -> None:
    """The whole form comes first, in the order of its numbers; Enter sends it from anywhere."""
    page = visit("/orientation/")
    page.focus("#t-ou")
    page.keyboard.type("iffendic")
    page.wait_for_selector(".whole .doors >> text=Iffendic")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.is_checked(".whole [name=besoin][value=aide]")
    page.keyboard.press("Tab")
    page.keyboard.type("permi de conduir")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orientation/?commune=35133&besoin=aide&demarche=permis&vu=oui**")
    opened(page, "Les lieux")
    assert page.input_value("#t-mots") == "Permis de conduire"
    page.focus(".whole button")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.ask__step') !== null")


def test_the_question_opens_on_its_title_and_suggestions_are_links(
    pond: str, visit: Callable[..., Page]
) -> None:
    page = visit("/orientation/", **PHONE)
    page.type("#ou", "iffen")
    page.wait_for_selector(".ask__form .doors >> text=Iffendic")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    opened(page, "De quoi avez-vous besoin")
    assert page.url.endswith("/orientation/?commune=35133#question")


def test_near_me_on_tap_only(visit: Callable[..., Page]) -> None:
    here = {"latitude": 48.13712, "longitude": -1.95534}
    page = visit("/orientation/", geolocation=here, permissions=["geolocation"], **PHONE)
    page.click("text=Près de moi")
    page.wait_for_url("**/orientation/?lon=-1.955&lat=48.137#question")
    opened(page, "De quoi avez-vous besoin")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    refused = visit("/orientation/", permissions=[], **PHONE)
    refused.click("text=Près de moi")
    refused.wait_for_selector("text=Écrivez le nom de votre commune.")
    assert refused.is_enabled("text=Près de moi")
