"""The form of a help given, shown and kept, on a log of 100,000 records (SQLite).

The floors are bare Django in the same process: a page of the same bytes for who is connected, and
one row of the same table written by a view that checks nothing but the session. Time is processor
time of one process, the 95th percentile of several hundred requests.
"""

from __future__ import annotations

import gzip
import os
import random
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import numpy as np

from benchmarks import Measure, clock

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 0.050
RECORDS, CHUNK, REPEATS, WARM = 100_000, 5_000, 300, 20
COMMUNES = ("35188", "35238", "35133", "35047")
FORM = "/espace/comptes-rendus/nouveau/"
SENT = {"Accept-Encoding": "gzip"}


def run() -> list[Measure]:
    """Fill a log, then ask for the form and send it."""
    with tempfile.TemporaryDirectory(prefix="portrea-log-") as folder:
        os.environ["PORTREA_HOME"] = str(Path(folder) / "home")
        os.environ["DJANGO_SETTINGS_MODULE"] = "portrea.web.config.settings.test"
        _prepare(Path(folder) / "home")
        return _measured(_fill())


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


def _fill() -> Any:
    """Write the records of four communes over three years; return somebody who notes."""
    from portrea.web.accounts.models import Membership, User
    from portrea.web.action.models import Record

    user = User.objects.create_user("aide@exemple.org", "x")
    for code in COMMUNES:
        Membership.objects.create(user=user, role="referent", level="commune", code=code)
    chance = random.Random(7)
    for start in range(0, RECORDS, CHUNK):
        rows = [_record(user, chance) for _number in range(CHUNK)]
        Record.objects.bulk_create(rows, batch_size=500)
        print(f"  {start + CHUNK} comptes rendus", flush=True)
    return user


def _record(user: Any, chance: random.Random) -> Any:
    from portrea.web.action.models import Record

    code = chance.choice(COMMUNES)
    return Record(
        uuid=UUID(int=chance.getrandbits(128)), level="commune", code=code, commune=code, by=user,
        day=date(2023, 11, 1) + timedelta(days=chance.randrange(1_100)), kind="individuel",
        where="lieu_activite", themes=["email", "sante"], result="oui", minutes=30, band="30-60",
        ages={"SoixanteDixPlus": 1}, statuses={"NonCommunique": 1}, genders={"NonCommunique": 1},
    )  # fmt: skip


def _measured(user: Any) -> list[Measure]:
    from django.test import Client

    client = Client()
    client.force_login(user)
    page = client.get(FORM, headers=SENT)
    body = gzip.decompress(page.content)
    _bare(body)
    shown, sent = _p95(lambda: client.get(FORM, headers=SENT)), _p95(lambda: _post(client, FORM))
    floors = _p95(lambda: client.get("/nu/", headers=SENT)), _p95(lambda: _post(client, "/nu/"))
    note = f"{RECORDS:,} comptes rendus".replace(",", "\u202f")
    return [
        Measure(
            "action-log-form", "Le formulaire d’un compte rendu (processeur, p95)",
            shown, limit=LIMIT, floor=floors[0], note=f"{note} ; {len(body)} octets de HTML",
        ),
        Measure(
            "action-log-post", "Un compte rendu enregistré (processeur, p95)",
            sent, limit=LIMIT, floor=floors[1], note=note,
        ),
    ]  # fmt: skip


def _bare(body: bytes) -> None:
    """Serve the same bytes, and write the same row, without anything of ours."""
    from django.contrib.auth.decorators import login_required
    from django.http import HttpResponse, HttpResponseRedirect
    from django.urls import path

    from portrea.web.config import urls

    chance = random.Random(11)

    @login_required
    def bare(request: Any) -> HttpResponse:
        if request.method == "POST":
            _record(request.user, chance).save(force_insert=True)
            return HttpResponseRedirect("/")
        return HttpResponse(body)

    urls.urlpatterns += [path("nu/", bare)]


def _post(client: Any, address: str) -> Any:
    told = {
        "uuid": str(uuid4()), "holder": f"commune:{COMMUNES[0]}", "kind": "individuel",
        "where": "lieu_activite", "day": date.today().isoformat(), "result": "oui",  # noqa: DTZ011
        "themes": ["aide_aux_demarches_administratives"], "procedure_themes": ["social_sante"],
        "procedure": "déclaration trimestrielle RSA", "minutes": "30",
    }  # fmt: skip
    answer = client.post(address, told, headers=SENT)
    assert answer.status_code == 302, answer.status_code
    return answer


def _p95(ask: Callable[[], Any]) -> float:
    """Return processor seconds of one answer, the 95th percentile, once warm."""
    for _time in range(WARM):
        ask()
    times = []
    for _time in range(REPEATS):
        with clock() as measured:
            ask()
        times.append(measured.cpu)
    return float(np.percentile(times, 95))
