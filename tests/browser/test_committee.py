"""A comité opened, a meeting prepared, a decision noted, a parole given on a phone; axe, 320 px."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.test_census_work import clean, log_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WHERE = "commune:35188"


def test_a_meeting_prepared_and_a_parole_given(
    keeper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit("/")
    log_in(page)
    page.goto(f"/espace/comite/nouveau/?territoire={WHERE}")
    page.select_option("[name=territory]", WHERE)
    page.click("button:has-text('Ouvrir le comité')")
    page.click("text=Ajouter un siège")
    page.select_option("[name=kind]", "concernee")
    page.fill("[name=pseudonym]", "Lou")
    clean(page, keep, "comite-siege")
    page.click("main .log button[type=submit]")
    home, address = page.url, page.inner_text(".reach-address a")
    page.click("text=Prévoir une réunion")
    page.fill("[name=place]", "Mairie de Montfort-sur-Meu")
    page.click("main .log button[type=submit]")
    page.wait_for_selector("text=Première réunion suivie ici")
    page.click("text=Noter une décision")
    page.fill("[name=title]", "Ouvrir un matin de plus")
    page.select_option("[name=indicator]", "a1")
    clean(page, keep, "comite-decision")
    page.click("main .log button[type=submit]")
    page.wait_for_selector("#decisions >> text=Ouvrir un matin de plus")
    clean(page, keep, "comite-reunion")
    for name in ("Dossier (PDF)", "Diapositives (PDF)", "Invitation (agenda)"):
        with page.expect_download() as asked:
            page.click(f"text={name}")
        assert asked.value.path().stat().st_size > 500
    phone = visit(address, width=360, height=740)
    phone.fill("[name=words]", "On me renvoie d’un guichet à l’autre.")
    phone.click("main .log button[type=submit]")
    phone.wait_for_selector("text=Sans votre accord, rien n’est gardé")
    clean(phone, keep, "comite-parole")
    phone.check("[name=consent]")
    phone.click("main .log button[type=submit]")
    phone.wait_for_selector(".appointment-code")
    clean(phone, keep, "comite-parole-donnee")
    page.goto(home)
    page.click("text=Relire les paroles")
    page.click("button:has-text('la montrer')")
    page.goto(home)
    page.wait_for_selector("text=On me renvoie d’un guichet")
    clean(page, keep, "comite")
