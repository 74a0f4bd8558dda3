"""The site in processes born to be killed: python forking.py PORT.

Django is read once; each line read makes a process by ``fork``, whose number is printed: a web
server (the site’s own application, one thread by request), the background worker, or a référent
who decides. They are so reborn in some hundredths of a second, where « portrea serve » takes some
seconds: the code that writes is the same, and a thousand deaths fit in an hour.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import InterfaceError, OperationalError, connections, transaction  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_tasks import TaskResultStatus  # noqa: E402
from django_tasks_db.models import DBTaskResult  # noqa: E402

from endurance.killing import COMMUNES  # noqa: E402
from portrea.cli.worker import worker  # noqa: E402
from portrea.web.accounts.models import JournalEntry  # noqa: E402
from portrea.web.accounts.permissions import SYSTEM  # noqa: E402
from portrea.web.api import proposals  # noqa: E402
from portrea.web.api.keys import key_issue  # noqa: E402
from portrea.web.api.models import KeyProposal  # noqa: E402
from portrea.web.offer.models import Place, Proposal  # noqa: E402
from portrea.web.offer.services.mailing import send_decision  # noqa: E402
from portrea.web.offer.services.places import place_create  # noqa: E402
from portrea.web.offer.services.proposals import proposal_decide  # noqa: E402
from web.offer.census import record  # noqa: E402

ENDED = (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED)


class Handler(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_told: object) -> None:
        """Write nothing."""


class Server(ThreadingMixIn, WSGIServer):
    """Answers each request in a thread of its own; its address is free as soon as it dies."""

    daemon_threads = True
    allow_reuse_port = True
    request_queue_size = 128


def prepare() -> None:
    """An empty site, a place in each commune, and the keys of those who will write; print both."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    for commune in COMMUNES:
        place_create(actor=SYSTEM, record=record(commune, commune=commune))
    places = Place.objects.order_by("pk").values_list("pk", "commune")
    print(json.dumps([(key, _key(f"commune:{commune}")) for key, commune in places]), flush=True)


def _key(territory: str) -> str:
    return key_issue(actor=SYSTEM, label="Essai", territory=territory)[1]


def tell() -> None:
    """Print how many times each thing written is there, then the rows that should go with them."""
    titles = Counter(Proposal.objects.values_list("words", flat=True))
    decided = Proposal.objects.exclude(state="waiting")
    told = {
        "titles": titles,
        "journal": JournalEntry.objects.filter(act="place.propose").count(),
        "keys": KeyProposal.objects.count(),
        "decided": decided.count(),
        "decisions": JournalEntry.objects.filter(act="proposal.decide").count(),
        "addresses": decided.exclude(email="").count(),
        "given_up": DBTaskResult.objects.filter(
            status=TaskResultStatus.FAILED, task_path=send_decision.module_path
        ).count(),
    }
    print(json.dumps(told), flush=True)


def drain() -> None:
    """Do what is left to the background worker, and what it would try again later."""
    waiting = DBTaskResult.objects.exclude(status__in=ENDED)
    until = time.monotonic() + 180
    while waiting.exists() and time.monotonic() < until:
        waiting.filter(status=TaskResultStatus.READY).update(run_after=timezone.now())
        worker.main(["--batch"], standalone_mode=False)
    print("{}", flush=True)


def breed(port: int) -> None:
    """Make a process for each line read, until there is none; print its number or its answer."""
    application = get_wsgi_application()
    proposals.RATE = "1000000/h"  # six people write here what a thousand would
    assert get_resolver().url_patterns  # every page is read
    connections.close_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are buried at once
    for line in sys.stdin:
        act = line.strip()
        if act == "prepare":  # before any fork: it needs threads, which a fork does not copy
            prepare()
            connections.close_all()
            continue
        child = os.fork()
        if child == 0:
            try:
                live(act, port, application)
            except BaseException:  # noqa: BLE001 - said, then it dies as one that was killed
                traceback.print_exc()
            finally:
                os._exit(0)
        if act not in ANSWERING:
            print(child, flush=True)


def decide_all() -> None:
    """Refuse one proposal in ten, and leave its author’s address to the worker."""
    while True:
        try:
            for found in Proposal.objects.filter(state="waiting", words__endswith="4")[:20]:
                decide(found)
        except (OperationalError, InterfaceError):  # the database was killed
            connections.close_all()
        time.sleep(0.05)


@transaction.atomic
def decide(found: Proposal) -> None:
    """Refuse one proposal whose author left an address."""
    Proposal.objects.filter(pk=found.pk).update(email=f"auteur-{found.pk}@exemple.fr")
    proposal_decide(
        actor=SYSTEM, key=found.pk, version=found.version, verdict="refuse", reason="unverified"
    )


def live(act: str, port: int, application: Any) -> None:
    """Answer and end, or serve, decide, work until killed."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if act in ANSWERING:
        ANSWERING[act]()
    elif act == "worker":
        worker.main([], standalone_mode=False)
    elif act == "decider":
        decide_all()
    else:
        with Server(("127.0.0.1", port), Handler) as server:
            server.set_app(application)
            server.serve_forever()


ANSWERING = {"tell": tell, "drain": drain}

if __name__ == "__main__":
    breed(int(sys.argv[1]))
