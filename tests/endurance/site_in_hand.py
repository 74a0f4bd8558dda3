"""A site that does what it is told, line by line, while its disk or its database fail.

``python site_in_hand.py``: each line read is an act, each answer is a line of JSON. The site is the
real one, asked through its own door without a server.

- ``prepare``: an empty site, one place, the key of who writes;
- ``send FIRST LAST``: send these remarks; the status of each, and what a refusal says;
- ``page``: the status of a page that is only read;
- ``full`` and ``room``: let SQLite believe that its disk is full, or not any more;
- ``tell``: how many times each remark is there.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import close_old_connections, connection  # noqa: E402
from django.test import Client  # noqa: E402

from portrea.web.accounts.permissions import SYSTEM  # noqa: E402
from portrea.web.api.keys import key_issue  # noqa: E402
from portrea.web.offer.models import Place, Proposal  # noqa: E402
from portrea.web.offer.services.places import place_create  # noqa: E402
from web.offer.census import record  # noqa: E402

COMMUNE = "35188"
ANY_SIZE = 2**31 - 2
"""Pages of a SQLite that nothing bounds."""
_key: list[str] = []


def prepare() -> dict[str, Any]:
    """An empty site, one place, the key of who writes."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    place_create(actor=SYSTEM, record=record(COMMUNE, commune=COMMUNE))
    _key.append(key_issue(actor=SYSTEM, label="Essai", territory=f"commune:{COMMUNE}")[1])
    return {}


def send(first: str, last: str) -> dict[str, Any]:
    """Send remarks; return the status of each, and what the last refusal says."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    statuses, said = {}, ""
    for rank in range(int(first), int(last)):
        if connection.vendor != "sqlite":
            close_old_connections()  # as a server does: a test client keeps a dead one
        body = {"kind": "remark", "place": _place(), "words": f"remarque {rank}"}
        answer = client.post(
            "/api/v1/proposals", body, "application/json",
            headers={"Authorization": f"Bearer {_key[0]}"},
        )  # fmt: skip
        statuses[f"remarque {rank}"] = answer.status_code
        if answer.status_code >= 400:
            said = answer.content.decode()
    return {"statuses": statuses, "said": said}


_known: list[str] = []


def _place() -> str:
    if not _known:
        _known.append(Place.objects.get().pk)
    return _known[0]


def page() -> dict[str, Any]:
    """Return the status of a page that is only read."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    return {"status": client.get("/aide/").status_code}


def full() -> dict[str, Any]:
    """Let SQLite find no room for a page more."""
    return _bounded("(SELECT page_count FROM pragma_page_count)")


def room() -> dict[str, Any]:
    """Give SQLite its room back."""
    return _bounded(str(ANY_SIZE))


def _bounded(pages: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        count = cursor.execute(f"SELECT {pages}").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count={count}")
    return {}


def tell() -> dict[str, Any]:
    """Return how many times each remark is there, and whether SQLite is whole."""
    told: dict[str, Any] = {"titles": Counter(Proposal.objects.values_list("words", flat=True))}
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            told["whole"] = cursor.execute("PRAGMA integrity_check").fetchone()[0]
    return told


ACTS = {act.__name__: act for act in (prepare, send, page, full, room, tell)}

if __name__ == "__main__":
    for line in sys.stdin:
        name, *words = line.split()
        print(json.dumps(ACTS[name](*words)), flush=True)
