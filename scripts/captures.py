"""Take the screenshots of the documentation from the real site, phone and desktop.

``make captures`` needs chromium and poppler. It prepares the demo (or takes the one of
``$PORTREA_HOME``), serves it on a free port, and rewrites ``docs/captures/``: all of it, or the
pages named (``make captures ARGS="comparer note"``).
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date, timedelta
from datetime import time as time_of
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import sync_playwright

from portrea.cli.demo import PILOT, portrait_path, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
CAPTURES = ROOT / "docs" / "captures"
TERRITORY = f"/territoires/{PILOT.replace(':', '/')}/"
ROUND = urlencode({
    "arrets": "Marché ; Montfort-sur-Meu ; 2 h ; toutes les semaines ; vendredi matin\n"
    "Bédée ; ; 1 h 30\nIffendic ; ; 1 h 30",
    "debut": "2026-12-07",
})  # fmt: skip
PAGES = {
    "accueil": "/",
    "territoire": TERRITORY,
    "commune": "/territoires/commune/35188/",
    "comparer": f"/comparer/?territoire={PILOT}",
    "validation": "/methode/validation/",
    "essayer": f"/methode/essayer/?t={PILOT}&exposure.delta.central=0,6",
    "note": "/methode/besoins-a1/",
    "carte": "/carte/",
    "lieux": f"/lieux/?territoire={PILOT}",
    "lieux-horaires": f"/lieux/horaires/?territoire={PILOT}",
    "lieux-chiffres": f"/lieux/statistiques/?territoire={PILOT}",
    "lieux-aucun": "/lieux/?territoire=commune:35188&situation=formation&samedi=oui&q=bus",
    "orientation-ou": "/orientation/",
    "orientation-besoin": "/orientation/?commune=35188",
    "orientation-demarche": "/orientation/?commune=35188&besoin=aide",
    "orientation-contraintes": "/orientation/?commune=35188&besoin=aide&demarche=rsa",
    "orientation-reponse": "/orientation/?commune=35188&besoin=aide&demarche=rsa&vu=oui",
    "orientation-rien": "/orientation/?commune=35188&besoin=depannage&femmes=oui&vu=oui",
    "orientation-fiche": "/orientation/?commune=35188&besoin=aide&demarche=rsa&vu=oui",
    "acces": f"/acces/?territoire={PILOT}",
    "acces-territoire": f"/acces/{PILOT.replace(':', '/')}/",
    "et-si": f"/acces/et-si/?t={PILOT}&besoin=formation&ajout=2,commune:35133",
    "priorites": f"/acces/{PILOT.replace(':', '/')}/priorites/?besoin=formation",
    "tournee": f"/acces/tournees/?{ROUND}",
    "lieu": "/lieux/?territoire=commune:35188",
    "enquete": "/enquetes/{survey}/",
    "enquete-question": "/enquetes/{survey}/",
    "enquete-resultats": "/enquetes/{survey}/resultats/",
    "enquete-telephone": "/collecte/{survey}/",
    "mes-dates": "/mes-dates/",
    "droits": "/droits/",
    "droits-reponse": "/droits/",
    "droits-parametres": "/droits/parametres/",
    "non-recours": "/droits/non-recours/departement/35/",
    "rendez-vous": "/rendez-vous/{permanence}/",
    "atelier": "/ateliers/{workshop}/",
    "edition": "/portraits/{place}/2026-11/",
    "dix-minutes": "/portraits/{place}/2026-11/dix-minutes/",
}
TEAM = {
    "portrait-complet": f"{TERRITORY}portrait-complet/",
    "actions": f"/pilotage/actions/{PILOT.replace(':', '/')}/",
    "reseau": f"/pilotage/reseau/{PILOT.replace(':', '/')}/",
    "indicateurs": f"/pilotage/indicateurs/{PILOT.replace(':', '/')}/",
}
"""Pages of those who are connected: taken as an élu of the territory reads them."""
SURVEY = "habitants"
"""The synthetic survey whose pages are taken."""
SCREENS = {
    "ordinateur": {"viewport": {"width": 1280, "height": 900}},
    "telephone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
COLOURS = 96
"""Enough for flat colours and smooth letters, in a third of the bytes."""
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=swiftshader",
    "--enable-unsafe-swiftshader",
)


def main() -> int:
    """Prepare, serve, take every page on every screen, then the PDF's first pages."""
    home = Path(os.environ.get("PORTREA_HOME") or ROOT / ".portrea").resolve()
    os.environ["PORTREA_HOME"] = str(home)
    prepare(home)
    CAPTURES.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:] or [*PAGES, *TEAM, "pdf"]
    keys = {"survey": _survey(), "permanence": _permanence(), "workshop": _workshop()}
    keys["place"] = _edition()
    email, password = _reader()
    with _served() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=[*CHROMIUM_OPTIONS])
        for screen, options in SCREENS.items():
            page = browser.new_context(locale="fr-FR", **options).new_page()
            for name, path in ((n, p) for n, p in PAGES.items() if n in wanted):
                _take(page, site + path.format(**keys), CAPTURES / f"{name}-{screen}.png")
            if TEAM.keys() & set(wanted):
                _connect(page, site, email, password)
            for name, path in ((n, p) for n, p in TEAM.items() if n in wanted):
                _take(page, site + path, CAPTURES / f"{name}-{screen}.png")
        browser.close()
    if "pdf" in wanted:
        _take_pdf(portrait_path(home))
    return 0


