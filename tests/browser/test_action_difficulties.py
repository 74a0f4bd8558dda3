"""Forty difficulties from four places become one proposal, sent, answered, followed by everyone."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from PIL import Image

from browser.conftest import published
from browser.test_census_work import clean, log_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WHERE = "departement:35"
SEED = f"""
import django; django.setup()
from django.utils import timezone
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.action.models import Procedure
from portrea.web.action.services.difficulties import difficulty_tell
procedure = Procedure.objects.get(origin="crit_air")
for rank in range(38):
    difficulty_tell(
        actor=SYSTEM, territory={WHERE!r}, day=timezone.localdate(), procedure=procedure,
        codes=["papier"], severity=3, place="Lieu " + "ABCD"[rank % 4],
    )
"""


@pytest.fixture
def seeded(keeper: str, served_home: Path) -> str:
    """Thirty-eight difficulties of four places; two more are told on the pages."""
    settings = {"DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod"}
    subprocess.run([sys.executable, "-c", SEED], env=published(served_home) | settings, check=True)
    return keeper


def tell(page: Page, words: str, place: str) -> None:
    page.goto("/espace/difficultes/signaler/")
    page.select_option("[name=holder]", WHERE)
    page.fill("[name=procedure]", "certificat critair")
    page.check("[name=codes][value=papier]")
    page.check("[name=severity][value='3']")
    page.fill("[name=place]", place)
    page.fill("[name=words]", words)


def tell_two(page: Page, keep: Callable[[str, bytes], None]) -> None:
    """Tell two difficulties on a phone: words read again, a picture with its names hidden."""
    tell(page, "On lui demande un site, elle n’en a pas.", "Lieu A")
    clean(page, keep, "difficulte")
    page.click("main .save-bar button[type=submit]")
    page.wait_for_selector("text=C’est noté")
    page.fill("main [name=words]", "On lui demande un site, elle n’a que le courrier.")
    page.click("button:has-text('Le texte est relu')")
    page.wait_for_url("**/espace/difficultes/?a-relire=1")
    tell(page, "Appeler madame Martin au 06 12 34 56 78", "Lieu B")
    stream = BytesIO()
    Image.new("RGB", (360, 640), "white").save(stream, "PNG")
    page.set_input_files(
        "[name=picture]",
        {"name": "capture.png", "mimeType": "image/png", "buffer": stream.getvalue()},
    )
    page.click("main .save-bar button[type=submit]")
    page.wait_for_selector("text=Retiré de votre texte")
    page.check("[name=case][value='0-0']")
    page.click("button:has-text('Cacher')")
    page.wait_for_selector("text=caché pour de bon")
    clean(page, keep, "capture")
    page.check("[name=personne]")
    page.click("text=Garder la capture")
    page.wait_for_selector("text=gardée 180 jours")


def propose(page: Page, keep: Callable[[str, bytes], None]) -> str:
    """Write a proposal from what comes back and send it; return the path where it is answered."""
    page.goto(f"/espace/difficultes/regroupees/?pour={WHERE}&organisme=Service+Crit’Air")
    clean(page, keep, "regroupees")
    assert "40" in page.inner_text("table.data tbody tr")
    page.click("table.data >> text=Proposer un changement")
    page.click("text=Préparer le brouillon")
    page.wait_for_selector("text=Enregistrer le brouillon")
    assert "40\u00a0situations vues dans 4\u00a0lieux" in page.inner_text("main")
    page.check("[name=quotes]")
    page.fill("[name=email]", "service@critair.exemple")
    clean(page, keep, "proposition-brouillon")
    page.click("text=Enregistrer le brouillon")
    page.wait_for_selector("text=Le brouillon est enregistré")
    page.click("text=Envoyer à l’administration")
    page.wait_for_selector("text=La lettre, à imprimer")
    clean(page, keep, "proposition")
    page.click("text=La lettre, à imprimer")
    page.wait_for_url("**/lettre/")
    link = re.search(r"/propositions/repondre/\w+/", page.inner_text("main article"))
    assert link
    return link[0]


def test_forty_difficulties_become_a_proposal_that_is_answered(
    seeded: str, visit: Callable[..., Page], keep: Callable[[str, bytes], None]
) -> None:
    page = visit("/", width=360, height=740)
    log_in(page)
    tell_two(page, keep)
    body = visit(propose(page, keep))
    clean(body, keep, "proposition-reponse")
    body.check("[name=event][value=changer]")
    body.fill("[name=changed_on]", timezone.localdate().isoformat())
    body.fill("main textarea", "Un formulaire en papier est rétabli.")
    body.click("text=Envoyer la réponse")
    body.wait_for_selector("text=votre réponse est enregistrée")

    everyone = visit("/propositions/")
    clean(everyone, keep, "propositions")
    everyone.click("main li a >> text=Crit’Air")
    everyone.wait_for_selector("text=Un formulaire en papier est rétabli.")
    clean(everyone, keep, "proposition-publique")
    told = everyone.inner_text("main")
    assert "changée" in told
    assert "elle n’a que le courrier" in told
    assert "Martin" not in told
