"""Orientation as it is served: 16 clients on a real server, 100,000 places, SQLite, two workers.

The server is that of « portrea serve » (granian, its settings in service). Questions are asked as
they come in life, where the same one comes back within the minute and gets the page already made;
then once each, so that every page is made. The ceiling is a bare Django page that lists 25
rows (``benchmarks/load/bare.py``) on the same server, with as many workers, asked the same way a
moment before. Server and clients share the same cores. Processor seconds are measured apart, in
one process, for the answer alone and for the page.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import Measure
from benchmarks.duplicates import LIST
from benchmarks.offer_pages import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
CLIENTS, WORKERS, SECONDS, WARM_UP = 16, 2, 20.0, 5.0
CPU_LIMIT, TYPED_LIMIT, WALL_LIMIT, RATE, SHARE = 0.005, 0.010, 0.040, 250.0, 0.60
ROUNDS = 20
"""Times each answer is made: other programs of the machine only make it longer."""
SEED = 20261122
DEPARTEMENTS = ("35", "48", "59", "69", "75", "972")
COMMUNES = (
    "35188", "35238", "35133", "35047", "35288", "48095", "48061", "59350", "59249", "59183",
    "59606", "69123", "69383", "69029", "69264", "75056", "75112", "75118", "97209", "97213",
)  # fmt: skip
ASKED = (
    "besoin=information&vu=oui",
    "besoin=aide&demarche=caf-logement&vu=oui",
    "besoin=aide&demarche=retraite&trajet=pied&vu=oui",
    "besoin=aide&demarche=titre-sejour&langue=arabe&vu=oui",
    "besoin=aide&demarche=rsa&soir=oui&vu=oui",
    "besoin=aide&demarche=aucune&fauteuil=oui&vu=oui",
    "besoin=aide&demarche=aucune&domicile=oui&vu=oui",
    "besoin=formation&trajet=pied&vu=oui",
    "besoin=equipement&samedi=oui&vu=oui",
    "besoin=depannage&vu=oui",
)
WORDS = (
    "payer moins de loyer", "papiers", "inpots", "r", "re", "retr", "carte vital perdue",
    "je peux plus payer mon loyer", "permisdeconduire", "mon mari est mort", "zzzzzzzzzzzz",
)  # fmt: skip
NAMES = (
    "mon", "montf", "saint aubin", "st-méen", "rennnes", "paris 12", "l", "la roche", "zzzzzzz",
    "lyon 3e", "bédé", "Sainte-Marie", "75112", "villeneuve d'asq",
)  # fmt: skip


def run() -> list[Measure]:
    """Measure answers in one process, then the server, beside a bare one."""
    if not (SHARED / LIST).exists():
        return []
    with tempfile.TemporaryDirectory(prefix="portrea-orientation-") as folder:
        home = Path(folder) / "home"
        prepare(home)
        _apart("fill", home)
        told = _apart("measure", home)
        _apart("rows", home)
        bare = _served(_bare, home, [f"/?page={page}" for page in range(40)])
        ours = _served(_serve, home, addresses())
        made = _served(_serve, home, never_twice())
    return [*_in_process(told), *_on_server(ours, bare), _made(made, bare)]


def prepare(home: Path) -> None:
    """Load and compute the départements from which questions are asked; places are everywhere."""
    from portrea.sources.loading import load_embedded
    from portrea.sources.store import Store
    from portrea.steering.computation import compute

    store = Store(home)
    load_embedded(store, departements=set(DEPARTEMENTS))
    compute(store)


def addresses() -> list[str]:
    """Return the questions asked."""
    return [f"/orientation/?commune={c}&{asked}" for c, asked in product(COMMUNES, ASKED)]


def never_twice() -> list[str]:
    """Return the questions, each with a mark that makes it another address."""
    return [f"{address}&n={rank}" for rank in range(100) for address in addresses()]


def _in_process(told: dict[str, Any]) -> list[Measure]:
    note = (
        f"{told['places']} lieux, {told['asked']} réponses, chacune la plus courte de {ROUNDS} ;"
        f" médiane {told['answer50'] * 1e3:.1f} ms, au pire {told['worst'] * 1e3:.1f} ms ; page"
        f" entière {told['page50'] * 1e3:.1f} ms (médiane), {told['page'] * 1e3:.1f} ms (p95)"
    )
    return [
        Measure(
            "orientation-site-answer",
            "Réponse d’orientation du site parmi 100 000 lieux (processeur, p95)",
            told["answer"], limit=CPU_LIMIT, note=note,
        ),
        Measure(
            "orientation-site-typed",
            "Commune et démarche cherchées pendant la frappe (processeur, p95)",
            told["typed"], limit=TYPED_LIMIT,
            note=f"{len(WORDS)} démarches, {len(NAMES)} communes ; au pire"
            f" {told['typed_worst'] * 1e3:.1f} ms",
        ),
        Measure(
            "orientation-site-load",
            "Un processus qui démarre : lieux et ouvertures lus sur disque (processeur)",
            told["load"],
            note=f"faits une fois, avant d’écouter, en {told['prepared']:.0f} s",
        ),
        Measure(
            "orientation-site-patch",
            "Un lieu changé : la réponse suivante en tient compte (processeur)", told["patch"],
        ),
    ]  # fmt: skip


def _on_server(ours: dict[str, Any], bare: dict[str, Any]) -> list[Measure]:
    share = ours["rate"] / bare["rate"]
    note = (
        f"{CLIENTS} clients, {WORKERS} processus, {len(addresses())} questions ;"
        f" médiane {_at(ours, 50) * 1e3:.0f} ms, p99 {_at(ours, 99) * 1e3:.0f} ms ; page de"
        f" {ours['bytes']} octets au plus (gzip) ; processeur du client"
        f" {ours['client'] * 1e3:.2f} ms par requête"
    )
    return [
        Measure(
            "orientation-site-p95",
            "Page de réponse, 16 clients à la fois (temps écoulé, p95)",
            _at(ours, 95), limit=WALL_LIMIT, floor=_at(bare, 95), note=note,
        ),
        Measure(
            "orientation-site-request",
            "Page de réponse : secondes par requête, 16 clients (inverse du débit)",
            1 / ours["rate"], limit=1 / RATE, floor=1 / bare["rate"],
            note=f"{ours['rate']:.0f} requêtes/s ; Django nu, liste de 25 lignes, même serveur :"
            f" {bare['rate']:.0f} requêtes/s",
        ),
        Measure(
            "orientation-site-ceiling",
            "Plafond du cadre (Django nu) rapporté au débit de la page de réponse",
            1 / share, "fois", limit=1 / SHARE,
            note=f"{share:.0%} du plafond ; {SHARE:.0%} demandés",
        ),
    ]  # fmt: skip


def _made(made: dict[str, Any], bare: dict[str, Any]) -> Measure:
    share = made["rate"] / bare["rate"]
    return Measure(
        "orientation-site-made",
        "Page de réponse presque toujours nouvelle : secondes par requête, 16 clients",
        1 / made["rate"], floor=1 / bare["rate"],
        note=f"{made['rate']:.0f} requêtes/s, {share:.0%} du plafond ; p95"
        f" {_at(made, 95) * 1e3:.0f} ms",
    )  # fmt: skip


def _at(told: dict[str, Any], percent: int) -> float:
    return float(np.percentile(told["times"], percent))


# -- servers --------------------------------------------------------------------------------------


def _environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    return kept | {"PORTREA_HOME": str(home), "BARE_HOME": str(home), "PYTHONPATH": str(ROOT)}


def _apart(act: str, home: Path) -> dict[str, Any]:
    """Do something in a process of its own, with the settings of a published site."""
    code = f"from benchmarks.orientation_site import {act}; {act}()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=_environment(home), cwd=ROOT, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    return json.loads(lines[-1]) if lines else {}


def _serve(port: int) -> list[str]:
    return [
        sys.executable, "-c", "from portrea.cli import main; main()", "serve",
        "--port", str(port), "--workers", str(WORKERS), "--no-worker",
    ]  # fmt: skip


def _bare(port: int) -> list[str]:
    code = (
        "from multiprocessing import set_start_method; set_start_method('spawn', force=True);"
        "from granian import Granian; from granian.constants import Interfaces;"
        f"Granian('benchmarks.load.bare:serve', address='127.0.0.1', port={port},"
        f"interface=Interfaces.WSGI, workers={WORKERS}, log_enabled=False).serve()"
    )
    return [sys.executable, "-c", code]


def _served(command: Callable[[int], list[str]], home: Path, asked: list[str]) -> dict[str, Any]:
    """Put a server under load, after a moment that is not counted."""
    port = _free_port()
    with _running(command(port), home, port):
        _load(port, asked, WARM_UP)
        told = _load(port, asked, SECONDS)
    if told["wrong"]:
        sys.exit(f"Réponses inattendues : {told['wrong']}")
    return told


def _load(port: int, asked: list[str], seconds: float) -> dict[str, Any]:
    told = {"port": port, "addresses": asked, "clients": CLIENTS, "seconds": seconds, "seed": SEED}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load.client"],
        input=json.dumps(told).encode(), cwd=ROOT, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextlib.contextmanager
def _running(command: list[str], home: Path, port: int) -> Iterator[None]:
    process = subprocess.Popen(command, env=_environment(home), cwd=ROOT)
    try:
        until = time.monotonic() + 600
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > until:
                sys.exit("Le serveur n’a pas démarré.")
            time.sleep(0.2)
        time.sleep(15)  # each process reads what it needs before the first visitor
        yield
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


# -- in a process of its own ----------------------------------------------------------------------


def fill() -> None:
    """Write 100,000 places in the database of the site."""
    from benchmarks.offer_pages import fill as write
    from portrea.cli.serve import collect_static, prepare_database

    prepare_database()
    collect_static()
    write()


def rows() -> None:
    """Write the rows of the bare site."""
    from benchmarks.load.bare import site

    site()


def measure() -> None:
    """Measure answers, pages and words typed; print them as JSON."""
    from portrea.cli.serve import setup_django

    setup_django()
    from django.test import Client

    from portrea.offer.orientation.asked import Asked
    from portrea.web.config.warming import settle
    from portrea.web.journeys import board, selectors

    prepared = _spent(board.prepare)
    board._held.clear()
    board._dated.clear()
    load = _spent(board.board) + _spent(board.keep_ready)
    settle()
    questions = [Asked.of(address.partition("?")[2]) for address in addresses()]
    for asked in questions[::7]:
        selectors.orient(asked)
    rounds = [
        [_spent(lambda asked=asked: selectors.orient(asked)) for asked in questions]
        for _round in range(ROUNDS)
    ]
    answers = [min(times) for times in zip(*rounds, strict=True)]
    client = Client(headers={"Host": "127.0.0.1", "Accept-Encoding": "gzip"})
    pages = [_spent(lambda a=address: client.get(a)) for address in addresses()]
    typed = [_spent(lambda w=w: selectors.suggest_procedures(w)) for w in WORDS * 10]
    typed += [_spent(lambda n=n: _named(n)) for n in NAMES * 10]
    told = {
        "places": board.board().places,
        "asked": len(answers),
        "answer": float(np.percentile(answers, 95)),
        "answer50": float(np.median(answers)),
        "worst": max(answers),
        "page": float(np.percentile(pages, 95)),
        "page50": float(np.median(pages)),
        "typed": float(np.percentile(typed, 95)),
        "typed_worst": max(typed),
        "load": load,
        "prepared": prepared,
        "patch": _patch(questions[0]),
    }
    print(json.dumps(told))


def _named(text: str) -> None:
    from portrea.base.errors import TerritoryError
    from portrea.web.journeys import selectors

    with contextlib.suppress(TerritoryError):
        selectors.communes_for(text)


def _patch(asked: Any) -> float:
    """Return the processor time of an answer that finds a place changed just before."""
    from django.utils import timezone

    from portrea.web.journeys import selectors
    from portrea.web.offer.models import Place

    first = selectors.orient(asked).choices[0].id
    Place.objects.filter(pk=first).update(status="closed", changed=timezone.now())
    spent = _spent(lambda: selectors.orient(asked))
    shown = [choice.id for choice in selectors.orient(asked).choices]
    Place.objects.filter(pk=first).update(status="open", changed=timezone.now())
    if first in shown:
        sys.exit("Un lieu fermé est encore proposé.")
    return spent


def _spent(act: Callable[[], object]) -> float:
    before = time.process_time()
    act()
    return time.process_time() - before
