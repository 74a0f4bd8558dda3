"""Actions proposed by the figures, one kept and changed, one set aside; axe, 320 px."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.test_census_work import clean, log_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOME = "/pilotage/actions/epci/243500618/"


def test_a_proposal_is_kept_another_set_aside(
    keeper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit("/")
    log_in(page)
    page.wait_for_url("**/compte/")
    page.goto(HOME)
    page.wait_for_selector("#proposees >> text=Réunir le comité de pilotage")
    clean(page, keep, "actions-proposees")
    page.click("a:has-text('Retenir : Réunir le comité de pilotage')")
    page.fill("[name=owner]", "CC de Brocéliande")
    clean(page, keep, "action-retenir")
    page.click("main .log button[type=submit]")
    page.wait_for_selector("#retenues >> text=CC de Brocéliande")
    page.click("a:has-text('Écarter : Demander aux habitants')")
    page.fill("[name=reason]", "Une enquête est en cours.")
    page.click("main .log button[type=submit]")
    page.wait_for_selector("#ecartees >> text=Une enquête est en cours.")
    clean(page, keep, "actions")
    page.goto("/territoires/epci/243500618/portrait-complet/")
    page.wait_for_selector("main td:has-text('CC de Brocéliande')")
    phone = visit(HOME, width=360, height=740)
    log_in(phone)
    phone.wait_for_url("**/compte/")
    phone.goto(HOME)
    phone.wait_for_selector("#retenues >> text=CC de Brocéliande")
    clean(phone, keep, "actions-telephone")
