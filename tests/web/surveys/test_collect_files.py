"""Files that phones hand over, loaded by the référent once or twice: each fate is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portrea.web.surveys.models import Submission, Survey
from portrea.web.surveys.services.handed import MOST_ANSWERS
from web.accounts.conftest import connected, person
from web.surveys import round_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
RIGHT = {
    "jour": "2026-03-02", "canal": "accueil", "lieu": "Mairie", "nature": "formation",
    "issue": "oui", "orientation": "non",
}  # fmt: skip


@pytest.fixture
def survey(connected: Callable[..., User]) -> Survey:
    """A survey, and a référente of its commune."""
    connected("referent commune:35238")
    return round_case.survey()


def handed(survey: Survey, *numbers: int, name: str = "collecte.json", **more: Any) -> Any:
    answers = [
        {"to": survey.key, "uuid": str(UUID(int=number)), "version": survey.version.number}
        | {"answers": RIGHT}
        | more
        for number in numbers
    ]
    told = json.dumps({"format": "portrea-collecte", "answers": answers})
    return SimpleUploadedFile(name, told.encode(), "application/json")


def load(client: Client, survey: Survey, *files: Any) -> str:
    page = client.post(f"/espace/enquetes/{survey.key}/fichiers/", {"files": list(files)})
    return page.content.decode()


def test_the_same_file_twice_adds_nothing(client: Client, survey: Survey) -> None:
    assert "60 nouvelles, 0 déjà reçues" in load(client, survey, handed(survey, *range(60)))
    assert "0 nouvelles, 60 déjà reçues" in load(client, survey, handed(survey, *range(60)))
    assert Submission.objects.count() == 60


def test_several_files_each_with_its_fate(client: Client, survey: Survey) -> None:
    other = handed(survey, 1, name="autre.json", answers=RIGHT | {"lieu": "Poste"})
    page = load(client, survey, handed(survey, 1, 2), other)
    assert "2 nouvelles" in page
    assert "1 gardées à part" in page
    assert "autre.json" in page


BAD = {
    "cut": (b'{"format": "portrea-coll', "coupé"),
    "another": (b'{"a": 1}', "pas un fichier de téléphone"),
    "ciphered": (b'{"format": "portrea-collecte", "box": "AAAA"}', "chiffré"),
    "no list": (b'{"format": "portrea-collecte", "answers": 3}', "ne contient pas"),
    "too long": (
        json.dumps({"format": "portrea-collecte", "answers": [{}] * (MOST_ANSWERS + 1)}).encode(),
        "au plus",
    ),
}


@pytest.mark.parametrize(("content", "why"), BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_read_says_why_and_stops_no_other(
    client: Client, survey: Survey, content: bytes, why: str
) -> None:
    bad = SimpleUploadedFile("abime.json", content, "application/json")
    page = load(client, survey, bad, handed(survey, 1))
    assert why in page
    assert "1 nouvelles" in page


def test_answers_of_nothing_known_are_refused_with_their_reason(
    client: Client, survey: Survey
) -> None:
    page = load(client, survey, handed(survey, 1, to="inconnue"))
    assert "1 refusées" in page
    assert "n’existe plus" in page


def test_a_survey_by_invitation_is_loaded_by_its_referent(client: Client, survey: Survey) -> None:
    Survey.objects.update(invited_only=True)
    assert "1 nouvelles" in load(client, survey, handed(survey, 1))


def test_nothing_chosen_is_said(client: Client, survey: Survey) -> None:
    page = client.post(f"/espace/enquetes/{survey.key}/fichiers/", {})
    assert page.status_code == 400


def test_the_referent_asks_for_a_code(client: Client, survey: Survey) -> None:
    def asked() -> bool:
        return client.get(f"/collecte/{survey.key}/formulaires.json").json()["code"]

    assert not asked()
    client.post(f"/espace/enquetes/{survey.key}/fichiers/code/", {"code": "on"})
    assert asked()
    client.post(f"/espace/enquetes/{survey.key}/fichiers/code/", {})
    assert not asked()


@pytest.mark.parametrize("role", ["elu commune:35238", "referent commune:35281"])
def test_nobody_else_loads_files(client: Client, connected: Callable[..., User], role: str) -> None:
    there = round_case.survey()
    connected(role)
    assert client.get(f"/espace/enquetes/{there.key}/fichiers/").status_code == 403
    assert client.post(f"/espace/enquetes/{there.key}/fichiers/code/").status_code == 403
