"""What the three campaigns share: a référent, ready models, volume, pages that are looked at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser.conftest import published

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

PASSWORD = "une phrase que moi seule connais"
REFERENT = "enquetes@exemple.org"
WHERE = "commune:35188"
TAKE = """
import json, sys, uuid, django
django.setup()
from portrea.web.accounts.links import digest_of
from portrea.web.accounts.permissions import VISITOR
from portrea.web.surveys.models import Survey
from portrea.web.surveys.services.intake import Sent, take
told = json.load(sys.stdin)
survey = Survey.objects.get(key=told["key"])
for answers, token in told["answers"]:
    invitation = digest_of(token) if token else ""
    sent = Sent(uuid.uuid4(), answers, told["channel"], survey.version, invitation=invitation)
    receipt = take(actor=VISITOR, survey=survey, sent=sent)
    assert not receipt.submission.faults, receipt.submission.faults
print(survey.submissions.count())
"""
"""The rest of the people: by the one door of answers, as a phone of the field sends them."""


def take_many(home: Path, key: str, answers: list[tuple[dict[str, str], str]]) -> int:
    """Give many answers (each with its invitation, or none) to a survey of the served home."""
    settings = {"DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod"}
    done = subprocess.run(
        [sys.executable, "-c", TAKE],
        env=published(home) | settings | {"PATH": os.environ["PATH"]},
        input=json.dumps({"key": key, "channel": "file", "answers": answers}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def log_in(page: Page) -> None:
    """Connect the référent."""
    page.goto("/connexion/")
    page.fill("input[name=username]", REFERENT)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_selector(".space-menu")


def publish_model(page: Page, model: str, title: str) -> str:
    """Take a ready model, publish a version of it; return the key of the questionnaire."""
    page.goto(f"/espace/questionnaires/modeles/{model}/")
    page.get_by_label("Titre").fill(title)
    page.get_by_role("button", name="Partir de ce modèle").click()
    page.wait_for_selector(".draft-outline")
    key = page.url.rstrip("/").rsplit("/", 1)[-1]
    page.goto(f"/espace/questionnaires/{key}/verifier/")
    page.get_by_role("button", name="Publier une version").click()
    page.wait_for_selector("#versions-titre")
    return key


def open_survey(page: Page, questionnaire: str, design: str, **told: Any) -> str:
    """Open a survey on a questionnaire; return its key."""
    page.goto(f"/espace/enquetes/ouvrir/?questionnaire={questionnaire}")
    page.fill("[name=purpose]", "Savoir où l’aide manque, avant le budget de la commune.")
    page.fill("[name=contact]", "Mairie de Montfort-sur-Meu, 02 99 00 00 00")
    page.check(f"[name=design][value={design}]")
    for name, value in told.items():
        if value is True:
            page.check(f"[name={name}]")
        else:
            page.fill(f"[name={name}]", str(value))
    page.get_by_role("button", name="Ouvrir l’enquête").click()
    page.wait_for_url("**/diffuser/")
    return page.url.rstrip("/").rsplit("/", 2)[-2]


def answer(page: Page, address: str, answers: dict[str, str], *, warned: str = "") -> str:
    """Answer on one page, as somebody does on a phone; return the number of the receipt.

    ``warned`` is what a free text tells of somebody: it is said once, before anything is sent.
    """
    page.goto(address)
    page.get_by_role("button", name="Tout sur une page").click()
    for name, value in answers.items():
        fill(page, name, value)
    page.get_by_role("button", name="Relire mes réponses").last.click()
    if warned:
        expect(page.locator("main")).to_contain_text(warned)
        page.get_by_role("button", name="Relire mes réponses").last.click()
    page.get_by_role("button", name="Envoyer mes réponses").click()
    return page.locator(".answer-number").inner_text()


def fill(page: Page, name: str, value: str) -> None:
    """Fill one question: a choice, several, or words."""
    fields = page.locator(f'[name="q.{name}"]')
    fields.first.wait_for(state="attached")
    if fields.first.get_attribute("type") in {"radio", "checkbox"}:
        for one in value.split():
            page.check(f'[name="q.{name}"][value="{one}"]')
    elif fields.first.evaluate("one => one.tagName") == "SELECT":
        fields.first.select_option(value)
    else:
        fields.first.fill(value)


def check(page: Page) -> None:
    """RGAA by axe, with the style of the site; then 320 px wide."""
    font = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert "Portrea Titres" in font, "an unstyled page would prove nothing"
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 600})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size(size)


def publish_results(page: Page, key: str) -> None:
    """Publish the results of a survey."""
    page.goto(f"/espace/enquetes/{key}/resultats/")
    page.get_by_role("button", name="Publier les résultats").click()
    page.get_by_role("link", name="page publique", exact=True).wait_for()


def rows_of(page: Page, question: str) -> dict[str, list[str]]:
    """Return the lines of the table of a question, on a page of results: label → cells."""
    part = page.locator("section.result", has=page.get_by_role("heading", name=question))
    lines = part.locator("table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    )
    return {line[0]: line[1:] for line in lines}
