"""Paper: the sheet printed has the same questions in the same order; copied, it is kept once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.models import Membership, User
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.answering.paper import conditions_of, numbers_of
from portrea.web.surveys.models import Submission, Survey
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_close, survey_open
from web.surveys.filling_pages import Form, Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey() -> Survey:
    """The observation grid, asked in Rennes."""
    sheets = write_sheets(models()["grille_observation"].form)
    made = questionnaire_create(
        actor=SYSTEM, title="Grille", territory="commune:35238", sheets=sheets
    )
    version_publish(actor=SYSTEM, key=made.key)
    return survey_open(actor=SYSTEM, questionnaire=made, title="G", territory="commune:35238")


@pytest.fixture
def connected(client: Client) -> Callable[..., None]:
    """Connect somebody of a role on a territory."""

    def make(role: str, level: str = "france", code: str = "FR") -> None:
        user = User.objects.create_user(f"{role}@exemple.org", "x")
        Membership.objects.create(user=user, role=role, level=level, code=code)
        client.force_login(user)

    return make


@pytest.fixture
def team(client: Client, survey: Survey, connected: Callable[..., None]) -> Person:
    """Somebody of the team, on a sheet to copy."""
    connected("administrateur")
    person = Person(client, survey.key)
    person.action = f"/enquetes/{survey.key}/saisie/"
    return person.open(client.get(person.action))


def copied(person: Person, number: str, go: str = "enregistrer", **given: str) -> Person:
    told = person.data(go, **given) | {"fiche": number}
    return person.open(person.client.post(person.action, told, follow=True))


RIGHT = {
    "jour": "2026-03-02", "canal": "accueil", "lieu": "Mairie", "nature": "formation",
    "issue": "oui", "orientation": "non",
}  # fmt: skip


def test_a_sheet_is_copied_once_and_the_next_one_is_ready(team: Person) -> None:
    told = team.data("enregistrer", **RIGHT) | {"fiche": "A-009"}
    for _click in range(2):
        team.open(team.client.post(team.action, told, follow=True))
    row = Submission.objects.get()
    assert (row.channel, row.table, row.faults) == ("papier", "A-009", {})
    assert row.answers["lieu"] == "Mairie"
    assert "Feuille A-009 enregistrée" in team.page
    assert team.form.values["fiche"] == ["A-010"]
    assert team.form.values["q.lieu"] == [""]
    assert str(row.uuid) not in team.page


def test_what_the_sheet_says_wrong_is_shown_then_kept_as_it_is(team: Person) -> None:
    copied(team, "7", **RIGHT | {"issue": "", "motif": "delai"} | {"duree": "neuf"})
    assert "ne se posait pas" in team.page
    assert "obligatoire" in team.page
    assert not Submission.objects.exists()
    assert team.form.values["q.duree"] == ["neuf"]
    copied(team, "7", "quand-meme")
    row = Submission.objects.get()
    assert set(row.faults) == {"issue", "duree"}
    assert row.answers["duree"] == "neuf"


def test_a_sheet_without_number_is_not_kept(team: Person) -> None:
    copied(team, "", **RIGHT)
    assert "Écrivez le numéro de la feuille" in team.page
    assert team.form.values["q.lieu"] == ["Mairie"]
    assert not Submission.objects.exists()


def test_only_the_team_of_the_territory_copies(
    client: Client, survey: Survey, connected: Callable[..., None]
) -> None:
    address = f"/enquetes/{survey.key}/saisie/"
    assert client.get(address).status_code == 302
    connected("referent", "commune", "48095")
    assert client.get(address).status_code == 403


def test_a_closed_survey_takes_no_more_sheets(team: Person, survey: Survey) -> None:
    survey_close(actor=SYSTEM, key=survey.key)
    assert "ne prend plus de feuilles" in team.client.get(team.action).content.decode()


def test_the_sheet_has_every_question_in_the_order_of_the_form(
    client: Client, survey: Survey
) -> None:
    page = client.get(f"/enquetes/{survey.key}/papier/").content.decode()
    form = models()["grille_observation"].form
    numbers = re.findall(r"<b>(\d+)\.</b>", page)
    assert numbers == [str(rank) for rank in range(1, len(numbers_of(form)) + 1)]
    for question in form.questions():
        for choice in form.lists.get(question.choices, ()):
            assert next(iter(choice.label.values())) in page.replace("&#x27;", "'")
    Survey.objects.update(invited_only=True)
    assert client.get(f"/enquetes/{survey.key}/papier/").status_code == 403


def test_conditions_are_said_in_words() -> None:
    """« ${refus} = 'parfois' or ${refus} = 'souvent' », « not(selected(${offres}, 'aucune')) »."""
    told = conditions_of(models()["acteurs"].form, "")
    assert told["limites"] == "question 11 : « Parfois » ou question 11 : « Souvent »"
    assert told["formats"] == "question 5 : sans « Aucune de ces aides »"
    assert told["oriente_comment"] == "question 21 : autre chose que « Jamais »"


def test_the_keyboard_finds_its_figures(team: Person) -> None:
    assert team.page.count('data-answer="saisie"') == 1
    assert Form(team.page).buttons[0] == "enregistrer", "Entrée saves, wherever one is"
