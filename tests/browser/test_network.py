"""A link declared and drawn, a community opened, a news read without account; axe, 320 px."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.test_census_work import clean, log_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NETWORK = "/pilotage/reseau/epci/243500618/"
DIRECTORY = "/pilotage/annuaire/epci/243500618/"
SEND = "main .log button[type=submit]"


def chosen(page: Page, name: str, rank: int) -> str:
    """Choose the structure of a rank in a list; return its name."""
    page.select_option(f"[name={name}]", index=rank)
    label = page.eval_on_selector(f"[name={name}]", "one => one.selectedOptions[0].text")
    return str(label).partition(" (")[0]


def test_actors_come_to_know_one_another(
    keeper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit("/")
    log_in(page)
    page.goto(NETWORK)
    page.click("text=Déclarer un lien")
    source, target = chosen(page, "source", 1), chosen(page, "target", 2)
    clean(page, keep, "reseau-lien")
    page.click(SEND)
    page.wait_for_selector("#dessin svg")
    page.wait_for_selector(f"#acteurs dd:has-text('{source}')")
    page.click("button:has-text('C’est exact')")
    page.wait_for_selector("text=C’est fait")
    clean(page, keep, "reseau")
    page.click("text=Ouvrir une communauté")
    page.fill("[name=title]", "Aidants d’ici")
    page.check("[name=members] >> nth=0")
    clean(page, keep, "reseau-communaute")
    page.click(SEND)
    page.wait_for_selector("#communautes >> text=Aidants d’ici")
    page.goto(DIRECTORY)
    page.click("text=Proposer une nouvelle")
    chosen(page, "place", 2)
    page.fill("[name=title]", "Ateliers du jeudi")
    page.fill("[name=words]", "Six séances gratuites.")
    clean(page, keep, "annuaire-nouvelle")
    page.click(SEND)
    page.wait_for_selector("#nouvelles >> text=Ateliers du jeudi")
    phone = visit(DIRECTORY, width=360, height=740)
    phone.wait_for_selector("#nouvelles >> text=Ateliers du jeudi")
    assert target in phone.inner_text("#nouvelles")
    clean(phone, keep, "annuaire")
