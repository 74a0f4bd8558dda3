"""Dates of parameters, local aids and the ladder: read by anybody, kept by a référent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.campaigns import PASSWORD, check

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WHERE = "commune:35319"
TODAY = datetime.now(UTC).date().isoformat()
AIDS = f"""territoire: {WHERE}
aides:
  eau:
    nom: Chèque eau d’Essai
    organisme: Service de l’eau
    du: 2026-01-01
    conditions: {{ revenu: {{ par_mois: [1000, 1500] }}, logement: [hlm] }}
    montant: {{ fixe: 50, par: an }}
    source: {{ titre: Délibération d’essai, date: 2026-01-15 }}
    verifie_le: {TODAY}
    verifie_par: CCAS
"""
SUMMARY = {
    "format": "portrea-droits", "version": 1, "warning": "Estimation : seul l’organisme décide.",
    "written": TODAY, "month": TODAY[:7], "engine": "openfisca-france 176.1.8", "answers": [],
    "rights": [], "assumed": [],
}  # fmt: skip


def test_what_is_said_of_rights_has_its_date_and_its_source(
    visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit("/droits/parametres/", width=360, height=740)
    check(page)
    keep("parametres-telephone", page.screenshot(full_page=True))
    page.get_by_role("link", name="Allocations familiales").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Allocations familiales")
    check(page)
    keep("parametres-droit-telephone", page.screenshot(full_page=True))
    large = visit("/droits/parametres/", width=1280, height=900)
    check(large)
    keep("parametres-ordinateur", large.screenshot(full_page=True))
    with large.expect_download() as download:
        large.get_by_role("link", name="Tableur (CSV)").click()
    assert download.value.suggested_filename.endswith(".csv")
    check(visit("/droits/a-la-source/", width=320, height=740))


def referent(page: Page, portrea: Callable[..., str], who: str) -> None:
    """Open an account of référent and log in."""
    portrea("account", "create", who, "--password-stdin", "--role", "referent",
            "--territory", WHERE, given=PASSWORD)  # fmt: skip
    page.goto("/connexion/")
    page.fill("[name=username]", who)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/compte/")


def test_a_territory_describes_its_aids(
    visit: Callable[..., Page], portrea: Callable[..., str], keep: Callable[[str, bytes], None]
) -> None:
    page = visit(width=1280, height=900)
    referent(page, portrea, "aides@exemple.org")
    page.goto("/espace/aides-locales/importer/")
    page.fill("[name=content]", AIDS.replace("2026-01-15", "hier"))
    page.get_by_role("button", name="Lire").click()
    expect(page.get_by_role("alert")).to_contain_text("Ligne 9")
    check(page)
    keep("aides-importer", page.screenshot(full_page=True))
    page.fill("[name=content]", AIDS)
    page.get_by_role("button", name="Lire").click()
    page.get_by_role("button", name="Enregistrer ces aides").click()
    page.wait_for_url("**/espace/aides-locales/")
    check(page)
    keep("aides-tenues", page.screenshot(full_page=True))
    page.get_by_role("link", name="Chèque eau d’Essai").click()
    expect(page.get_by_label("Nom de l’aide")).to_have_value("Chèque eau d’Essai")
    check(page)
    keep("aides-decrire", page.screenshot(full_page=True))
    phone = visit("/droits/aides-locales/commune/35319/", width=360, height=740)
    expect(phone.get_by_role("heading", name="Chèque eau d’Essai")).to_be_visible()
    check(phone)
    keep("aides-telephone", phone.screenshot(full_page=True))


def test_a_territory_chooses_its_level_and_hands_a_file(
    visit: Callable[..., Page], portrea: Callable[..., str], keep: Callable[[str, bytes], None]
) -> None:
    page = visit(width=1280, height=900)
    referent(page, portrea, "echelle@exemple.org")
    page.goto("/espace/droits/echelle/")
    page.select_option("[name=level]", "attribution")
    page.get_by_role("button", name="Enregistrer").click()
    page.goto("/espace/droits/echelle/partenaires/nouveau/")
    told = {"name": "Caisse d’Essai", "basis": "Texte d’essai, article 2", "signed": TODAY,
            "until": f"{int(TODAY[:4]) + 1}-01-31", "service": "Accueil"}  # fmt: skip
    for name, value in told.items():
        page.fill(f"[name={name}]", value)
    check(page)
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url("**/espace/droits/echelle/")
    check(page)
    keep("echelle", page.screenshot(full_page=True))
    page.goto("/espace/droits/partenaires/")
    page.get_by_role("link", name="Caisse d’Essai").click()
    file = {"name": "droits.json", "mimeType": "application/json",
            "buffer": json.dumps(SUMMARY, ensure_ascii=False).encode()}  # fmt: skip
    page.set_input_files("[name=summary]", file)
    page.get_by_role("button", name="Faire le fichier").click()
    expect(page.get_by_role("alert")).to_contain_text("accord")
    check(page)
    keep("attribution", page.screenshot(full_page=True))
    page.set_input_files("[name=summary]", file)
    page.check("[name=consent]")
    with page.expect_download() as download:
        page.get_by_role("button", name="Faire le fichier").click()
    assert download.value.suggested_filename == f"droits-{TODAY}.json"
