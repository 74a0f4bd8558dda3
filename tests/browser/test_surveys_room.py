"""A day from its démarche to its report: « portrea collect » for real, a phone, the board."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from browser.bases import bare
from browser.census import KEEPER, PASSWORD
from browser.collecting import answer
from browser.conftest import COMMAND, free_port, wait_for
from browser.test_census_work import clean, log_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SEED = f"""
import django; django.setup()
from portrea.web.accounts.models import User
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open
User.objects.create_superuser({KEEPER!r}, {PASSWORD!r})
sheets = {{
    "survey": [
        {{"type": "text", "name": "mot", "label": "Votre mot", "required": "true()"}},
        {{"type": "select_one ouinon", "name": "aide", "label": "Une aide ?"}},
        {{"type": "text", "name": "qui", "label": "De qui ?", "relevant": "${{aide}} = 'oui'"}},
    ],
    "choices": [
        {{"list_name": "ouinon", "name": "oui", "label": "Oui"}},
        {{"list_name": "ouinon", "name": "non", "label": "Non"}},
    ],
    "settings": [{{"form_title": "Essai", "form_id": "essai"}}],
}}
where = "epci:243500550"
made = questionnaire_create(actor=SYSTEM, title="Essai", territory=where, sheets=sheets)
version_publish(actor=SYSTEM, key=made.key)
print(survey_open(actor=SYSTEM, questionnaire=made, title="Essai", territory=where).key)
"""


class Laptop:
    """The laptop of a room, which says at the end what it received."""

    said = ""

    def __init__(self, home: Path) -> None:
        self.environment = bare() | {"PORTREA_HOME": str(home)}  # a laptop has no server
        settings = {"DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod"}
        done = subprocess.run(
            [sys.executable, "-c", SEED], env=self.environment | settings,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        self.key = done.stdout.strip()
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        words = ["collect", self.key, "--address", "127.0.0.1", "--port", str(port)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *words], env=self.environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def stop(self) -> str:
        """Stop as Ctrl-C does; return all that was said."""
        if not self.said:
            self.process.terminate()
            self.said = self.process.communicate(timeout=30)[0]
        return self.said


@pytest.fixture
def laptop(demo_home: Path, ready_home: Path, tmp_path: Path) -> Iterator[Laptop]:
    home = tmp_path / "portable"
    shutil.copytree(demo_home, home)
    shutil.copytree(ready_home, home, dirs_exist_ok=True)
    made = Laptop(home)
    try:
        wait_for(made.address, made.process)
        yield made
    finally:
        made.stop()


def test_a_day_from_its_demarche_to_its_report(
    laptop: Laptop, browser: Browser, keep: Callable[[str, bytes], None]
) -> None:
    team = browser.new_context(base_url=laptop.address, viewport={"width": 1280, "height": 900})
    page = team.new_page()
    log_in(page)
    page.goto("/espace/demarches/")
    page.fill("[name=title]", "Journée d’essai")
    page.select_option("[name=territory]", "departement:35")
    page.fill("[name=date]", timezone.localdate().isoformat())
    page.fill("[name=starts]", "09:00")
    page.click("main form.sheet button[type=submit]")
    assert "C’est aujourd’hui" in page.inner_text("main")
    clean(page, keep, "demarche")
    late = page.locator(".day-next .day-task").count()
    page.click(".day-next .day-task__tick >> nth=0")
    assert page.locator(".day-task--done").count() == 1
    assert page.locator(".day-next .day-task").count() == late
    page.click("text=Tables et rôles")
    page.fill("[name=role-1-topic]", "Ce qui bloque")
    page.click("main form.day-rows button[type=submit]")
    clean(page, keep, "demarche-tables")
    page.click(".day-tabs >> text=Enquêtes")
    page.check("[name=surveys]")
    page.click("main form.sheet button[type=submit]")
    page.click(".day-tabs >> text=La salle")
    clean(page, keep, "demarche-salle")
    code = page.inner_text(".room__code")

    phone = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    phone.goto(f"{laptop.address}/")
    answer(phone, "les mots de passe")
    host = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    host.goto(laptop.address + page.locator("text=Tableau de la journée").get_attribute("href"))
    host.fill("[name=pin]", code)
    host.keyboard.press("Enter")
    host.wait_for_selector(".room__count b")
    assert host.inner_text(".room__count b") == "< 5", "few people: the number is not said"
    assert "Sans réponse" in host.inner_text("main")
    clean(host, keep, "tableau")

    page.click(".day-tabs >> text=Compte rendu")
    page.fill("[name=decisions]", "Un atelier, CCAS, mai")
    page.fill("[name=notes]", "Appeler Mme Durand, 06 12 34 56 78")
    page.click("main form.sheet button[type=submit]")
    report = page.inner_text(".day-report")
    assert "Essai : moins de 5 réponses" in report
    assert "Un atelier, CCAS, mai" in report
    assert "Durand" not in report
    clean(page, keep, "compte-rendu")
    for window in (team, phone.context, host.context):
        window.close()
    said = laptop.stop()
    assert f"{laptop.address}/" in said
    assert re.search(r"Réponses reçues depuis le début : 1\.", said)
