"""A right followed on a phone to its opening; a telephone kept by consent, erased by its person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.campaigns import PASSWORD, WHERE, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOME = "/espace/zero-non-recours/"


def test_a_right_is_followed_to_its_opening_and_a_phone_erased(
    visit: Callable[..., Page], portrea: Callable[..., str], keep: Callable[[str, bytes], None]
) -> None:
    portrea("account", "create", "zero@exemple.org", "--password-stdin", "--role", "referent",
            "--territory", WHERE, given=PASSWORD)  # fmt: skip
    page = visit(f"/connexion/?next={HOME}nouveau/", width=360, height=740)
    page.fill("[name=username]", "zero@exemple.org")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{HOME}nouveau/")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Quel droit ?")
    check(page)
    page.select_option("[name=right]", "rsa")
    page.get_by_label("Informé").check()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("heading", name="C’est noté")).to_be_visible()
    keep("droit-suivi", page.screenshot(full_page=True))
    check(page)
    page.get_by_role("button", name="Demandé", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Demandé")
    page.get_by_role("link", name="Noter un téléphone").click()
    page.get_by_label("Comment l’appeler ?").fill("Nina")
    page.get_by_label("Téléphone", exact=True).fill("06 39 98 12 34")
    page.get_by_label("La personne a lu").check()
    check(page)
    page.get_by_role("button", name="Garder ce téléphone").click()
    code = page.locator("main p.h2").inner_text()
    check(page)
    alone = visit("/effacer-mon-telephone/", width=360, java_script_enabled=False)
    alone.get_by_label("Votre code").fill(code)
    alone.get_by_role("button", name="Effacer").click()
    expect(alone.get_by_role("heading", name="C’est effacé.")).to_be_visible()
    page.goto(f"{HOME}a-rappeler/")
    expect(page.locator("main")).not_to_contain_text("Nina")
    page.goto(HOME)
    page.get_by_role("link", name="RSA").first.click()
    page.locator("summary", has_text="Ouvert").click()
    page.fill("[name=opened-monthly]", "607.75")
    page.get_by_role("button", name="Noter « Ouvert »").click()
    expect(page.locator("main")).to_contain_text("607,75")
    page.goto(f"{HOME}indicateurs/")
    expect(page.get_by_role("row", name="Droits ouverts")).to_be_visible()
    check(page)
    keep("zero-non-recours", page.screenshot(full_page=True))
