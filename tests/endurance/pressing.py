"""A process of people who all write at once: python pressing.py prepare|press FROM TO|tell.

They ask all at once; the site answers as it does in production, in the few threads of its door.

Each person does what a day brings, through the pages: she corrects one of five sheets that everyone
corrects, answers a survey, fills in the sheet of a link and, for those of the team, tells a
difficulty. She keeps what she was told: written, or changed by somebody else meanwhile.
"""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from portrea.web.accounts.models import JournalEntry, Membership, User  # noqa: E402
from portrea.web.accounts.permissions import SYSTEM  # noqa: E402
from portrea.web.action.models import Difficulty  # noqa: E402
from portrea.web.config.few_threads import PAGES  # noqa: E402
from portrea.web.offer.models import ContributionLink, Place, Proposal  # noqa: E402
from portrea.web.offer.services import EditConflict, place_fix  # noqa: E402
from portrea.web.offer.services.links import link_issue, token_of  # noqa: E402
from portrea.web.surveys.models import Submission, Survey  # noqa: E402
from web.offer.census import applied, record  # noqa: E402
from web.offer.crowd import sheet  # noqa: E402
from web.surveys import round_case  # noqa: E402
from web.surveys.filling_pages import Person  # noqa: E402

SHEETS, TRIES = 5, 40
HERE = "commune:35133"
ROOM = "203.0.113.{}"
SITE = ThreadPoolExecutor(PAGES)
"""The threads that answer in a process of the site."""


class Visitor(Client):
    """Asks the site, and waits for one of its threads."""

    def request(self, **told: Any) -> Any:
        """Answer in a thread of the site."""
        return SITE.submit(super().request, **told).result()


def prepare() -> None:
    """An empty site: five sheets, a link, a survey, people of the team."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    applied(*(record(str(n), name=f"Fiche {n}") for n in range(SHEETS)))
    link_issue(actor=SYSTEM, label="Journée", territory=HERE)
    made = round_case.questionnaire("satisfaction", HERE)
    round_case.survey_open(
        actor=SYSTEM, questionnaire=made, title="Sortie", territory=HERE, purpose="savoir",
        contact="CCAS",
    )  # fmt: skip
    for rank in range(20):
        user = User.objects.create_user(f"equipe{rank}@exemple.org", "une phrase assez longue")
        Membership.objects.create(user=user, role="referent", level="commune", code="35133")


def press(first: int, last: int) -> None:
    """Let so many people write at the same moment; print what each was told."""
    address = f"/contribuer/{token_of(ContributionLink.objects.get())}/"
    survey, sheets = Survey.objects.get().key, list(Place.objects.order_by("pk")[:SHEETS])
    connection.close()
    start, told = threading.Barrier(last - first), []

    def person(rank: int) -> None:
        start.wait()
        try:
            told.append(day_of(rank, address, survey, sheets[rank % SHEETS].pk))
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody lost her work
            told.append({"rank": rank, "fault": f"{type(error).__name__}: {error}"})

    people = [threading.Thread(target=person, args=(rank,)) for rank in range(first, last)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    print(json.dumps(told))


def day_of(rank: int, address: str, survey: str, place: str) -> dict[str, object]:
    """What one person writes, and what she was told."""
    conflicts = corrected(rank, place)
    here = Visitor(REMOTE_ADDR=ROOM.format(rank % 250), SERVER_NAME="localhost")
    thanks = sheet(address, 10_000 + rank, here)
    person = Person(here, survey)
    person.send("tout").send(regle="oui", reviendrait="oui").send("envoyer")
    difficulty = SITE.submit(told_difficulty, rank).result()
    return {"rank": rank, "conflicts": conflicts, "thanks": thanks,
            "answered": person.answer.status_code, "difficulty": difficulty}  # fmt: skip


def corrected(rank: int, place: str) -> int:
    """Correct a field of a sheet until it is written; return how many conflicts were told."""
    changes: dict[str, object] = {"phone": f"+33299{rank:06d}"}
    if rank % 2 == 0:
        changes = {"websites": [f"https://lieu.exemple/{rank}"]}
    seen = SITE.submit(Place.objects.get, pk=place).result().version
    for conflicts in range(TRIES):
        try:
            SITE.submit(
                place_fix, actor=SYSTEM, place_id=place, version=seen,
                changes=changes, reason=f"personne {rank}",
            ).result()  # fmt: skip
        except EditConflict as conflict:
            seen = conflict.place.version
        else:
            return conflicts
    raise AssertionError(f"{rank}: {TRIES} conflicts")


def told_difficulty(rank: int) -> int:
    """Tell a difficulty as somebody of the team, sent twice; return the last status."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email=f"equipe{rank % 20}@exemple.org"))
    told = {
        "uuid": f"00000000-0000-4000-8000-{rank:012d}", "holder": HERE, "procedure": "dtr rsa",
        "codes": ["comprendre"], "severity": "2", "place": f"Accueil {rank}", "day": "2026-11-20",
        "words": "",
    }  # fmt: skip
    return [client.post("/espace/difficultes/signaler/", told).status_code for _ in "ab"][-1]


def tell() -> None:
    """What is in the database: every acknowledged write, once, and in the history."""
    reasons = JournalEntry.objects.filter(act="place.edit").values_list("reason", flat=True)
    told = {
        "fixes": sorted(reasons),
        "sheets": sorted(Proposal.objects.values_list("title", flat=True)),
        "answers": Submission.objects.count(),
        "difficulties": Difficulty.objects.count(),
        "versions": sum(Place.objects.order_by("pk").values_list("version", flat=True)),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["press", first, last]:
            press(int(first), int(last))
        case [act]:
            {"prepare": prepare, "tell": tell}[act]()
