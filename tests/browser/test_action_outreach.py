"""A référent writes a maraude, lends, mandates; people see it on a phone; a kiosk is answered."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.campaigns import PASSWORD, WHERE, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

TODAY = datetime.now(UTC).date()
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def log_in(page: Page, portrea: Callable[..., str], who: str, where: str = WHERE) -> None:
    """Open an account of référent and log in."""
    portrea("account", "create", who, "--password-stdin", "--role", "referent",
            "--territory", where, given=PASSWORD)  # fmt: skip
    page.goto("/connexion/")
    page.fill("[name=username]", who)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/compte/")


def written(page: Page, kind: str, told: dict[str, str]) -> None:
    """Write a thing and come back to the list."""
    page.goto(f"/espace/aller-vers/{kind}/nouveau/")
    for name, value in told.items():
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url("**/espace/aller-vers/")


def test_what_goes_to_people_is_seen_by_them(
    visit: Callable[..., Page], portrea: Callable[..., str], keep: Callable[[str, bytes], None]
) -> None:
    page = visit()
    log_in(page, portrea, "aller-vers@exemple.org")
    today = TODAY.isoformat()
    written(page, "dehors", {
        "title": "Camion d’Essai", "point": "devant la gare", "commune": "35188",
        "starts": "20:00", "ends": "23:30", "first": today, "checked": today,
    })  # fmt: skip
    check(page)
    keep("aller-vers", page.screenshot(full_page=True))
    phone = visit("/aller-vers/commune/35188/", width=360, height=740)
    expect(phone.get_by_role("heading", name="Camion d’Essai")).to_be_visible()
    check(phone)

    written(page, "poste", {"label": "Poste d’Essai"})
    page.get_by_role("link", name="Poste d’Essai").click()
    address = page.locator(".reach-address").inner_text()
    kiosk = visit(re.sub(r"^https?://[^/]+", "", address), width=360, java_script_enabled=False)
    kiosk.get_by_label("Une démarche administrative").check()
    kiosk.get_by_label("En partie").check()
    kiosk.get_by_role("button", name="Envoyer").click()
    expect(kiosk.get_by_role("status")).to_contain_text("Merci")
    page.reload()
    expect(page.get_by_role("row", name=re.compile("démarche administrative"))).to_be_visible()


def test_a_mandate_is_signed_on_paper(
    visit: Callable[..., Page], portrea: Callable[..., str], keep: Callable[[str, bytes], None]
) -> None:
    page = visit(width=360, height=740)
    log_in(page, portrea, "mandat@exemple.org")
    page.goto("/espace/aller-vers/mandats/nouveau/")
    page.get_by_role("button", name="Enregistrer et ouvrir le papier").click()
    expect(page.get_by_role("alert")).to_contain_text("À corriger")
    check(page)
    page.get_by_label("un mois (31 jours)").check()
    page.get_by_label(re.compile("Social, santé")).check()
    page.get_by_role("button", name="Enregistrer et ouvrir le papier").click()
    page.wait_for_url("**/papier/")
    expect(page.locator(".reach-paper")).to_contain_text("écrits à la main")
    last = TODAY + timedelta(days=30)
    expect(page.locator(".reach-paper")).to_contain_text(str(last.year))
    check(page)
    keep("mandat-papier", page.screenshot(full_page=True))
    page.get_by_role("link", name="Revenir au mandat").click()
    page.select_option("[name=what]", "declarer")
    page.get_by_role("button", name="Noter cet acte").click()
    expect(page.get_by_text("Faire une déclaration · Social, santé")).to_be_visible()
    check(page)


def test_the_board_of_a_territory(
    visit: Callable[..., Page], portrea: Callable[..., str], keep: Callable[[str, bytes], None]
) -> None:
    page = visit(width=360, height=740)
    log_in(page, portrea, "tableau@exemple.org", "epci:243500550")
    page.goto("/espace/activite/")
    page.select_option("[name=periode]", "3")
    page.get_by_role("button", name="Montrer").click()
    page.wait_for_url("**periode=3**")
    expect(page.get_by_role("heading", name="Communes sans aide notée")).to_be_visible()
    check(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Tableaux (XLSX)").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    page.goto("/espace/ma-semaine/")
    check(page)
    keep("ma-semaine", page.screenshot(full_page=True))
