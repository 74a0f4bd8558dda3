"""A process of the site when a slot is rushed for: python rush.py prepare|come FROM TO|tell."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
settings.STORAGES = {
    **settings.STORAGES,  # no file to collect
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from portrea.action.planning import PARIS  # noqa: E402
from portrea.web.accounts.permissions import SYSTEM  # noqa: E402
from portrea.web.action.models import Appointment, Permanence  # noqa: E402
from portrea.web.action.services.permanences import hours_save, permanence_open  # noqa: E402

AGENTS = 2


def prepare() -> None:
    """An empty site, a permanence of one hour in two days: two slots, two people who receive."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    made = permanence_open(
        actor=SYSTEM, territory="commune:35188", title="Mairie", agents=AGENTS, on_holidays=True
    )
    day = day_of_rush()
    hours_save(actor=SYSTEM, key=made.key, hours=[
        {"weekday": day.weekday(), "starts": time(9), "ends": time(10), "every": 1, "first": day}
    ])  # fmt: skip


def day_of_rush() -> date:
    return timezone.now().astimezone(PARIS).date() + timedelta(days=2)


def first_slot() -> int:
    """Return the number of the first slot, as addresses write it."""
    return int(datetime.combine(day_of_rush(), time(9), PARIS).timestamp())


def come(first: int, last: int) -> None:
    """Residents of different networks press the button at once; print what each one got."""
    address = f"/rendez-vous/{Permanence.objects.get().key}/{first_slot()}/"
    start, ends = threading.Barrier(last - first), []

    def person(rank: int) -> None:
        client = Client(
            REMOTE_ADDR=f"203.0.113.{rank}", SERVER_NAME="localhost", headers={"host": "localhost"}
        )
        start.wait()
        try:
            ends.append(what(client, address))
        except Exception as error:  # noqa: BLE001 - whatever it is, the person lost her turn
            ends.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    people = [threading.Thread(target=person, args=(rank,)) for rank in range(first, last)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    print(json.dumps(Counter(ends)))


def what(client: Client, address: str) -> str:
    """Press the button; return what the page says, and whether nothing typed is lost."""
    answer = client.post(address, {"subject": "logement", "needs": ["lsf"]})
    if answer.status_code == 302:
        return "taken"
    shown = answer.content.decode()
    kept = 'value="logement" selected' in shown and "formaction=" in shown
    return f"{answer.status_code} {'kept' if kept else 'lost'}"


def tell() -> None:
    """Print the seats taken of the slot."""
    print(json.dumps(sorted(Appointment.objects.values_list("seat", flat=True))))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare"]:
            prepare()
        case ["come", first, last]:
            come(int(first), int(last))
        case ["tell"]:
            tell()
