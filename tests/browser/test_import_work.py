"""A list sent from a phone: preview, import, then the two queues it leaves, and its undoing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from browser.test_census_work import clean, log_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    Keep = Callable[[str, bytes], None]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIST = (
    "nom;ville;code postal;adresse;telephone;horaires\n"
    "Ludothèque d’Essai;Montfort-sur-Meu;35160;8 rue de la Halle;0299000011;"
    "du lundi au vendredi de 9h à 12h et de 14h à 17h30\n"
    "Bus d’Essai;Montfort-sur-Meu;35160;;0299000012;quand il passe\n"
    ";Montfort-sur-Meu;35160;1 rue sans nom;;\n"
)


def test_a_list_from_a_phone(
    keeper: str, visit: Callable[..., Page], keep: Keep, tmp_path: Path
) -> None:
    page = visit("/", width=360, height=740)
    log_in(page)
    page.goto("/espace/imports/")
    clean(page, keep, "import-envoyer")
    (tmp_path / "liste.csv").write_text(LIST, "utf-8")
    page.fill("[name=title]", "Essai au téléphone")
    page.set_input_files("[name=file]", str(tmp_path / "liste.csv"))
    page.click("main form.sheet button[type=submit]")
    assert "au centre de leur commune" in page.inner_text("main")
    clean(page, keep, "import-apercu")
    page.click("button[name=apply]")
    assert "Défaire tout cet import" in page.inner_text("main")
    clean(page, keep, "import-fait")
    done = page.url
    located(page, keep)
    read_over(page, keep)
    page.goto(done)
    page.click("text=Défaire tout cet import")
    assert "défait" in page.inner_text("main").lower()


def located(page: Page, keep: Keep) -> None:
    """Put the games library on the map; the bus has no point of its own."""
    page.goto("/espace/adresses/")
    clean(page, keep, "a-situer")
    turn_to(page, "Ludothèque d’Essai")
    page.click("a.btn:has-text('Ludothèque d’Essai')")
    page.fill("[name=point]", "ici")
    page.click("text=Placer ici")
    clean(page, keep, "situer-faute")
    assert page.is_visible("[id$=_error]")
    page.fill("[name=point]", "48.1372, -1.9570")
    page.click("text=Placer ici")
    assert re.search("Ludothèque d’Essai.*est situé", page.inner_text("main"))
    turn_to(page, "Bus d’Essai")
    page.click("a.btn:has-text('Bus d’Essai')")
    clean(page, keep, "situer")
    page.click("text=Le centre de la commune suffit")
    assert "Bus d’Essai" not in page.inner_text("main ul.plain, main > .wrap > p:last-child")


def turn_to(page: Page, name: str) -> None:
    """Turn the pages of a queue, that other lists fill too, until a name is read."""
    while name not in page.inner_text("main"):
        page.click("a:has-text('Voir les suivants')")


def read_over(page: Page, keep: Keep) -> None:
    """Confirm the hours understood, write those that were not."""
    page.goto("/espace/horaires/")
    clean(page, keep, "horaires-a-relire")
    turn_to(page, "Bus d’Essai")
    page.click("a:has-text('Bus d’Essai')")
    page.fill("[name=words]", "mardi 10h-12h")
    page.click("button[name=read]")
    clean(page, keep, "horaires-relire")
    page.click("button[name=save]")
    turn_to(page, "Ludothèque d’Essai")
    page.check("li:has-text('Ludothèque d’Essai') [name=ligne]")
    page.click("text=Ce qui est coché est juste")
    assert "1 horaire confirmé" in page.inner_text("main")
