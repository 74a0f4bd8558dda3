"""Help given and difficulties written on phones without a network: once each, dated, refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.action.difficulties.catalogue import procedures
from portrea.web.action.models import Difficulty, Notebook, Record
from portrea.web.action.services.notebooks import notebook_close, notebook_open
from portrea.web.surveys.models import Day

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=PARIS)
WHERE = "commune:35238"
HELP = {
    "kind": "individuel", "where": "domicile", "themes": "email aide_aux_demarches_administratives",
    "procedure_themes": "social_sante", "procedure": "déclaration RSA", "minutes": "30",
    "result": "partie", "reason": "piece", "age": "SoixanteDixPlus",
}  # fmt: skip
NUMBER = "4b3f0a52-8c2e-4f1c-9f0b-2d3e4f5a6b{:02d}"


@pytest.fixture
def notebook() -> Notebook:
    """A notebook of a commune, open for a month."""
    return notebook_open(actor=SYSTEM, territory=WHERE, label="Bus du jeudi", days=30)


def trouble(**changed: str) -> dict[str, str]:
    """A difficulty as a phone tells it."""
    first = procedures([WHERE]).first()
    assert first is not None
    told = {"procedure": first.key, "codes": "document compte", "severity": "2", "place": "Bus"}
    return told | changed


def send(client: Client, key: str, *items: dict[str, Any]) -> list[dict[str, Any]]:
    """What the server says of things that a phone sends, the first numbered 0."""
    sent = [
        {"uuid": NUMBER.format(rank), "version": "1", "answered": "2026-11-23T18:30:00+01:00"} | one
        for rank, one in enumerate(items)
    ]
    answer = client.post(
        f"/collecte/{key}/envoi/", {"answers": sent}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    return list(answer.json()["received"])


def test_a_notebook_asks_a_help_and_a_difficulty(client: Client, notebook) -> None:
    told = client.get(f"/collecte/{notebook.key}/formulaires.json").json()
    assert [one["kind"] for one in told["forms"]] == ["compte-rendu", "difficulte"]
    assert told["title"] == "Bus du jeudi"
    page = client.get(f"/collecte/{notebook.key}/").content.decode()
    assert "Répondre en ligne" not in page
    assert not client.cookies


@time_machine.travel(NOW, tick=False)
def test_what_is_sent_twice_is_written_once_on_the_day_it_was_answered(client, notebook) -> None:
    record = {"kind": "compte-rendu", "answers": HELP}
    difficulty = {"kind": "difficulte", "answers": trouble(words="Il a tapé son code 3 fois")}
    first = send(client, notebook.key, record, difficulty)
    again = send(client, notebook.key, record, difficulty)
    assert [one["taken"] for one in first] == ["new", "new"]
    assert [one["taken"] for one in again] == ["known", "known"]
    (kept,) = Record.objects.all()
    assert (kept.uuid, kept.day, kept.channel) == (
        UUID(NUMBER.format(0)), date(2026, 11, 23), "file",
    )  # fmt: skip
    assert (kept.kind, kept.where, kept.minutes, kept.result) == (
        "individuel", "domicile", 30, "partie",
    )  # fmt: skip
    assert kept.ages == {"SoixanteDixPlus": 1}
    assert kept.statuses == {"NonCommunique": 1}
    assert kept.territory == WHERE
    (met,) = Difficulty.objects.all()
    assert (met.codes, met.severity, met.day) == (["document", "compte"], 2, date(2026, 11, 23))


@time_machine.travel(NOW, tick=False)
def test_a_day_told_is_kept_and_one_to_come_is_refused(client, notebook) -> None:
    told = HELP | {"day": "2026-11-20"}
    (received,) = send(client, notebook.key, {"kind": "compte-rendu", "answers": told})
    assert received["taken"] == "new"
    assert Record.objects.get().day == date(2026, 11, 20)
    later = {
        "uuid": NUMBER.format(9),
        "kind": "compte-rendu",
        "answers": HELP | {"day": "2026-12-20"},
    }
    (received,) = send(client, notebook.key, later)
    assert received["taken"] == "refused"
    assert received["why"]
    assert Record.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "answers", "says"),
    [
        ("compte-rendu", {"kind": "individuel", "where": "lune"}, "lune"),
        ("compte-rendu", HELP | {"procedure": "mon mot de passe : Azerty123!"}, "jamais"),
        ("compte-rendu", HELP | {"day": "hier"}, "jour"),
        ("difficulte", {"procedure": "sansnom", "codes": "document", "place": "Bus"}, "liste"),
        ("autre", {}, "ce genre"),
    ],
)
def test_what_is_refused_says_why_and_the_rest_is_taken(
    client, notebook, kind, answers, says
) -> None:
    wrong = {"kind": kind, "answers": answers}
    right = {"kind": "difficulte", "answers": trouble()}
    received = send(client, notebook.key, wrong, right)
    assert [one["taken"] for one in received] == ["refused", "new"]
    assert says in received[0]["why"]


@pytest.mark.parametrize("ended", ["revoked", "expired", "unknown"])
def test_a_notebook_that_is_closed_takes_nothing_and_says_so(client, notebook, ended) -> None:
    key = notebook.key
    if ended == "revoked":
        notebook_close(actor=SYSTEM, key=key)
    elif ended == "expired":
        Notebook.objects.update(expires=timezone.now() - timedelta(minutes=1))
    else:
        key = "inconnu"
    (received,) = send(client, key, {"kind": "compte-rendu", "answers": HELP})
    assert received["taken"] == "refused"
    assert "fermé" in received["why"]
    assert not Record.objects.exists()
    if ended != "unknown":
        assert client.get(f"/collecte/{key}/formulaires.json").json()["forms"] == []
    else:
        assert client.get(f"/collecte/{key}/").status_code == 404


def test_a_day_of_collection_takes_difficulties(client: Client) -> None:
    day = Day.objects.create(title="Journée", level="commune", code="35238")
    asked = client.get(f"/collecte/{day.key}/formulaires.json").json()["forms"]
    assert "difficulte" in [one["kind"] for one in asked]
    (received,) = send(client, day.key, {"kind": "difficulte", "answers": trouble()})
    assert received["taken"] == "new"
    assert Difficulty.objects.get().territory == WHERE
    (received,) = send(client, day.key, {"kind": "compte-rendu", "answers": HELP})
    assert received["taken"] == "refused"


def test_who_may_log_opens_a_notebook_and_closes_it(
    client: Client, person: Callable[..., User]
) -> None:
    client.force_login(person("referent commune:35238"))
    told = {"holder": WHERE, "label": "Maraude", "days": "1"}
    answer = client.post("/espace/comptes-rendus/carnets/", told)
    found = Notebook.objects.get()
    assert answer["Location"] == f"/espace/comptes-rendus/carnets/{found.key}/"
    page = client.get(answer["Location"]).content.decode()
    assert f"/collecte/{found.key}/" in page
    assert "<svg" in page
    client.post(f"/espace/comptes-rendus/carnets/{found.key}/fermer/")
    found.refresh_from_db()
    assert not found.is_open
    assert "fermé" in client.get(answer["Location"]).content.decode()
    elsewhere = told | {"holder": "commune:76540"}
    assert client.post("/espace/comptes-rendus/carnets/", elsewhere).status_code == 200
    assert Notebook.objects.count() == 1