def _take(page: Page, address: str, target: Path) -> None:
    page.goto(address, wait_until="load", timeout=120_000)
    if target.name.startswith("lieu-"):  # identifiers are not known beforehand: the first place
        page.click(".places h3 a")
    if target.name.startswith("orientation-fiche-"):
        page.click("a[href*='/fiche/'] >> nth=0")
    if target.name.startswith("enquete-question-"):
        page.click("main button[type=submit]")
    if target.name.startswith("mes-dates-"):
        for name in ("ft_actualisation", "al_recalcul", "impot_revenus"):
            page.check(f"#droit-{name}")
        page.click("main form button[type=submit]")
    if target.name.startswith("droits-reponse-"):
        _estimate(page)
    page.wait_for_timeout(2500 if "carte" in target.name else 300)
    drawn = Image.open(io.BytesIO(page.screenshot()))
    drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    print(f"{target.relative_to(ROOT)} ({target.stat().st_size // 1000} ko)")


def _estimate(page: Page) -> None:
    """Answer the questions on rights, as somebody alone with two children and a small wage would.

    The page that holds them all is hidden on a phone: it is sent all the same.
    """
    page.evaluate(
        """([typed, chosen]) => {
            const form = document.querySelector(".hint-whole");
            for (const [name, value] of Object.entries(typed)) form.elements[name].value = value;
            for (const [name, value] of Object.entries(chosen)) {
                form.querySelector(`[name="${name}"][value="${value}"]`).checked = true;
            }
            form.querySelector("[type=submit]").click();
        }""",
        [
            {
                "ou": "Montfort-sur-Meu", "r.age": "36", "r.children": "8, 5", "r.rent": "450",
                "r.income": "700",
            },
            {
                "r.partner": "seul", "r.housing": "prive", "r.situation": "travail",
                "r.before.tout-fait": "non", "r.disability": "aucun", "r.residence": "eee",
            },
        ],
    )  # fmt: skip
    page.get_by_role("heading", name="Vos droits possibles").wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")


def _survey() -> str:
    """Return the key of a synthetic survey, opened and published once."""
    from portrea.cli.serve import prepare_database

    prepare_database()
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.surveys.models import Survey
    from portrea.web.surveys.services.examples import example_load
    from portrea.web.surveys.services.publishing import results_publish

    found = Survey.objects.filter(questionnaire__model__icontains=SURVEY).first()
    if found is None:
        found = example_load(actor=SYSTEM, name=SURVEY, territory=PILOT)
        results_publish(actor=SYSTEM, key=found.key)
        Survey.objects.filter(pk=found.pk).update(closed=None)  # as those who answer see it
    return str(found.key)


