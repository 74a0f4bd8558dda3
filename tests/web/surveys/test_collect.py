"""What phones send later: received once, acknowledged when it is on the disk, refused in French."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from uuid import UUID

import pytest
import time_machine
from django.db import OperationalError

from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.models import Clash, Day, Submission
from portrea.web.surveys.services import batches
from portrea.web.surveys.services.intake import digest_of
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_close, survey_open

if TYPE_CHECKING:
    from django.test import Client

    from portrea.web.surveys.models import Survey

pytestmark = pytest.mark.django_db
RIGHT = {
    "jour": "2026-03-02", "canal": "accueil", "lieu": "Mairie", "nature": "formation",
    "issue": "oui", "orientation": "non",
}  # fmt: skip


@pytest.fixture
def survey() -> Survey:
    """The observation grid, asked in a commune."""
    sheets = write_sheets(models()["grille_observation"].form)
    made = questionnaire_create(
        actor=SYSTEM, title="Grille", territory="commune:35238", sheets=sheets
    )
    version_publish(actor=SYSTEM, key=made.key)
    return survey_open(
        actor=SYSTEM, questionnaire=made, title="Dix semaines", territory="commune:35238"
    )


def told(survey: Survey, number: int, **changed: Any) -> dict[str, Any]:
    return {
        "uuid": str(UUID(int=number)),
        "version": survey.version.number,
        "answers": RIGHT,
        "answered": "2026-11-20T14:30:00+01:00",
        "table": "3",
    } | changed


def send(client: Client, survey: Survey, *sent: Any, key: str = "") -> Any:
    answer = client.post(
        f"/collecte/{key or survey.key}/envoi/",
        json.dumps({"answers": sent}),
        content_type="application/json",
    )
    assert "Set-Cookie" not in answer
    return answer


@time_machine.travel("2026-11-24T09:00:00Z")
def test_a_receipt_names_each_answer_and_its_digest(client: Client, survey: Survey) -> None:
    got = send(client, survey, told(survey, 1), told(survey, 2)).json()["received"]
    assert [one["uuid"] for one in got] == [str(UUID(int=1)), str(UUID(int=2))]
    assert {one["taken"] for one in got} == {"new"}
    assert {one["digest"] for one in got} == {digest_of(RIGHT)}
    kept = Submission.objects.first()
    assert (kept.channel, kept.table, kept.faults) == ("file", "3", {})
    assert kept.answered.isoformat() == "2026-11-20T13:30:00+00:00"


def test_what_is_sent_again_is_known_and_what_differs_is_kept_beside(
    client: Client, survey: Survey
) -> None:
    send(client, survey, told(survey, 1))
    other = RIGHT | {"lieu": "Poste"}
    got = send(client, survey, told(survey, 1), told(survey, 1, answers=other)).json()["received"]
    assert [one["taken"] for one in got] == ["known", "clash"]
    assert Submission.objects.count() == 1
    assert Clash.objects.get().answers["lieu"] == "Poste"


REFUSED = {
    "not an object": ("texte", "objet JSON"),
    "no identifier": ({"uuid": "12"}, "identifiant"),
    "another version": ({"version": "1999"}, "version « 1999 »"),
    "no texts": ({"answers": {"jour": 3}}, "des textes"),
    "too deep": ({"answers": {"a": [{"b": [{"c": [{"d": [{"e": "f"}]}]}]}]}}, "des textes"),
    "signs no base keeps": ({"answers": {"lieu": "a\x00b"}}, "des textes"),
    "half a letter": ({"answers": {"lieu": "\ud83d"}}, "des textes"),
    "another kind": ({"kind": "chanson"}, "chanson"),
}


@pytest.mark.parametrize(("bad", "why"), REFUSED.values(), ids=REFUSED)
def test_one_bad_answer_is_refused_and_the_others_are_kept(
    client: Client, survey: Survey, bad: Any, why: str
) -> None:
    wrong = told(survey, 1) | bad if isinstance(bad, dict) else bad
    got = send(client, survey, wrong, told(survey, 2)).json()["received"]
    assert [one["taken"] for one in got] == ["refused", "new"]
    assert why in got[0]["why"]
    assert [row.uuid for row in Submission.objects.all()] == [UUID(int=2)]


def test_answers_with_faults_are_kept_and_counted(client: Client, survey: Survey) -> None:
    wrong = RIGHT | {"duree": "neuf"}
    got = send(client, survey, told(survey, 1, answers=wrong)).json()["received"]
    assert (got[0]["taken"], got[0]["faults"]) == ("new", 1)


def test_a_wrong_clock_gives_the_moment_of_receipt(client: Client, survey: Survey) -> None:
    send(client, survey, told(survey, 1, answered="1970-01-01T00:00:00+00:00"))
    kept = Submission.objects.get()
    assert abs((kept.answered - kept.received).total_seconds()) < 5


def test_what_phones_still_hold_is_taken_after_the_end(client: Client, survey: Survey) -> None:
    survey_close(actor=SYSTEM, key=survey.key)
    assert send(client, survey, told(survey, 1)).json()["received"][0]["taken"] == "new"


def test_a_survey_by_invitation_sends_to_the_referent(client: Client, survey: Survey) -> None:
    survey.invited_only = True
    survey.save()
    got = send(client, survey, told(survey, 1)).json()["received"][0]
    assert got["taken"] == "refused"
    assert "fichier" in got["why"]


def test_an_unknown_survey_keeps_nothing_and_says_so(client: Client, survey: Survey) -> None:
    got = send(client, survey, told(survey, 1), key="inconnue").json()["received"][0]
    assert (got["taken"], got["uuid"]) == ("refused", str(UUID(int=1)))
    assert "n’existe plus" in got["why"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"answers": 3}', b"[" * 100_000])
def test_a_sending_cut_on_its_way_is_refused(client: Client, survey: Survey, body: bytes) -> None:
    got = client.post(f"/collecte/{survey.key}/envoi/", body, content_type="application/json")
    assert got.status_code == 400
    assert got.json()["error"]


def test_too_much_at_once_is_refused(client: Client, survey: Survey) -> None:
    assert send(client, survey, *[told(survey, 1)] * 51).status_code == 400
    huge = "x" * 2_000_001
    got = client.post(f"/collecte/{survey.key}/envoi/", huge, content_type="application/json")
    assert got.status_code == 413


@pytest.mark.parametrize(
    ("said", "status", "word"),
    [("database is locked", 503, "repartir"), ("database or disk is full", 507, "plein")],
)
def test_nothing_is_acknowledged_when_nothing_is_written(
    client: Client, survey: Survey, said: str, status: int, word: str
) -> None:
    with patch.object(batches, "take", side_effect=OperationalError(said)):
        got = send(client, survey, told(survey, 1))
    assert got.status_code == status
    assert word in got.json()["error"]
    assert not Submission.objects.exists()


def test_a_flood_from_one_connection_waits(client: Client, survey: Survey) -> None:
    with patch("portrea.web.surveys.collecting.views.RATE", "1/10min"):
        assert send(client, survey, told(survey, 1)).status_code == 200
        got = send(client, survey, told(survey, 2))
    assert got.status_code == 429
    assert int(got["Retry-After"]) > 0
    assert Submission.objects.count() == 1


def test_the_page_holds_the_whole_form_and_no_cookie(client: Client, survey: Survey) -> None:
    got = client.get(f"/collecte/{survey.key}/")
    assert not got.cookies
    assert (
        "script-src" in got["Content-Security-Policy"]
        or "default-src" in got["Content-Security-Policy"]
    )
    text = got.content.decode()
    assert '"nature"' in text
    asked = client.get(f"/collecte/{survey.key}/formulaires.json").json()
    assert [one["to"] for one in asked["forms"]] == [survey.key]
    assert asked["forms"][0]["version"] == survey.version.number


def test_a_day_collects_all_its_surveys(client: Client, survey: Survey) -> None:
    day = Day.objects.create(title="Journée", level="commune", code="35238")
    day.surveys.add(survey)
    asked = client.get(f"/collecte/{day.key}/formulaires.json").json()
    assert asked["title"] == "Journée"
    assert [one["title"] for one in asked["forms"] if one["kind"] == "reponse"] == ["Dix semaines"]


def test_what_a_closed_survey_shows_is_that_it_is_closed(client: Client, survey: Survey) -> None:
    survey_close(actor=SYSTEM, key=survey.key)
    assert client.get(f"/collecte/{survey.key}/formulaires.json").json()["forms"] == []
    assert client.get("/collecte/inconnue/").status_code == 404


def test_the_page_can_be_installed(client: Client, survey: Survey) -> None:
    app = client.get(f"/collecte/{survey.key}/app.webmanifest")
    assert app["Content-Type"] == "application/manifest+json"
    assert app.json()["start_url"] == f"/collecte/{survey.key}/"
    script = client.get("/collecte/sw.js")
    assert script["Content-Type"].startswith("text/javascript")
    assert "importScripts" in script.content.decode()
