"""A workshop from planning to balance sheet: a series, those who come, the day, the record."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.campaigns import PASSWORD, WHERE, check
from browser.conftest import published

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

REFERENT = "ateliers@exemple.org"
TITLE = "Mes impôts en ligne, d’Essai"
pytestmark = [pytest.mark.browser, pytest.mark.slow]
COMES = """
import sys, django
django.setup()
from datetime import timedelta
from django.utils import timezone
from portrea.web.action.models import Workshop
ends = timezone.now() - timedelta(minutes=10)
Workshop.objects.filter(key=sys.argv[1]).update(starts=ends - timedelta(hours=2), ends=ends)
"""
"""The day of a workshop has come, and its end."""


def log_in(page: Page) -> None:
    page.goto("/connexion/")
    page.fill("[name=username]", REFERENT)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/compte/")


def plan(page: Page) -> str:
    """Make a series, give its first workshop a place; return the key of that workshop."""
    today = datetime.now(UTC).date()
    page.goto("/espace/ateliers/serie/")
    told = {"title": TITLE, "every": 3, "window_first": 15, "window_last": 20, "capacity": 2,
            "first": today + timedelta(days=10), "until": today + timedelta(days=400),
            "starts": "14:00", "ends": "16:00", "waiting": 2}  # fmt: skip
    for name, value in told.items():
        page.fill(f"[name={name}]", str(value))
    page.select_option("[name=turn_1]", "rural")
    page.select_option("[name=turn_2]", "quartier")
    page.fill("[name=phone]", "02 99 09 00 17")
    page.check("[name=public]")
    page.get_by_role("button", name="Voir les dates").click()
    page.get_by_role("button", name="Créer ces").click()
    page.get_by_role("link", name=TITLE).first.click()
    page.wait_for_url("**/espace/ateliers/*/")
    key = page.url.rstrip("/").rpartition("/")[2]
    page.goto(f"/espace/ateliers/{key}/modifier/")
    page.fill("[name=place_name]", "Médiathèque d’Essai")
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url(f"**/espace/ateliers/{key}/")
    return key


def join(phone: Page, key: str, button: str, title: str) -> str:
    """Keep a place without account; return the address of the registration."""
    phone.goto("/ateliers/")
    phone.get_by_role("link", name=TITLE).first.click()
    phone.wait_for_url(f"**/ateliers/{key}/")
    phone.check("[value=lsf]")
    phone.get_by_role("button", name=button).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(title)
    return phone.url


def day_of(agent: Page, visit: Callable[..., Page], key: str) -> None:
    """Note who came, a difficulty; two people say what they thought."""
    agent.goto(f"/espace/ateliers/{key}/presences/")
    check(agent)
    agent.get_by_label("Venu·e", exact=True).first.check()
    agent.get_by_label("Non venu·e").last.check()
    agent.fill("[name=walk_ins]", "3")
    agent.get_by_role("button", name="Enregistrer les présences").click()
    expect(agent.locator("main")).to_contain_text("4 personnes notées venues")
    for useful, then in (("Oui", "Je veux revenir"), ("Un peu", "Rien de plus")):
        phone = visit(f"/ateliers/{key}/avis/", width=360, java_script_enabled=False)
        phone.get_by_role("button", name=useful, exact=True).click()
        phone.get_by_role("button", name=then).click()
        expect(phone.get_by_role("heading", level=1)).to_have_text("Merci, c’est noté.")
    looked = visit(f"/ateliers/{key}/avis/", width=360)
    check(looked)
    agent.goto(f"/espace/ateliers/{key}/difficulte/")
    agent.fill("[name=procedure]", "déclaration de revenus")
    agent.check("[name=codes][value=compte]")
    check(agent)
    agent.get_by_role("button", name="Noter").click()
    which = agent.locator("[name=which]")
    if which.count():
        which.first.check()
        agent.get_by_role("button", name="Noter").click()
    agent.wait_for_url(f"**/espace/ateliers/{key}/bilan/")


def test_a_workshop_from_planning_to_balance_sheet(
    visit: Callable[..., Page],
    portrea: Callable[..., str],
    served_home: Path,
    keep: Callable[[str, bytes], None],
) -> None:
    portrea("account", "create", REFERENT, "--password-stdin", "--role", "referent",
            "--territory", WHERE, given=PASSWORD)  # fmt: skip
    agent = visit()
    log_in(agent)
    key = plan(agent)

    phones = [visit(width=360, height=740, java_script_enabled=False) for _person in range(3)]
    first = join(phones[0], key, "Garder ma place", "Votre place est gardée")
    looked = visit(first, width=360, height=740)
    check(looked)
    keep("atelier-code", looked.screenshot(full_page=True))
    join(phones[1], key, "Garder ma place", "Votre place est gardée")
    third = join(phones[2], key, "Entrer en liste d’attente", "Vous êtes en liste d’attente")
    phones[2].fill("[name=contact]", "elle@exemple.fr")
    phones[2].get_by_role("button", name="Demander le rappel").click()
    expect(phones[2].locator("main")).to_contain_text("un message partira")
    assert [one["name"] for one in phones[2].context.cookies() if one["name"] == "sessionid"] == []
    looked.goto(f"/ateliers/{key}/")
    expect(looked.locator(".tag").first).to_have_text("complet, liste d’attente")
    check(looked)
    keep("atelier-complet", looked.screenshot(full_page=True))

    phones[0].goto(first)
    phones[0].get_by_role("button", name="Annuler mon inscription").click()
    expect(phones[0].get_by_role("heading", level=1)).to_have_text("Inscription annulée")
    phones[2].goto(third)
    expect(phones[2].get_by_role("heading", level=1)).to_have_text("Votre place est gardée")
    agent.goto(f"/espace/ateliers/{key}/inscriptions/")
    expect(agent.locator("main")).to_contain_text("2 personnes ont une place")
    check(agent)
    keep("atelier-inscriptions", agent.screenshot(full_page=True))

    settings = {"DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod"}
    subprocess.run(
        [sys.executable, "-c", COMES, key],
        env=published(served_home) | settings | {"PATH": os.environ["PATH"]},
        check=True,
    )
    day_of(agent, visit, key)
    agent.fill("[name=went]", "Deux déclarations faites ensemble.")
    agent.fill("[name=steps]", "France services : un second créneau, avant juin.")
    check(agent)
    keep("atelier-bilan-a-ecrire", agent.screenshot(full_page=True))
    agent.get_by_role("button", name="Enregistrer et clore").click()
    expect(agent.locator("main")).to_contain_text("2 avis : trop peu pour les détailler")
    check(agent)
    keep("atelier-bilan", agent.screenshot(full_page=True))
    agent.get_by_role("link", name="Lire le compte rendu").click()
    expect(agent.locator("main")).to_contain_text(TITLE)
    expect(agent.locator("main")).to_contain_text("4")
    agent.goto("/espace/ateliers/tenus/")
    expect(agent.get_by_role("link", name=TITLE)).to_be_visible()
    check(agent)
    keep("ateliers-tenus", agent.screenshot(full_page=True))
