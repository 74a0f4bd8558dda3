"""A notebook on a phone: a help and a difficulty written without a network, then sent once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.collecting import finish, phone, says
from browser.conftest import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_written_without_network_and_sent_when_it_is_back(browser, room, tmp_path) -> None:
    window = phone(browser, tmp_path / "telephone")
    window.set_default_timeout(PATIENCE * 1000)
    page = window.new_page()
    page.route("**/envoi/", lambda route: route.abort())
    page.goto(room.notebook)
    help_given(page)
    difficulty_met(page)
    page.get_by_text("2 réponses gardées sur ce téléphone, 0 envoyée").wait_for()
    assert room.rows("day", "action_record") == room.rows("day", "action_difficulty") == []
    page.unroute("**/envoi/")
    page.evaluate("dispatchEvent(new Event('online'))")
    says(page, "0 réponse gardée sur ce téléphone, 2 envoyées.")
    assert room.rows("kind || ' ' || \"where\"", "action_record") == ["individuel domicile"]
    assert room.rows("codes ->> 0", "action_difficulty") == ["document"]
    window.close()


def help_given(page: Page) -> None:
    """Note the least of a help: alone, at home; all the rest is passed."""
    page.get_by_role("button", name="Noter une aide").click()
    chosen(page, "Accompagnement individuel")
    chosen(page, "À domicile")
    ended(page)


def difficulty_met(page: Page) -> None:
    """Tell a difficulty: the first procedure, a document, seen outside."""
    page.get_by_role("button", name="Signaler une difficulté").click()
    page.get_by_role("combobox").select_option(index=1)
    page.get_by_role("button", name="Continuer").click()
    chosen(page, "Document à fournir, scanner, joindre")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("textbox").fill("Place du marché")
    ended(page)


def chosen(page: Page, label: str) -> None:
    page.get_by_label(label).check()
    page.get_by_role("button", name="Continuer").click()


def ended(page: Page) -> None:
    """Pass what is left, then entrust it to the phone."""
    end = page.get_by_role("heading", name="C’est fini")
    following = page.get_by_role("button", name="Continuer")
    for _screen in range(20):
        end.or_(following).first.wait_for()
        if end.is_visible():
            break
        before = page.locator("h1").inner_text()
        following.click()
        page.wait_for_function(
            "told => document.querySelector('h1')?.innerText !== told", arg=before
        )
    finish(page)
