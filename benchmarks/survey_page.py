"""The page of a form on the web: server time on the longest ready model, and bytes on a phone.

The floor is a bare Django page of the same size, with the same compression and none of our
templates, asked the same way a moment before and after. Time is processor time of one process,
the 95th percentile over the pages of somebody who answers the whole form.
"""

from __future__ import annotations

import gzip
import os
import re
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import Measure, clock

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 0.060
REPEATS = 12
STATIC = Path(__file__).resolve().parents[1] / "src/portrea/web/design/static/design"
MOST_BYTES = 60_000
SENT = {"Accept-Encoding": "gzip"}
_STATE = re.compile(r'name="etat" value="([^"]*)"')
_HIDDEN = re.compile(r'name="(page|vues|vue|retour)" value="([^"]*)"')
_CHOICE = re.compile(r'<input type="(?:radio|checkbox)" id="[^"]*" name="([^"]*)" value="([^"]*)"')


def run() -> list[Measure]:
    """Open a survey on the longest ready model, answer it page by page, then whole."""
    with tempfile.TemporaryDirectory(prefix="portrea-survey-") as folder:
        os.environ["PORTREA_HOME"] = str(Path(folder) / "home")
        os.environ["DJANGO_SETTINGS_MODULE"] = "portrea.web.config.settings.test"
        _prepare(Path(folder) / "home")
        return _measured(_survey())


def _prepare(home: Path) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    home.mkdir(parents=True)
    settings.PORTREA_HOME = home
    settings.DATABASES["default"]["NAME"] = str(home / "bench.sqlite3")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def _survey() -> str:
    from portrea.surveys.models import models
    from portrea.surveys.xlsform import write_sheets
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
    from portrea.web.surveys.services.rounds import survey_open

    longest = max(models().values(), key=lambda one: len(list(one.form.questions())))
    made = questionnaire_create(
        actor=SYSTEM, title="Acteurs", territory="commune:35188",
        sheets=write_sheets(longest.form), model=longest.form.name,
    )  # fmt: skip
    version_publish(actor=SYSTEM, key=made.key)
    return survey_open(
        actor=SYSTEM, questionnaire=made, title="Acteurs", territory="commune:35188"
    ).key


def _measured(key: str) -> list[Measure]:
    from django.http import HttpResponse
    from django.test import Client
    from django.urls import path

    from portrea.web.config import urls

    client = Client()
    pages = _answered(client, key)
    whole = _sent(client, key, "tout")
    body = gzip.decompress(whole().content)
    small = gzip.decompress(pages[len(pages) // 2]().content)
    urls.urlpatterns += [
        path("grand/", lambda _request: HttpResponse(body)),
        path("petit/", lambda _request: HttpResponse(small)),
    ]
    apart = [_cpu(page) for page in pages]
    floors = [_cpu(partial(client.get, f"/{name}/", headers=SENT)) for name in ("petit", "grand")]
    note = f"{len(pages)} pages ; médiane {float(np.median(apart)) * 1e3:.1f} ms"
    return [
        Measure(
            "survey-page", "Une question du questionnaire le plus long (processeur, p95)",
            float(np.percentile(apart, 95)), limit=LIMIT, floor=floors[0], note=note,
        ),
        Measure(
            "survey-page-whole", "Le questionnaire entier sur une page (processeur)",
            _cpu(whole), limit=LIMIT, floor=floors[1], note=f"{len(body)} octets de HTML",
        ),
        _weight(pages[0]().content),
    ]  # fmt: skip


def _weight(page: bytes) -> Measure:
    """Bytes of a first visit on a phone: page, two style sheets, script; no title font there."""
    parts = ("portrea.css", "surveys.css", "js/answer.js", "icon.svg")
    files = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in parts)
    return Measure(
        "survey-page-bytes", "Première question sur un téléphone, tout compris",
        len(page) + files, "octets", MOST_BYTES, note=f"{len(page)} pour la page (gzip)",
    )  # fmt: skip


def _answered(client: Any, key: str) -> list[Callable[[], Any]]:
    """Return what asks again each page of somebody who answers everything."""
    asked = [_sent(client, key, "suite")]
    while len(asked) < 200:
        told = gzip.decompress(asked[-1]().content).decode()
        if 'value="envoyer"' in told:
            return asked
        asked.append(_next(client, key, told))
    raise RuntimeError("no end")


def _sent(client: Any, key: str, go: str) -> Callable[[], Any]:
    first = client.get(f"/enquetes/{key}/").content.decode()
    state = _STATE.search(first)
    assert state is not None
    data = {"etat": _plain(state[1]), "aller": go}
    return lambda: client.post(f"/enquetes/{key}/repondre/", data, headers=SENT)


def _next(client: Any, key: str, told: str) -> Callable[[], Any]:
    state = _STATE.search(told)
    assert state is not None
    data: dict[str, str] = {"etat": _plain(state[1]), "aller": "suite"}
    data |= {name: _plain(value) for name, value in _HIDDEN.findall(told)}
    data |= {f"q.{path}": "12" for path in data.get("vues", "").split()}
    data |= {_plain(name): _plain(value) for name, value in reversed(_CHOICE.findall(told))}
    return lambda: client.post(f"/enquetes/{key}/repondre/", data, headers=SENT)


def _plain(text: str) -> str:
    from html import unescape

    return unescape(text)


def _cpu(ask: Callable[[], Any]) -> float:
    """Return processor seconds of one answer, the median of several rounds, once warm."""
    assert ask().status_code == 200
    times = []
    for _round in range(REPEATS):
        with clock() as measured:
            ask()
        times.append(measured.cpu)
    return float(np.median(times))
