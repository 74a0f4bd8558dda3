"""A référent who knows no XLSForm writes five questions with a condition, and publishes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.census import KEEPER
from browser.test_census_work import clean, log_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
QUESTIONS = (
    {"label": "Avez-vous une imprimante ?", "kind": "select_one", "choices": "Oui\nNon"},
    {"label": "Quel âge avez-vous ?", "kind": "integer", "least": "15", "most": "110"},
    {"label": "Où imprimez-vous ?", "kind": "select_multiple", "choices": "Mairie\nTravail\nAucun"},
    {"label": "Autre chose à dire ?", "kind": "long"},
)


def look(page: Page, keep: Callable[[str, bytes], None], name: str) -> None:
    page.wait_for_load_state("load")
    clean(page, keep, f"questionnaires-{name}")


def save(page: Page) -> None:
    page.click(".save-bar button")
    expect(page.locator(".draft-outline")).to_be_visible()


def write_five(page: Page, title: str, seen: Callable[[str], None]) -> None:
    """Start from nothing (a greeting is there), write four more, one asked only of some."""
    page.goto("/espace/questionnaires/vide/")
    page.fill("[name=title]", title)
    page.click("main form.sheet button[type=submit]")
    seen("plan-vide")
    for told in QUESTIONS:
        page.click("text=Ajouter une question >> nth=-1")
        page.fill("[name=label]", told["label"])
        page.select_option("[name=kind]", told["kind"])
        for name in ("choices", "least", "most"):
            if name in told:
                page.fill(f"[name={name}]", told[name])
        save(page)
    page.click("a:text-is('Où imprimez-vous ?')")
    page.click(".draft-when summary")
    page.select_option("[name=q0]", label="Avez-vous une imprimante ?")
    page.fill("[name=v0]", "Non")
    page.fill("[name=alone]", "Aucun")
    seen("question")
    save(page)
    assert "Posée si « Avez-vous une imprimante ? » est « Non »" in page.inner_text("main")
    seen("plan")


def try_and_publish(page: Page, seen: Callable[[str], None]) -> None:
    """Try it, read it over, publish it."""
    page.click(".draft-tabs a:text-is('Essayer')")
    assert "Où imprimez-vous" not in page.inner_text("form.draft-trial")
    page.click(".draft-trial label:has-text('Non')")
    page.click("button:text-is('Continuer')")
    page.click(".draft-trial label:has-text('Aucun')")
    page.click(".draft-trial label:has-text('Mairie')")
    page.click("button:text-is('Continuer')")
    expect(page.locator("[role=status]")).to_contain_text("1 réponse à corriger")
    seen("essai")
    page.click(".draft-tabs a:has-text('Vérifier')")
    seen("verification")
    page.click("button:text-is('Publier une version')")
    expect(page.locator("main")).to_contain_text("est publiée")
    seen("versions")


def test_without_javascript(
    keeper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    assert keeper == KEEPER
    page = visit("/connexion/", java_script_enabled=False)
    log_in(page)
    write_five(page, "Sans script", lambda _name: None)
    page.click("#quel_age_avez_vous button[value=up]")
    assert page.locator(".draft-row__label a").nth(1).inner_text() == "Quel âge avez-vous ?"
    page.click("button:has-text('Annuler')")
    assert page.locator(".draft-row__label a").nth(2).inner_text() == "Quel âge avez-vous ?"
    try_and_publish(page, lambda _name: None)


def test_with_javascript_every_page_clean(
    keeper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    assert keeper == KEEPER
    page = visit("/connexion/")
    log_in(page)
    for name, address in (("liste", ""), ("modeles", "modeles/"), ("importer", "importer/")):
        page.goto(f"/espace/questionnaires/{address}")
        look(page, keep, name)
    write_five(page, "Avec script", lambda name: look(page, keep, name))
    page.drag_and_drop("#autre_chose_a_dire", "#avez_vous_une_imprimante")
    expect(page.locator(".draft-row__label a").nth(1)).to_have_text("Autre chose à dire ?")
    page.click("#ou_imprimez_vous summary")
    page.keyboard.press("Escape")
    assert not page.locator("#ou_imprimez_vous details[open]").count()
    page.click(".draft-tabs a:text-is('Traductions')")
    page.fill("[name=language]", "English (en)")
    page.click("text=Traduire dans cette langue")
    page.fill("textarea >> nth=0", "Thank you for answering.")
    look(page, keep, "traductions")
    page.click(".save-bar button")
    page.click(".draft-tabs a:text-is('Questions')")
    try_and_publish(page, lambda name: look(page, keep, name))
