"""A process of the site on the day of collection: python crowd.py prepare|come FROM TO|tell.

Everybody is in one room, behind one address, with one link.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections import Counter
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

from portrea.web.accounts.models import JournalEntry  # noqa: E402
from portrea.web.accounts.permissions import SYSTEM  # noqa: E402
from portrea.web.offer.models import ContributionLink, Proposal  # noqa: E402
from portrea.web.offer.services.links import link_issue, token_of  # noqa: E402
from web.offer.census import applied, record  # noqa: E402

ROOM = "203.0.113.7"
STREETS = (
    "du Four",
    "de la Gare",
    "des Lilas",
    "du Moulin",
    "de l’Étang",
    "du Bourg",
    "des Écoles",
)


def prepare() -> None:
    """An empty site, a small census and the link of the day."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    applied(record("1", name="Médiathèque", address="1 rue du Four"))
    link_issue(actor=SYSTEM, label="Journée", territory="commune:35133")


def come(first: int, last: int) -> None:
    """People of the room fill in the sheet at once; print what each one got."""
    link = ContributionLink.objects.get()
    address, start, ends = f"/contribuer/{token_of(link)}/", threading.Barrier(last - first), []

    def person(rank: int) -> None:
        start.wait()
        try:
            ends.append(sheet(address, rank))
        except Exception as error:  # noqa: BLE001 - whatever it is, the person lost her sheet
            ends.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    people = [threading.Thread(target=person, args=(rank,)) for rank in range(first, last)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    print(json.dumps(Counter(ends)))


def sheet(address: str, rank: int, client: Client | None = None) -> str:
    """Fill in the six pages, press the last button twice; return the last title."""
    client = client or Client(REMOTE_ADDR=ROOM, SERVER_NAME="localhost")
    page = client.get(address).content.decode()
    street = f"{rank} rue {STREETS[rank % len(STREETS)]}"
    where = {"name": f"Association {rank}", "address": street, "commune": "35133"}
    phone = f"02 99 00 {rank // 100:02d} {rank % 100:02d}"
    steps = (("where", where), ("help", {"blocks": "aide"}), ("hours", {"text": "lundi 9h-12h",
             "rhythm": "1"}), ("contact", {"phone": phone}), ("capacity", {}))  # fmt: skip
    for step, answers in steps:
        page = sent(client, address, step, page, answers)
        if "Ce lieu existe peut-être déjà" in page:
            page = sent(client, address, step, page, {"other": "1"})
    for _pressed in range(2):
        last = sent(client, address, "review", page, {})
    return re.sub(r"\s+", " ", re.findall(r"<h1>(.*?)</h1>", last, re.DOTALL)[0])


def sent(client: Client, address: str, step: str, page: str, answers: dict[str, str]) -> str:
    """Send a page with what it carries; return the next one."""
    draft = re.findall(r'name="draft" value="([^"]*)"', page)[-1]
    return client.post(address, {"step": step, "draft": draft, **answers}).content.decode()


def tell() -> None:
    """What waits for the référent."""
    titles = list(Proposal.objects.order_by("pk").values_list("title", flat=True))
    written = JournalEntry.objects.filter(act="place.propose").count()
    print(json.dumps({"titles": sorted(titles), "journal": written}))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["come", first, last]:
            come(int(first), int(last))
        case [act]:
            {"prepare": prepare, "tell": tell}[act]()
