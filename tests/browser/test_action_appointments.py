"""A resident takes an appointment on a phone without JavaScript; the agent sees it, and its end."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from browser.campaigns import PASSWORD, WHERE, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

PARIS = ZoneInfo("Europe/Paris")
REFERENT = "rendez-vous@exemple.org"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def log_in(page: Page) -> None:
    page.goto("/connexion/")
    page.fill("[name=username]", REFERENT)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/compte/")


def open_permanence(page: Page) -> str:
    """Open a permanence held every day from today; return its key."""
    page.goto("/espace/rendez-vous/nouvelle/")
    page.fill("[name=title]", "Permanence d’Essai")
    page.fill("[name=phone]", "02 99 09 00 17")
    page.fill("[name=bring]", "Vos papiers.")
    page.check("[name=on_holidays]")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/horaires/")
    check(page)
    day = datetime.now(UTC).astimezone(PARIS).date() + timedelta(days=3)
    for line, (starts, ends) in enumerate((("09:00", "10:00"), ("14:00", "15:00"))):
        page.select_option(f"[name=heures-{line}-weekday]", str(day.weekday()))
        page.fill(f"[name=heures-{line}-starts]", starts)
        page.fill(f"[name=heures-{line}-ends]", ends)
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url(re.compile(r"/espace/rendez-vous/\w{12}/$"))
    return page.url.rstrip("/").rpartition("/")[2]


def test_from_the_free_hour_to_the_cancelled_one(
    visit: Callable[..., Page], portrea: Callable[..., str], keep: Callable[[str, bytes], None]
) -> None:
    portrea("account", "create", REFERENT, "--password-stdin", "--role", "referent",
            "--territory", WHERE, given=PASSWORD)  # fmt: skip
    agent = visit()
    log_in(agent)
    key = open_permanence(agent)

    eye = visit(f"/rendez-vous/{key}/", width=360)
    check(eye)
    phone = visit(f"/rendez-vous/{key}/", width=360, height=740, java_script_enabled=False)
    phone.locator(".appointment-slots a").first.click()
    phone.select_option("[name=subject]", "logement")
    phone.check("[value=langue]")
    eye.goto(phone.url)
    check(eye)
    keep("rendez-vous-confirmer", phone.screenshot(full_page=True))
    phone.get_by_role("button", name="Prendre ce rendez-vous").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("C’est noté")
    code = phone.locator(".appointment-code").inner_text()
    assert re.fullmatch(r"[a-z2-9]{8}", code)
    eye.goto(phone.url)
    check(eye)
    keep("rendez-vous-code", phone.screenshot(full_page=True))
    assert [one["name"] for one in phone.context.cookies() if one["name"] == "sessionid"] == []

    phone.fill("[name=contact]", "elle@")
    phone.get_by_role("button", name="Demander un rappel").click()
    expect(phone.get_by_role("alert")).to_contain_text("À corriger")
    phone.fill("[name=contact]", "elle@exemple.fr")
    phone.get_by_role("button", name="Demander un rappel").click()
    expect(phone.locator("main")).to_contain_text("Vous recevrez un rappel")
    expect(phone.locator("main")).not_to_contain_text("elle@exemple.fr")

    agent.goto(f"/espace/rendez-vous/{key}/")
    agent.locator("section li a", has_text=re.compile(r"\w")).first.click()
    expect(agent.locator(".appointment-visit")).to_contain_text("Logement")
    expect(agent.locator(".appointment-visit")).to_contain_text(code)
    check(agent)
    keep("rendez-vous-jour", agent.screenshot(full_page=True))

    phone.goto("/rendez-vous/annuler/")
    phone.fill("[name=code]", f"{code[:4]} {code[4:]}".upper())
    phone.get_by_role("button", name="Voir ce rendez-vous").click()
    phone.get_by_role("button", name="Annuler ce rendez-vous").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Rendez-vous annulé")
    eye.reload()
    check(eye)
    agent.reload()
    expect(agent.locator(".appointment-visit")).to_contain_text("annulé")
