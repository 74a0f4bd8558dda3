"""A survey weighted to the census: young people over-sampled, totals of the store or typed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.urls import reverse

from portrea.base.errors import DataError
from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.models import User
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.models import Submission
from portrea.web.surveys.services import weighting as services
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open
from portrea.web.surveys.weighting import selectors
from portrea.web.surveys.weighting.weights import weights_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from portrea.web.surveys.models import Survey

pytestmark = pytest.mark.django_db
SOURCE = "INSEE, recensement 2021, population par âge"
YOUNG = {"a15_24": 10.0, "a25_39 a40_59": 60.0, "a60_74 a75_plus": 30.0}


@pytest.fixture
def survey() -> Survey:
    """Twenty residents of whom ten are young: nine of the young gave up, two of the others."""
    sheets = write_sheets(models()["habitants"].form)
    made = questionnaire_create(
        actor=SYSTEM, title="Habitants", territory="commune:35188", sheets=sheets
    )
    version_publish(actor=SYSTEM, key=made.key)
    survey = survey_open(
        actor=SYSTEM, questionnaire=made, title="Habitants", territory="commune:35188"
    )
    ages = ["a15_24"] * 10 + ["a25_39"] * 3 + ["a40_59"] * 3 + ["a60_74"] * 4
    for number, age in enumerate(ages):
        gave_up = number < 9 or number in {12, 16}
        Submission.objects.create(
            uuid=UUID(int=number + 1),
            survey=survey,
            version=survey.version,
            answers={"age": age, "renonce": "oui" if gave_up else "non", "commune": "Montfort"},
            digest=str(number),
            channel="web",
        )
    return survey


@pytest.fixture
def runner(client: Client) -> Client:
    """Whoever runs surveys, connected."""
    client.force_login(User.objects.create_superuser(email="une@exemple.org", password="x"))
    return client


def keep(survey: Survey, margin: dict[str, float], question: str = "age") -> None:
    services.margin_keep(
        actor=SYSTEM, survey=survey, question=question, margin=margin, source=SOURCE
    )
    survey.refresh_from_db()


def test_young_people_asked_too_often_are_weighted_back(survey: Survey) -> None:
    """10 % of the people and half of the answers: 0.1 × 0.9 + 0.6 × 1/6 + 0.3 × 1/4 = 0.265."""
    keep(survey, YOUNG)
    frame = services.frame_of(survey, "renonce")
    sample = weights_of(survey, frame)
    assert sample.weights[:10] == pytest.approx([1.0] * 10)
    told = {one.label: one for one in selectors.changes(survey, "renonce")}
    assert told["Oui"].raw == pytest.approx(11 / 20)
    assert told["Oui"].weighted == pytest.approx(0.265)
    page = selectors.weighted(survey)
    assert not page.has_margin
    assert [line.wanted for line in page.kept[0].lines] == pytest.approx([0.1, 0.6, 0.3])
    assert [line.weighted for line in page.kept[0].lines] == pytest.approx([0.1, 0.6, 0.3])


def test_a_group_nobody_answered_is_said(survey: Survey, runner: Client) -> None:
    keep(survey, {"a15_24": 10, "a25_39": 30, "a40_59": 30, "a60_74": 20, "a75_plus": 10})
    page = runner.get(reverse("weighting", args=[survey.key])).content.decode()
    words = page.replace("\N{NO-BREAK SPACE}", " ")
    assert "personne de « 75 ans ou plus »" in words
    assert "compté avec « 60 à 74 ans »" in words
    assert "sans marge d’erreur" in words


def test_its_neighbour_is_of_the_nearest_age_whatever_the_order_of_the_keys(survey: Survey) -> None:
    """Nobody is young any more: they are counted with those of 25 to 59, not of 60 to 74."""
    survey.submissions.filter(answers__age="a15_24").update(set_aside="essai")
    keep(survey, {"a60_74": 20, "a15_24": 10, "a25_39 a40_59": 60})
    page = selectors.weighted(survey)
    assert page.joined == [("Votre âge", "15 à 24 ans", "25 à 39 ans + 40 à 59 ans")]
    assert [line.wanted for line in page.kept[0].lines] == pytest.approx([1 / 9, 6 / 9, 2 / 9])


def test_the_largest_weights_are_cut_and_it_is_said(survey: Survey, runner: Client) -> None:
    keep(survey, {"a15_24": 1, "a25_39 a40_59": 1, "a60_74": 98})
    runner.post(reverse("weighting-do", args=[survey.key]), {"do": "trim", "most": "2,5"})
    survey.refresh_from_db()
    page = selectors.weighted(survey)
    assert page.largest == pytest.approx(2.5)
    assert "poids ont été coupés" in runner.get(
        reverse("weighting", args=[survey.key])
    ).content.decode().replace("Des ", "")
    refused = {"do": "trim", "most": "1"}
    runner.post(reverse("weighting-do", args=[survey.key]), refused)
    survey.refresh_from_db()
    assert survey.trim == 2.5


def test_totals_are_typed_pasted_grouped(survey: Survey, runner: Client) -> None:
    address = reverse("weighting-question", args=[survey.key, "age"])
    assert reverse("weighting", args=[survey.key]) in runner.get(address).content.decode()
    pasted = "15 à 24 ans\t1 250\n75 ans ou plus;900\ninconnue\t3\nâge\tpersonnes"
    page = runner.post(address, {"do": "paste", "pasted": pasted}).content.decode()
    assert 'value="1 250"' in page
    assert 'value="900"' in page
    assert "« inconnue » n’est pas un choix" in page
    told = {"people:a15_24": "1 250", "people:a25_39": "4000", "into:a40_59": "a25_39",
            "people:a60_74": "2000", "people:a75_plus": "900", "into:a75_plus": "a60_74",
            "source": SOURCE}  # fmt: skip
    assert runner.post(address, told).status_code == 302
    survey.refresh_from_db()
    assert survey.margins == {
        "age": {"a15_24": 1250, "a25_39 a40_59": 4000, "a60_74 a75_plus": 2900}
    }
    assert services.sources_of(survey) == {"age": SOURCE}
    again = runner.get(address).content.decode()
    assert 'value="4000"' in again
    runner.post(reverse("weighting-do", args=[survey.key]), {"do": "remove", "question": "age"})
    survey.refresh_from_db()
    assert (survey.margins, survey.margins_source) == ({}, "")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"source": ""}, "source"),
        ({"people:a15_24": "beaucoup"}, "n’est pas un nombre"),
        ({"people:a60_74": ""}, "n’a pas de total"),
        ({"people:a15_24": "0", "people:a25_39": "0"}, "deux groupes"),
        ({"offer": "9"}, "plus proposés"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    survey: Survey, runner: Client, changed: dict[str, str], why: str
) -> None:
    told = {"people:a15_24": "100", "people:a25_39": "400", "into:a40_59": "a25_39",
            "people:a60_74": "300", "into:a75_plus": "-", "source": SOURCE}  # fmt: skip
    if why == "deux groupes":
        changed = changed | {"into:a60_74": "-"}
    page = runner.post(reverse("weighting-question", args=[survey.key, "age"]), told | changed)
    assert page.status_code == 400
    assert why in page.content.decode()
    assert f'value="{(told | changed)["people:a25_39"]}"' in page.content.decode()
    survey.refresh_from_db()
    assert survey.margins == {}


def test_at_most_four_questions_and_margins_that_meet(survey: Survey) -> None:
    for name, value in {"mode": "seul", "reseau": "bien", "aisance": "aise"}.items():
        for row in survey.submissions.all():
            row.answers[name] = value if row.pk % 2 else "autre"
            row.save()
        keep(survey, {value: 5, "autre": 5}, name)
    keep(survey, YOUNG)
    with pytest.raises(DataError, match="4 questions"):
        keep(survey, {"oui": 1, "non": 1}, "renonce")
    survey.refresh_from_db()
    services.margin_remove(actor=SYSTEM, survey=survey, question="mode")
    keep(survey, {"oui": 1, "non": 1}, "renonce")
    page = selectors.weighted(survey)
    assert [one.name for one in page.kept] == ["reseau", "aisance", "renonce", "age"]


def test_margins_that_no_weights_reach_are_refused(survey: Survey) -> None:
    """All the young say they are women and nobody else does: 10 % cannot be 50 %."""
    for row in survey.submissions.all():
        row.answers["sexe"] = "F" if row.answers["age"] == "a15_24" else "H"
        row.save()
    keep(survey, {"a15_24": 10, "a25_39 a40_59 a60_74": 90})
    with pytest.raises(DataError, match="toutes les marges"):
        keep(survey, {"F": 50, "H": 50}, "sexe")
    assert list(survey.margins) == ["age"]


def test_only_the_team_reads_weights(survey: Survey, client: Client) -> None:
    pages = [
        reverse("weighting", args=[survey.key]),
        reverse("weighting-question", args=[survey.key, "age"]),
    ]
    assert {client.get(page).status_code for page in pages} == {302}
    client.force_login(User.objects.create_user(email="tiers@exemple.org", password="x"))
    assert {client.get(page).status_code for page in pages} == {403}


def test_the_census_in_the_store_gives_totals(
    survey: Survey, runner: Client, demo_home: Path, settings: object
) -> None:
    """Real figures of Montfort-sur-Meu: diplomas as the question asks; ages that cut otherwise."""
    settings.PORTREA_HOME = demo_home  # type: ignore[attr-defined]
    address: Callable[[str], str] = lambda name: reverse(  # noqa: E731
        "weighting-question", args=[survey.key, name]
    )
    assert "pas de totaux" in runner.get(address("sexe")).content.decode()
    assert "2018" in runner.get(address("diplome")).content.decode()
    assert "15 à 24 ans + 25 à 39 ans + 40 à 59 ans" in runner.get(address("age")).content.decode()
    assert runner.post(address("age"), {"offer": "0"}).status_code == 302
    survey.refresh_from_db()
    assert set(survey.margins["age"]) == {"a15_24 a25_39 a40_59", "a60_74", "a75_plus"}
    assert "INSEE" in survey.margins_source
