"""Running a survey: opened, changed, made known, closed, opened again; and who may."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from portrea.web.accounts.models import JournalEntry
from portrea.web.surveys.models import Survey
from portrea.web.surveys.rounds.state import State, is_late, state_of
from web.accounts.conftest import connected, person
from web.surveys import round_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
HOME = "/espace/enquetes/"


@pytest.fixture
def here(connected: Callable[..., User]) -> User:
    """A référente of the commune."""
    return connected("referent commune:35238")


def opening(**changed: str) -> dict[str, str]:
    today = timezone.localdate()
    told = {
        "territory": "commune:35238", "title": "Vos démarches", "purpose": "ouvrir un atelier",
        "contact": "CCAS, 02 99 00 00 00", "design": "volontaires", "opens": today.isoformat(),
        "closes": (today + timedelta(days=30)).isoformat(), "keep_days": "90",
    }  # fmt: skip
    return told | changed


def test_a_survey_is_opened_and_made_known(here: User, client: Client) -> None:
    made = round_case.questionnaire()
    page = client.get(f"{HOME}ouvrir/?questionnaire={made.key}").content.decode()
    for words in ("Nous tirons au sort", "Répond qui veut", "On ne peut pas"):
        assert words in page
    answer = client.post(f"{HOME}ouvrir/", opening(questionnaire=made.key))
    survey = Survey.objects.get()
    assert answer.headers["Location"] == f"{HOME}{survey.key}/diffuser/"
    assert (survey.keep_days, survey.version, survey.by) == (90, made.versions.get(), here)
    page = client.get(answer.headers["Location"]).content.decode()
    assert page.count(f"/enquetes/{survey.key}/") >= 4
    assert "<svg" in page
    poster = client.get(f"{HOME}{survey.key}/affiche/").content.decode()
    assert "Vos démarches" in poster
    assert "<svg" in poster
    listed = client.get(HOME).content.decode()
    assert "Vos démarches" in listed
    assert "ouverte" in listed


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"closes": "2020-01-01"}, "ferme avant d’ouvrir"),
        ({"closes": "2039-01-01"}, "Deux ans au plus"),
        ({"population": "900"}, "d’où vient ce nombre"),
        ({"keep_days": "366"}, "Conservation|365|inférieure"),
        ({"questionnaire": "absent"}, "questionnaire"),
        ({"territory": "commune:35047"}, "Territoire"),
        ({"title": ""}, "Titre"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    changed: dict[str, str], words: str, here: User, client: Client
) -> None:
    made = round_case.questionnaire()
    answer = client.post(f"{HOME}ouvrir/", opening(questionnaire=made.key) | changed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert any(word in page for word in words.split("|"))
    assert "ouvrir un atelier" in page
    assert not Survey.objects.exists()


def test_states_follow_the_dates_and_the_hand(here: User, client: Client) -> None:
    survey, today = round_case.survey(), timezone.localdate()
    assert state_of(survey) is State.OPEN
    survey.opens = today + timedelta(days=1)
    assert state_of(survey) is State.COMING
    survey.opens, survey.closes = None, today - timedelta(days=1)
    assert state_of(survey) is State.CLOSED
    survey.published = timezone.now()
    assert state_of(survey) is State.PUBLISHED


def test_closed_then_what_a_phone_held_is_taken_and_marked(here: User, client: Client) -> None:
    survey = round_case.survey()
    round_case.answered(survey, 1)
    page = client.post(f"{HOME}{survey.key}/clore/", follow=True).content.decode()
    assert "est close" in page
    survey.refresh_from_db()
    late = round_case.answered(survey, 2)
    assert is_late(survey, late)
    assert "1 réponse arrivée après la fin" in client.get(f"{HOME}{survey.key}/").content.decode()
    assert "tardive" in client.get(f"{HOME}{survey.key}/reponses/?tardives=1").content.decode()
    refused = client.post(f"{HOME}{survey.key}/reglages/", opening())
    assert "close" in refused.content.decode()
    past = {"closes": "2020-01-01"}
    page = client.post(f"{HOME}{survey.key}/rouvrir/", past, follow=True).content.decode()
    assert "déjà passée" in page
    again = {"closes": (timezone.localdate() + timedelta(days=9)).isoformat()}
    client.post(f"{HOME}{survey.key}/rouvrir/", again)
    survey.refresh_from_db()
    assert state_of(survey) is State.OPEN
    assert not is_late(survey, late)
    assert JournalEntry.objects.filter(act="survey.run").count() == 3


def test_settings_are_changed_alone(here: User, client: Client) -> None:
    survey = round_case.survey(design="tirage", quotas={"age": {"a_18": 3}})
    told = opening(title="Autre titre", design="quotas", population="900",
                   population_source="INSEE 2021")  # fmt: skip
    assert client.post(f"{HOME}{survey.key}/reglages/", told).status_code == 302
    survey.refresh_from_db()
    assert (survey.title, survey.design, survey.population) == ("Autre titre", "quotas", 900)
    assert survey.quotas == {"age": {"a_18": 3}}


def test_the_size_advised_is_in_plain_words(here: User, client: Client) -> None:
    asked = {"margin": "5", "people": "1000", "rate": "40", "effect": "1", "answers": "278"}
    page = client.get(f"{HOME}taille/", asked).content.decode()
    assert "<b>695</b>" in page
    assert "278 réponses" in page
    assert "± 5,0 points" in page
    assert "tirées au sort" in page
    few = client.get(f"{HOME}taille/", asked | {"people": "60", "margin": "10", "answers": ""})
    assert "interrogeant tout le monde" in few.content.decode()
    assert client.get(f"{HOME}taille/", asked | {"rate": "0"}).status_code == 400
    assert client.get(f"{HOME}taille/", asked | {"answers": "2000"}).status_code == 400


def test_quotas_are_shared_kept_followed_and_printed(here: User, client: Client) -> None:
    survey = round_case.survey(design="quotas")
    address = f"{HOME}{survey.key}/quotas/"
    told = {"question": "age", "people-a_18": "100", "people-a75_plus": "300", "size": "8"}
    page = client.post(address, told | {"share": "1"}).content.decode()
    assert 'name="wanted-a_18" value="2"' in page
    assert 'name="wanted-a75_plus" value="6"' in page
    unsourced = client.post(address, told | {"wanted-a_18": "2"})
    assert unsourced.status_code == 400
    assert "source" in unsourced.content.decode()
    wanted = {"wanted-a_18": "2", "wanted-a75_plus": "6", "source": "INSEE 2021"}
    client.post(address, told | wanted)
    survey.refresh_from_db()
    assert survey.quotas == {"age": {"a_18": 2, "a75_plus": 6}}
    assert survey.margins == {"age": {"a_18": 100, "a75_plus": 300}}
    round_case.answered(survey, 1, age="a_18")
    round_case.answered(survey, 2, age="a_18")
    round_case.answered(survey, 3, age="a30_44")
    page = client.get(address).content.decode()
    assert "atteint" in page
    assert "1 réponse n’entre dans aucun quota" in page
    assert "aucune marge d’erreur" in page
    sheet = client.get(f"{address}feuille/?enqueteurs=4").content.decode()
    assert sheet.count('class="round-box"') == 6
    assert sheet.count('class="round-sheet"') == 4
    assert "1 atteints sur 2" in client.get(HOME).content.decode()
    assert client.post(address, told | {"wanted-a_18": "deux"}).status_code == 400


def test_the_sheet_for_the_register_says_what_is_asked(here: User, client: Client) -> None:
    survey = round_case.survey(keep_days=120)
    page = client.get(f"{HOME}{survey.key}/registre/").content.decode()
    for words in ("120 jours", "Mission d’intérêt public", "Âge", "savoir", "RGPD"):
        assert words in page


PAGES = ("", "reglages/", "diffuser/", "affiche/", "quotas/", "quotas/feuille/", "registre/",
         "invitations/", "invitations/ajouter/", "invitations/lieux/", "invitations/relances/",
         "reponses/", "reponses/doubles/", "reponses/effacer/", "reponses/importer/",
         "reponses/export.xlsx", "reponses/export.zip", "reponses/export.json", "relecture/",
         "reponses/{uuid}/", "reponses/{uuid}/corriger/")  # fmt: skip
FOR_ALL = {"", "registre/"}
READ_ONLY = {"reponses/", "reponses/{uuid}/"}


@pytest.mark.parametrize("role", ["referent", "technicien", "elu", "acteur"])
def test_each_role_opens_its_pages_only(
    role: str, connected: Callable[..., User], client: Client
) -> None:
    survey = round_case.survey()
    uuid = round_case.answered(survey, 1, remarque="Mme Dupont").uuid
    connected(f"{role} commune:35238")
    for page in PAGES:
        answer = client.get(f"{HOME}{survey.key}/{page.format(uuid=uuid)}")
        team = role in {"referent", "technicien"}
        allowed = team or (role == "elu" and page in FOR_ALL)
        assert answer.status_code == (200 if allowed else 403), page
        if role == "elu":
            assert "Dupont" not in answer.content.decode()
            assert str(uuid)[:8] not in answer.content.decode()


POSTS = ("clore/", "rouvrir/", "version/", "reglages/", "quotas/", "invitations/",
         "invitations/ajouter/", "invitations/lieux/", "invitations/relances/",
         "invitations/1/lien/", "invitations/1/retirer/", "reponses/doubles/", "reponses/effacer/",
         "reponses/importer/", "reponses/{uuid}/corriger/", "reponses/{uuid}/ecarter/",
         "relecture/{uuid}/")  # fmt: skip


@pytest.mark.parametrize("role", ["elu commune:35238", "referent commune:35133"])
def test_nobody_else_changes_anything(
    role: str, connected: Callable[..., User], client: Client
) -> None:
    survey = round_case.survey()
    uuid = round_case.answered(survey, 1).uuid
    before = list(Survey.objects.values()), list(survey.submissions.values())
    connected(role)
    for page in POSTS:
        answer = client.post(f"{HOME}{survey.key}/{page.format(uuid=uuid)}", {"raison": "non"})
        assert answer.status_code == 403, page
    assert (list(Survey.objects.values()), list(survey.submissions.values())) == before
    assert "Dix semaines" not in client.get(HOME).content.decode() or role.startswith("elu")


def test_a_visitor_is_led_to_the_log_in_page(client: Client) -> None:
    survey = round_case.survey()
    answer = client.get(f"{HOME}{survey.key}/")
    assert answer.status_code == 302
    assert "connexion" in answer.headers["Location"]
    assert client.get(f"{HOME}absent/").status_code in (302, 404)
