"""Indicators read, crossed, shared without account; means described: axe, 320 px."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.test_census_work import clean, log_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WHERE = "commune/35211"
LINES = "Type;Date;Lieu;Personnes;Durée (minutes);Thèmes;Réponse\n" + "".join(
    f"Accompagnement individuel;2025-{month:02}-12;Lieu d’activité;1;{minutes};Courriel;{answer}\n"
    for month in range(1, 13)
    for minutes in range(20, 32)
    for answer in (("Oui", "Non") if minutes % 2 else ("Oui",))
)


def test_indicators_are_read_shared_and_paid_for(
    keeper: str,
    portrea: Callable[..., str],
    visit: Callable[..., Page],
    keep: Callable[[str, bytes], None],
    tmp_path: Path,
) -> None:
    file = tmp_path / "aides.csv"
    file.write_text(LINES, "utf-8")
    portrea("action", "import", str(file), "--territory", "commune:35211")
    page = visit("/")
    log_in(page)
    page.goto(f"/pilotage/indicateurs/{WHERE}/?periode=2025&comparer=")
    page.wait_for_selector("main section >> text=comptes rendus")
    clean(page, keep, "indicateurs")
    page.click("nav >> text=Croiser")
    page.select_option("[name=lignes]", "result")
    page.click("main .filters button[type=submit]")
    page.wait_for_selector("#croisement")
    clean(page, keep, "indicateurs-croises")
    page.click("nav >> text=Partager cette vue")
    page.fill("[name=label]", "Comité de mai")
    page.click("main .log button[type=submit]")
    address = page.input_value("input[readonly]")
    other = visit(f"/pilotage/partage/{address.rstrip('/').rsplit('/', 1)[1]}/", width=360)
    other.wait_for_selector("#croisement")
    clean(other, keep, "indicateurs-vue-partagee")
    page.goto(f"/pilotage/moyens/{WHERE}/action/")
    page.fill("[name=title]", "Bus des droits")
    page.select_option("[name=counted]", "territoire")
    page.click("main .log button[type=submit]")
    page.fill("[name=year]", "2025")
    page.fill("[name=amount]", "12 500,50")
    page.click("main .log button[type=submit]")
    page.wait_for_selector("text=12500,50")
    page.goto(f"/pilotage/moyens/{WHERE}/?annee=2025")
    page.wait_for_selector("#moyens-par-personne")
    clean(page, keep, "moyens")
