"""A room that sends all at once: 200 phones, 20 answers each, on the real « portrea collect ».

Every phone opens its page, then sends its queue in one request as the page of the site does; the
server, the phones and the base share the same machine. The answers are those of the ready
questionnaire to local actors, filled to the end. The floor is the same 4,000 rows written in the
same table, indexes included, by bare SQLite, one transaction a phone on the disk (``FULL``), by
one writer that checks nothing.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import Measure

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PHONES, ANSWERS = 200, 20
LIMIT = 30.0
PATIENCE = 90
TICKS = os.sysconf("SC_CLK_TCK")
SETTINGS = "portrea.web.config.settings.collect"


def run() -> list[Measure]:
    """Flush the phones twice (new, then sent again), check every answer, write the floor."""
    with tempfile.TemporaryDirectory(prefix="portrea-room-") as folder:
        home = Path(folder) / "home"
        told = json.loads(_apart(home, "seed"))
        with _served(home, told["day"]) as (port, process):
            cpu = _cpu(process)
            path = f"/collecte/{told['survey']}/envoi/"
            sent = {"port": port, "key": told["day"], "path": path, "phones": told["phones"]}
            first = _flush(sent)
            spent = _cpu(process) - cpu
            again = _flush(sent)
        base = home / "portrea.sqlite3"
        kept = _kept(base)
        floor = _floor(base)
    return _told(first, again, kept, spent, floor)


def _told(
    first: dict[str, Any], again: dict[str, Any], kept: int, spent: float, floor: float
) -> list[Measure]:
    every = PHONES * ANSWERS
    whole = (
        kept == every and first["taken"] == {"new": every} and again["taken"] == {"known": every}
    )
    clean = set(first["statuses"]) == {"200"}
    worst, middle = max(first["times"]), float(np.median(first["times"]))
    note = (
        f"{kept} réponses gardées sur {every}, réponses HTTP {first['statuses']} ; un téléphone"
        f" attend {middle:.1f} s (médiane), {worst:.1f} s au pire ; processeur du serveur"
        f" {spent:.1f} s"
    )
    seconds = first["seconds"] if whole and clean else float("inf")
    return [
        Measure("collect-room", "200 téléphones envoient 20 réponses chacun", seconds,
                limit=LIMIT, floor=floor, note=note),
        Measure("collect-room-again", "Les mêmes renvoyées : reconnues, rien en double",
                again["seconds"] if whole else float("inf"), limit=LIMIT, floor=floor),
        Measure("collect-room-errors", "Envois qui n’ont pas réussi du premier coup",
                float(sum(n for s, n in first["statuses"].items() if s != "200")), "envois", 0.0),
    ]  # fmt: skip


# -- the room -------------------------------------------------------------------------------------


def seed(home: str) -> None:
    """Make a day, its survey and the answers of the phones; print them."""
    import random
    from uuid import UUID

    import django

    from portrea.cli.serve import prepare_database

    Path(home).mkdir(parents=True, exist_ok=True)
    prepare_database()
    django.setup()
    from portrea.surveys.models import models
    from portrea.surveys.xlsform import write_sheets
    from portrea.web.accounts.permissions import SYSTEM
    from portrea.web.surveys.services.days import day_ask, day_open
    from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
    from portrea.web.surveys.services.rounds import survey_open

    form = models()["acteurs"].form
    made = questionnaire_create(
        actor=SYSTEM, title="Acteurs", territory="epci:243500550", sheets=write_sheets(form),
        model="acteurs",
    )  # fmt: skip
    version = version_publish(actor=SYSTEM, key=made.key)
    survey = survey_open(
        actor=SYSTEM, questionnaire=made, title="Acteurs", territory="epci:243500550"
    )
    day = day_open(actor=SYSTEM, title="Salle", territory="epci:243500550", date=None)
    day_ask(actor=SYSTEM, key=day.key, surveys=[survey])
    drawn = random.Random(20261122)
    phones = [
        [
            {
                "uuid": str(UUID(int=1000 * phone + rank + 1)),
                "version": version.number,
                "answers": _filled(form, drawn),
                "answered": "2026-11-20T14:30:00+01:00",
                "table": str(phone % 8 + 1),
            }
            for rank in range(ANSWERS)
        ]
        for phone in range(PHONES)
    ]
    print(json.dumps({"day": day.key, "survey": survey.key, "phones": phones}))


def _filled(form: Any, drawn: Any) -> dict[str, str]:
    """Return an answer that fills the questionnaire: a choice by list, words, small numbers."""
    from portrea.surveys.form import Kind

    told = {}
    for question in form.questions():
        if question.kind.chooses:
            choices = [choice.name for choice in form.lists[question.choices]]
            plain = [name for name in choices if name not in {"aucune", "jamais"}]
            told[question.name] = drawn.choice(plain)
        elif question.kind is Kind.TEXT:
            told[question.name] = f"Réponse {drawn.randrange(10_000)}, en quelques mots"
        elif question.kind is Kind.INTEGER:
            told[question.name] = str(drawn.randrange(1, 40))
    return told


def _apart(home: Path, name: str) -> str:
    code = f"from benchmarks.collect_room import {name}; {name}({str(home)!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], env=_environment(home), cwd=ROOT, stdout=subprocess.PIPE,
        check=True, text=True,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


def _environment(home: Path) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    return clean | {"PORTREA_HOME": str(home), "DJANGO_SETTINGS_MODULE": SETTINGS}


@contextmanager
def _served(home: Path, key: str) -> Iterator[tuple[int, int]]:
    """Serve the room by the real command; yield its port and its process number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = ["collect", key, "--address", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-c", "from portrea.cli import main; main()", *command],
        env=_environment(home), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/collecte/{key}/")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait(address: str) -> None:
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(address, timeout=10).close()
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.3)
        else:
            return


def _flush(sent: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load.phones"], cwd=ROOT, input=json.dumps(sent),
        stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _cpu(process: int) -> float:
    """Return the processor seconds of a process and its living children (Linux)."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / TICKS
    return own + sum(_cpu(int(child)) for child in children)


# -- the rows -------------------------------------------------------------------------------------


def _kept(base: Path) -> int:
    with sqlite3.connect(base) as connection:
        return int(connection.execute("SELECT count(*) FROM surveys_submission").fetchone()[0])


def _floor(base: Path) -> float:
    """Return the seconds that bare SQLite takes to write the same rows, one phone at a time."""
    source = sqlite3.connect(base)
    rows = source.execute("SELECT * FROM surveys_submission ORDER BY id").fetchall()
    made = source.execute(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'surveys_submission' AND sql IS NOT NULL"
        " ORDER BY type DESC"
    ).fetchall()
    source.close()
    target = sqlite3.connect(base.with_name("floor.sqlite3"), isolation_level=None)
    target.execute("PRAGMA journal_mode=WAL")
    target.execute("PRAGMA synchronous=FULL")
    for (statement,) in made:
        target.execute(statement)
    marks = ", ".join("?" * len(rows[0]))
    started = time.perf_counter()
    for first in range(0, len(rows), ANSWERS):
        target.execute("BEGIN IMMEDIATE")
        target.executemany(
            f"INSERT INTO surveys_submission VALUES ({marks})", rows[first : first + ANSWERS]
        )
        target.execute("COMMIT")
    seconds = time.perf_counter() - started
    target.close()
    return seconds
