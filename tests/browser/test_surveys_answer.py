"""Answering in a real browser: with script and without, back, twice, at 320 px, by axe, copied."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser.census import PASSWORD
from browser.conftest import published

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KINDS = Path(__file__).resolve().parents[1] / "cases/surveys/every_kind.yaml"
OPEN = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "portrea.web.config.settings.prod"
import django
django.setup()
import yaml
from pathlib import Path
from portrea.surveys.models import sheets_of
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open
sheets = sheets_of(yaml.safe_load(Path(sys.argv[1]).read_text("utf-8")))
made = questionnaire_create(actor=SYSTEM, title="T", territory="commune:35188", sheets=sheets)
version_publish(actor=SYSTEM, key=made.key)
told = dict(questionnaire=made, title="Toutes les questions", territory="commune:35188")
print(survey_open(actor=SYSTEM, purpose="Savoir ce qui aide.", **told).key)
"""


@pytest.fixture(scope="module")
def survey(served: str, served_home: Path) -> str:
    """Address of a survey with every kind of question."""
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(KINDS)],
        env=published(served_home), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return f"/enquetes/{done.stdout.split()[-1]}/"


def looked_at(page: Page, keep: Callable[[str, bytes], None], name: str) -> None:
    """RGAA by axe; nothing wider than the window; a picture to be looked at."""
    faults = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in faults] == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    keep(f"enquete-{name}-{page.viewport_size['width']}", page.screenshot(full_page=True))


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continuer").last.click()


def test_a_phone_without_script(
    visit: Callable[..., Page], survey: str, keep: Callable[[str, bytes], None]
) -> None:
    """One question a page, back by the browser, sent twice: one answer, no cookie."""
    page = visit(survey, width=320, height=640, java_script_enabled=False)
    page.get_by_role("button", name="Commencer").click()
    go_on(page)
    expect(page.get_by_role("alert")).to_contain_text("obligatoire")
    page.get_by_label("Votre âge").fill("72")
    go_on(page)
    page.get_by_label("Oui").check()
    go_on(page)
    page.get_by_label("Par qui ?").fill("Ma fille")
    go_on(page)
    page.go_back()
    expect(page.get_by_label("Par qui ?")).to_be_visible()
    page.get_by_label("Par qui ?").fill("Une voisine")
    go_on(page)
    while not page.get_by_role("button", name="Envoyer mes réponses").last.is_visible():
        go_on(page)
    expect(page.get_by_text("Une voisine")).to_be_visible()
    keep("enquete-relire-320", page.screenshot(full_page=True))
    page.get_by_role("button", name="Envoyer mes réponses").last.click()
    number = page.locator(".answer-number").inner_text()
    page.reload()
    assert page.locator(".answer-number").inner_text() == number
    assert page.context.cookies() == []


def test_every_kind_of_question_by_axe(
    visit: Callable[..., Page], survey: str, keep: Callable[[str, bytes], None]
) -> None:
    """Each page at 320 px, fault included; targets are at least 44 px."""
    page = visit(survey, width=320, height=640)
    looked_at(page, keep, "debut")
    page.get_by_role("button", name="Commencer").click()
    go_on(page)
    looked_at(page, keep, "faute")
    page.get_by_label("Votre âge").fill("72")
    go_on(page)
    looked_at(page, keep, "choix")
    small = page.evaluate(
        "[...document.querySelectorAll('main .answer-option, main .btn:not([hidden]), "
        "main .answer-link')].filter((one) => one.getBoundingClientRect().height < 44).length"
    )
    assert small == 0
    page.get_by_role("button", name="Tout sur une page").click()
    page.get_by_label("Oui").check()
    expect(page.get_by_label("Par qui ?")).to_be_visible()
    page.get_by_role("button", name="Ajouter").click()
    looked_at(page, keep, "tout")
    page.set_viewport_size({"width": 1280, "height": 900})
    looked_at(page, keep, "tout")
    page.get_by_label("Quel lien avec vous ?").fill("Sœur")
    page.get_by_role("button", name="Relire mes réponses").last.click()
    looked_at(page, keep, "relire")
    page.get_by_role("button", name="Envoyer mes réponses").last.click()
    looked_at(page, keep, "recu")


def test_what_is_typed_while_the_form_changes_stays(
    visit: Callable[..., Page], survey: str
) -> None:
    """The whole form takes the questions an answer opens; the cascade follows; focus stays."""
    page = visit(survey)
    page.get_by_role("button", name="Tout sur une page").click()
    page.get_by_label("Autre chose ?").fill("Un mot")
    page.get_by_label("Ille-et-Vilaine").check()
    expect(page.get_by_label("Commune", exact=True)).to_be_visible()
    names = page.get_by_label("Commune", exact=True).locator("option").all_inner_texts()
    assert names == ["Choisissez", "Rennes", "Montfort-sur-Meu"]
    expect(page.get_by_label("Ille-et-Vilaine")).to_be_focused()
    expect(page.get_by_label("Autre chose ?")).to_have_value("Un mot")
    page.get_by_label("Lozère").check()
    expect(page.get_by_label("Commune", exact=True).locator("option")).to_have_count(2)


def test_paper_is_copied_by_the_keyboard_alone(
    visit: Callable[..., Page], survey: str, keeper: str, keep: Callable[[str, bytes], None]
) -> None:
    page = visit(f"/connexion/?next={survey}saisie/")
    page.fill("[name=username]", keeper)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Numéro de la feuille")).to_be_focused()
    looked_at(page, keep, "saisie")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.keyboard.type("72")
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    expect(page.get_by_label("Non", exact=True)).to_be_checked()
    page.get_by_role("button", name="Enregistrer et suivant").click()
    expect(page.get_by_role("status").first).to_contain_text("Feuille 12 enregistrée")
    expect(page.get_by_label("Numéro de la feuille")).to_have_value("13")
    page.goto(f"{survey}papier/")
    looked_at(page, keep, "papier")
