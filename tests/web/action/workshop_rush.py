"""A process of the site when a workshop fills: workshop_rush.py prepare|come FROM TO|go|tell."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

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

from portrea.web.action.models import Registration, Workshop  # noqa: E402
from web.action.workshop_case import workshop  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CAPACITY, WAITING, LEAVE = 4, 3, 2


def prepare() -> None:
    """An empty site, a workshop of four places and three in its waiting list."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    workshop(capacity=CAPACITY, waiting=WAITING)


def together(what: Callable[[Client, int], str], ranks: Sequence[int]) -> None:
    """Let people of different networks act at once; print what each one got."""
    start, ends = threading.Barrier(len(ranks)), []

    def person(rank: int) -> None:
        client = Client(
            REMOTE_ADDR=f"203.0.113.{rank}", SERVER_NAME="localhost", headers={"host": "localhost"}
        )
        start.wait()
        try:
            ends.append(what(client, rank))
        except Exception as error:  # noqa: BLE001 - whatever it is, the person lost her turn
            ends.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    people = [threading.Thread(target=person, args=(rank,)) for rank in ranks]
    for one in people:
        one.start()
    for one in people:
        one.join()
    print(json.dumps(Counter(ends)))


def joined(client: Client, _rank: int) -> str:
    """Open the page, press the button; return what was got."""
    address = f"/ateliers/{Workshop.objects.get().key}/"
    page = client.get(address).content.decode()
    drawn = re.findall(r'name="inscription" value="([^"]*)"', page)
    if not drawn:
        return "full"
    answer = client.post(address, {"inscription": drawn[0], "people": "1"})
    if answer.status_code == 409:
        return "full"
    return Registration.objects.get(code=answer["Location"].split("/")[-2]).state


def left(client: Client, rank: int) -> str:
    """Give back the place of one of the first who came, whatever the others do."""
    row = Registration.objects.exclude(state="attente").order_by("pk")[rank]
    return str(client.post(f"/ateliers/inscription/{row.code}/annuler/").status_code)


def tell() -> None:
    """Print how many registrations are in each state."""
    print(json.dumps(Counter(Registration.objects.values_list("state", flat=True))))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare"]:
            prepare()
        case ["come", first, last]:
            together(joined, range(int(first), int(last)))
        case ["go"]:
            together(left, range(LEAVE))
        case ["tell"]:
            tell()
