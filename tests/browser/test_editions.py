"""A text written, an edition frozen and published, read without account, compared; axe, 320 px."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser.test_census_work import clean, log_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WHERE = "commune/35133"
DRAFT = f"/territoires/{WHERE}/portrait-complet/"
PLACE = "/portraits/commune-35133/"


def checked(page: Page) -> None:
    """Axe, and nothing wider than 320 px: a page too long for a picture of it all."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def frozen(page: Page, name: str) -> None:
    """Freeze an edition and publish it."""
    page.goto(f"{DRAFT}figer/")
    page.fill("[name=name]", name)
    page.fill("[name=title]", f"Édition {name}")
    page.click("button:has-text('Figer cette édition')")
    page.click("button:has-text('Publier cette édition')")
    page.wait_for_selector("text=Son adresse ne change pas")


def test_write_freeze_publish_read_compare(
    keeper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit("/")
    log_in(page)
    frozen(page, "2025")
    page.goto(f"{DRAFT}textes/besoins/")
    page.fill("[name=text]", "Ce que nous en pensons :\n- ouvrir le soir")
    clean(page, keep, "edition-texte")
    page.press("[name=text]", "Tab")
    page.keyboard.press("Enter")  # the button comes next
    page.wait_for_selector(".comment li >> text=ouvrir le soir")
    checked(page)
    frozen(page, "2026")
    clean(page, keep, "edition-gardee")
    phone = visit(f"{PLACE}2026/", width=360, height=740)
    phone.wait_for_selector("text=Ce que nous en pensons")
    checked(phone)
    phone.goto(f"{PLACE}2026/dix-minutes/")
    clean(phone, keep, "edition-dix-minutes")
    phone.goto(f"{PLACE}comparer/?de=2025&a=2026")
    phone.wait_for_selector("text=1 texte du territoire a changé")
    clean(phone, keep, "edition-comparee")