def _permanence() -> str:
    """Return the key of a permanence with hours, opened once; its name says that it is shown."""
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.action.models import Permanence
    from portrea.web.action.services.permanences import hours_save, permanence_open

    title = "Aide aux démarches (exemple)"
    found = Permanence.objects.filter(title=title).first()
    if found is None:
        found = permanence_open(
            actor=SYSTEM, territory="commune:35188", commune="35188", title=title,
            about="Vos démarches en ligne, avec quelqu’un à côté de vous.",
            bring="Un papier d’identité et le courrier reçu.",
        )  # fmt: skip
        first = date(2026, 1, 1)
        hours = [
            {"weekday": day, "starts": time_of(9), "ends": time_of(12), "every": 1, "first": first}
            for day in (1, 3)
        ]
        hours_save(actor=SYSTEM, key=found.key, hours=hours)
    return str(found.key)


def _workshop() -> str:
    """Return the key of a public workshop, opened once for each month."""
    from django.utils import timezone

    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.action.models import Workshop
    from portrea.web.action.services.workshops import workshop_open

    title, today = "Mes impôts sur mon téléphone (exemple)", timezone.localdate()
    soon = today + timedelta(days=14)
    found = Workshop.objects.filter(title=title, starts__gte=timezone.now()).first()
    if found is None:
        told = {
            "title": title, "day": soon, "starts": time_of(14), "ends": time_of(16),
            "commune": "35188", "place_name": "Salle de la mairie", "capacity": 10, "waiting": 4,
            "public": True, "about": "On regarde ensemble ce qui est prérempli.",
            "themes": ["aide_aux_demarches_administratives"],
        }  # fmt: skip
        found = workshop_open(actor=SYSTEM, territory="commune:35188", told=told)
    return str(found.key)


def _edition() -> str:
    """Return where the edition of November of the pilot is published, frozen once."""
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.steering.models import Edition
    from portrea.web.steering.services.editions import edition_freeze, edition_publish

    if not Edition.objects.filter(name="2026-11").exists():
        made = edition_freeze(actor=SYSTEM, territory=PILOT, name="2026-11", title="Novembre 2026")
        edition_publish(actor=SYSTEM, edition=made, read_again=True)
    return PILOT.replace(":", "-")


def _reader() -> tuple[str, str]:
    """Return the address and the password of an élu of the pilot, whose account is made once."""
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.accounts.selectors import find_user
    from portrea.web.accounts.services import account_create

    email, password = "elu@exemple.org", "une-phrase-pour-les-captures"
    if find_user(email) is None:
        account_create(actor=SYSTEM, email=email, password=password, role="elu", territory=PILOT)
    return email, password


def _connect(page: Page, site: str, email: str, password: str) -> None:
    page.goto(f"{site}/connexion/", wait_until="load")
    page.fill("input[type=email]", email)
    page.fill("input[type=password]", password)
    page.click("main form button[type=submit]")
    page.wait_for_url(f"{site}/compte/**")


def _take_pdf(pdf: Path) -> None:
    for page in "123":  # one by one: the width of its numbers follows the number of pages
        command = ["pdftoppm", "-png", "-r", "70", "-singlefile", "-f", page, str(pdf)]
        subprocess.run([*command, str(CAPTURES / f"pdf-{page}")], check=True)


@contextmanager
def _served() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    portrea = Path(sys.executable).with_name("portrea")
    server = subprocess.Popen([str(portrea), "serve", "--port", str(port), "--no-worker"])
    try:
        _wait(f"http://127.0.0.1:{port}/", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        if server.poll() is not None:
            sys.exit("Le site s’est arrêté.")
        try:
            with urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("Le site ne répond pas.")


def _chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    sys.exit("Chromium est introuvable. Sous Debian : sudo apt-get install chromium")


if __name__ == "__main__":
    sys.exit(main())
