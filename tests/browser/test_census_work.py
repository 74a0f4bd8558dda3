"""The day of a référent: a sheet proposed on a phone, read over, decided; pages checked by axe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser.census import KEEPER, LIST, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def clean(page: Page, keep: Callable[[str, bytes], None], name: str) -> None:
    """Axe on a styled page, nothing wider than 320 px, and a picture of both sizes."""
    font = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert "Portrea Titres" in font, "an unstyled page would prove nothing"
    size = page.viewport_size
    results = Axe().run(page)
    assert results.violations_count == 0, f"{name}: {results.generate_report()}"
    page.set_viewport_size({"width": 320, "height": 640})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320, f"{name}: {wide} px wide"
    keep(f"{name}-telephone", page.screenshot(full_page=True))
    page.set_viewport_size({"width": 1280, "height": 900})
    keep(f"{name}-bureau", page.screenshot(full_page=True))
    assert size is not None
    page.set_viewport_size(size)


def log_in(page: Page) -> None:
    page.goto("/connexion/")
    page.fill("[name=username]", KEEPER)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")


def test_the_day_of_a_referent(
    keeper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit("/")
    log_in(page)
    page.goto("/espace/liens/")
    page.fill("[name=label]", "Réunion du 3 décembre")
    clean(page, keep, "liens")
    page.click("main form.sheet button[type=submit]")
    clean(page, keep, "lien")
    address = page.inner_text(".link-card__address a")
    token = re.search(r"/contribuer/(\w+)/", address)
    assert token
    page.click("text=Carte à imprimer")
    clean(page, keep, "carte")
    page.emulate_media(media="print")
    keep("carte-imprimee", page.screenshot())
    page.emulate_media(media="screen")


def proposed(page: Page, keep: Callable[[str, bytes], None]) -> None:
    """Fill the sheet of the CCAS on a phone."""
    page.fill("[name=phone]", "02 99 11 11 11")
    page.fill("[name=hours]", "lundi au vendredi 9h-12h, 1er samedi du mois 9h-12h")
    page.fill("[name=words]", "La porte est à l’arrière.")
    clean(page, keep, "signaler")
    page.click("main button:has-text('Envoyer')")
    assert "Merci" in page.inner_text("h1")


def place_of(page: Page, name: str) -> str:
    """Return the identifier of a place of Montfort, found in the public list."""
    page.goto(f"/lieux/?territoire=commune:35188&q={name}")
    link = page.get_attribute(f"h3 a:has-text('{name}') >> nth=0", "href") or ""
    return link.split("/")[2]


def test_pages_of_the_queue(
    keeper: str, twins: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit("/")
    log_in(page)
    page.goto("/espace/doublons/?territoire=commune:35188")
    clean(page, keep, "doublons")
    page.click(f"a:has-text('{twins}')")
    clean(page, keep, "paire")
    place = place_of(page, "Médiathèque d’Essai")
    visitor = visit(f"/signaler/{place}/", width=360, height=740)
    proposed(visitor, keep)
    page.goto("/espace/moderation/")
    clean(page, keep, "moderation")
    page.click(".queue__title a")
    clean(page, keep, "proposition")
    page.click("button:has-text('Accepter ce qui est coché')")
    assert "acceptée" in page.inner_text("main")
    page.goto(f"/espace/lieux/{place}/")
    clean(page, keep, "fiche")
    page.goto(f"/espace/lieux/{place}/historique/")
    clean(page, keep, "historique")


def test_campaigns_addresses_and_imports(
    keeper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None], tmp_path: Path
) -> None:
    page = visit("/")
    log_in(page)
    page.goto("/espace/campagnes/")
    page.fill("[name=title]", "Hiver")
    clean(page, keep, "campagnes")
    page.click("main form.sheet button[type=submit]")
    clean(page, keep, "campagne")
    page.goto("/espace/courriels/?territoire=commune:35188")
    clean(page, keep, "courriels")
    file = tmp_path / "liste.csv"
    file.write_text(LIST.replace("0299000000", "0299555555"), "utf-8")
    page.goto("/espace/imports/")
    clean(page, keep, "imports")
    page.fill("[name=title]", "essai")
    page.set_input_files("[name=file]", file)
    page.click("main form.sheet button[type=submit]")
    clean(page, keep, "import")
    page.click("button:has-text('Mettre dans le recensement')")
    clean(page, keep, "import-fait")


def test_a_sheet_on_a_phone_by_keyboard_without_script(
    keeper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    chief = visit("/")
    log_in(chief)
    chief.goto("/espace/liens/")
    chief.fill("[name=label]", "Table du CCAS")
    chief.click("main form.sheet button[type=submit]")
    path = "/" + chief.inner_text(".link-card__address a").split("/", 3)[3]
    page = visit(path, width=360, height=740, java_script_enabled=True)
    clean(page, keep, "fiche-1")
    page.fill("[name=name]", "Café associatif d’Essai")
    if page.locator("[name=commune] option").count() > 1:
        page.select_option("[name=commune]", "35188")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if "existe peut-être" in page.inner_text("h1"):
        clean(page, keep, "fiche-existe")
        page.click("button:has-text('autre lieu')")
    clean(page, keep, "fiche-2")
    page.check("[name=blocks] >> nth=1")
    page.click("button:has-text('Continuer')")
    page.click("summary")
    clean(page, keep, "fiche-3")
    page.check("[name=days_a] >> nth=1")
    page.fill("[name=morning_from_a]", "09:00")
    page.fill("[name=morning_to_a]", "12:00")
    page.click("button:has-text('Continuer')")
    clean(page, keep, "fiche-4")
    page.click("button:has-text('Continuer')")
    page.click("button:has-text('Continuer')")
    assert "Mardi" in page.inner_text("main")
    clean(page, keep, "fiche-6")
    page.focus("[name=email]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Merci" in page.inner_text("h1")
