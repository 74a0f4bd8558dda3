"""An agent at her keyboard hands an orientation over; the partner answers on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from browser.census import KEEPER
from browser.test_census_work import clean, log_in, place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ASKED = "commune=35188&besoin=aide&demarche=rsa&trajet=pied&vu=oui"


def test_from_the_keyboard_to_the_phone_and_back(
    keeper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    assert keeper == KEEPER
    page = visit("/")
    log_in(page)
    page.goto(f"/espace/orientations/vers/{place_of(page, 'Médiathèque d’Essai')}/?{ASKED}")
    assert page.input_value("[name=procedure]") == "rsa"
    assert page.is_checked("[value=pied]")
    clean(page, keep, "orientation-transmettre")
    page.fill("[name=words]", "Fatima, 06 12 34 56 78, a un courrier")
    page.click("main form details.picker summary")
    page.fill("[name=first_name]", "Awa")
    page.keyboard.press("Enter")
    assert "Cochez l’accord de la personne" in page.inner_text("[role=alert]")
    clean(page, keep, "orientation-a-corriger")
    page.check("[name=agreed]")
    page.fill("[name=contact]", "06 98 76 54 32")
    page.fill("[name=words]", "A un courrier, 06 12 34 56 78")
    page.click("main form.sheet button[type=submit]")
    assert "Retiré de votre texte avant l’envoi : un numéro." in page.inner_text("main")
    clean(page, keep, "orientation-envoyee")
    path = re.search(r"/orientation-recue/\w+/", page.inner_text(".link-card__address"))
    assert path

    phone = visit(path[0], width=360, height=740, has_touch=True)
    assert "Awa" in phone.inner_text("main")
    clean(phone, keep, "orientation-recue")
    late = visit(path[0], width=360, height=740, java_script_enabled=False)
    phone.click("text=J’ai une question")
    phone.check("#ask-when")
    phone.click("text=Poser la question")
    assert "Votre question est envoyée" in phone.inner_text("main")
    page.goto("/espace/orientations/?etat=question")
    clean(page, keep, "orientations")
    page.click("main th a")
    page.fill("[name=words]", "Le matin")
    clean(page, keep, "orientation-question")
    page.click("text=Envoyer la réponse")

    phone.goto(path[0])
    phone.fill("[name=words-accept]", "mardi à 9 h")
    with phone.expect_navigation():
        phone.tap("button:has-text('Oui, nous la recevons')")
    assert "Vous avez dit oui" in phone.inner_text("main")
    clean(phone, keep, "orientation-acceptee")
    late.click("button:has-text('Oui, nous la recevons')")
    assert "Quelqu’un a répondu" in late.inner_text("[role=alert]"), "a page left open, no script"
    page.reload()
    assert "mardi à 9 h" in page.inner_text("main")
    page.click("text=Sans suite : la personne n’y va pas")
    assert "Awa" not in page.inner_text("main")
    phone.goto(path[0])
    assert "est sans suite" in phone.inner_text("main")


def test_nothing_suits_is_told_then_read(
    keeper: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    assert keeper == KEEPER
    resident = visit(f"/orientation/rien-ne-convient/?{ASKED}", width=360, height=740)
    results = resident.inner_text("h1")
    assert results.startswith("Rien ne convient")
    resident.check("[value=closed]")
    resident.click("main button[type=submit]")
    assert "Merci" in resident.inner_text("h1")
    page = visit("/")
    log_in(page)
    page.goto("/espace/demandes/?territoire=epci:243500550")
    assert "masqué" in page.inner_text("main"), "one is never shown"
    clean(page, keep, "demandes")
