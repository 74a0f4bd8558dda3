"""A process of its own, to be killed: python killed.py prepare|import|finish.

It stops at each step of an import and waits for a line, so that whoever watches may kill it there.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from portrea.web.accounts.permissions import SYSTEM  # noqa: E402
from portrea.web.offer.models import ImportBatch, Place  # noqa: E402
from portrea.web.offer.services import (  # noqa: E402
    EditConflict,
    import_apply,
    import_receive,
    import_undo,
    place_fix,
)
from web.offer.census import LISTS, applied, record, state  # noqa: E402

MANY = 300


def prepare() -> None:
    """A first version of the list."""
    call_command("migrate", verbosity=0, interactive=False)
    applied(*(record(str(n), phone="1") for n in range(MANY)))
    tell()


def tell() -> None:
    """Everything the census knows, and how many imports are half-done."""
    half = ImportBatch.objects.filter(state="received", rows__isnull=False).count()
    print(json.dumps({"state": state(), "half": half}, default=str, sort_keys=True))


def stopping(share: float, step: str) -> None:
    """Say where we are, and wait to be told to go on."""
    print(step, flush=True)
    sys.stdin.readline()


def again() -> None:
    """A second version: changed, new and lost rows."""
    batch = import_receive(actor=SYSTEM, source=LISTS)
    places = [record(str(n), phone="2") for n in range(MANY // 2, MANY + MANY // 2)]
    import_apply(actor=SYSTEM, batch=batch, places=places, progress=stopping)


def finish() -> None:
    """What is left, the import to its end, its undoing, then two people at once."""
    tell()
    again()
    tell()
    import_undo(actor=SYSTEM, batch=ImportBatch.objects.filter(state="applied").latest("pk"))
    tell()
    race()


def race() -> None:
    """Two people save the same sheet at the same time."""
    place = Place.objects.order_by("pk").first()
    assert place is not None
    seen, start, ends = place.version, threading.Barrier(2), []

    def save(value: str) -> None:
        start.wait()
        try:
            place_fix(actor=SYSTEM, place_id=place.pk, version=seen, changes={"phone": value})
            ends.append("saved")
        except EditConflict as conflict:
            ends.append(f"conflict {conflict.conflicts[0].current} {conflict.wanted['phone']}")
        finally:
            connection.close()

    people = [threading.Thread(target=save, args=(value,)) for value in ("7", "8")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    print(json.dumps(sorted(ends)))


if __name__ == "__main__":
    acts = {"prepare": prepare, "import": again, "finish": finish}
    acts[sys.argv[1]]()
