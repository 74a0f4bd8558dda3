"""A help noted on a phone in a few taps, then by the keyboard alone; pages checked by axe."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from browser.census import PASSWORD
from browser.test_census_work import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NEW = "/espace/comptes-rendus/nouveau/"
HELPER = "aide@exemple.org"
MOST = 12
"""Taps, or keys, of the commonest record."""


@pytest.fixture(scope="session")
def helper(portrea: Callable[..., str]) -> str:
    """Somebody who notes for one commune."""
    portrea(
        "account", "create", HELPER, "--role", "referent", "--territory", "commune:35188",
        "--password-stdin", given=PASSWORD,
    )  # fmt: skip
    return HELPER


def connected(visit: Callable[..., Page], who: str, address: str, **options: int) -> Page:
    page = visit(f"/connexion/?next={address}", **options)
    page.fill("[name=username]", who)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"**{address}")
    return page


class Fingers:
    """Taps given on a phone, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def tap(self, words: str) -> None:
        self.page.tap(f"main label:text-is('{words}'), main button:text-is('{words}')")
        self.count += 1


def test_a_help_is_noted_on_a_phone_in_a_few_taps(
    helper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = connected(visit, helper, NEW, width=320, height=640, has_touch=True)
    fingers = Fingers(page)
    for words in ("Aide aux démarches administratives", "Social, santé", "Oui", "30\u00a0min"):
        fingers.tap(words)
    fingers.tap("Enregistrer")
    page.wait_for_selector("h1:has-text('C’est noté')")
    assert fingers.count <= MOST
    told = page.inner_text("main dl.facts")
    for said in ("Aide aux démarches administratives, Social, santé", "30 minutes", "Oui"):
        assert said in told
    clean(page, keep, "compte-rendu")


def test_another_like_it_by_the_keyboard_alone(helper: str, visit: Callable[..., Page]) -> None:
    page = connected(visit, helper, NEW)
    page.check("text=Courriel")
    page.click("main button:has-text('Enregistrer')")
    page.wait_for_selector("h1:has-text('C’est noté')")
    again = page.get_attribute("main a:has-text('Un autre comme celui-ci')", "href")
    page.goto(again or "")
    keys = 0
    for key in ("Tab", "Enter", "Tab", "Tab", "Enter"):  # past the header, type, place, save
        page.keyboard.press(key)
        keys += 1
    page.wait_for_selector("h1:has-text('C’est noté')")
    assert keys <= MOST
    assert "Courriel" in page.inner_text("main dl.facts")


def test_only_what_goes_with_what_was_chosen_is_asked(
    helper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = connected(visit, helper, NEW)
    clean(page, keep, "noter")
    for asked, chosen in (
        ("Nombre de personnes", "Atelier collectif"),
        ("Social, santé", "Aide aux démarches administratives"),
        ("Il manquait un document ou un code", "En partie"),
    ):
        seen = page.get_by_label(asked, exact=True)
        assert not seen.is_visible(), asked
        page.check(f"main label:text-is('{chosen}')")
        seen.wait_for(state="visible")
    page.click("main summary:has-text('Plus de détails')")
    clean(page, keep, "noter-atelier")
    page.click("main button:has-text('Enregistrer')")
    page.wait_for_selector("#a-corriger:has-text('au moins une')")
    clean(page, keep, "noter-fautes")


def test_a_file_is_looked_at_before_it_is_added(
    helper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = connected(visit, helper, "/espace/comptes-rendus/importer/")
    lines = "type;date;lieu\nindividuel;2026-05-04;domicile\nindividuel;2026-05-06;lune\n"
    page.set_input_files(
        "[name=file]", {"name": "aides.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    )
    clean(page, keep, "importer-comptes-rendus")
    page.click("main button:has-text('Lire le fichier')")
    page.wait_for_selector("text=Ligne 3")
    clean(page, keep, "import-comptes-rendus")
    page.click("main button:has-text('Ajouter 1 compte rendu')")
    page.wait_for_selector("text=1 compte rendu ajouté")
    page.click("main a:has-text('Voir ces comptes rendus')")
    page.wait_for_selector("caption:has-text('1 compte rendu')")
    clean(page, keep, "comptes-rendus")
    page.go_back()
    page.click("main button:has-text('Défaire cet import')")
    page.wait_for_selector("text=1 compte rendu retiré")
    assert re.search("importer/[a-z0-9]+/$", page.url)
