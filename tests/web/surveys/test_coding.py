"""Coding open answers: codebook, blind second reading, agreement, what is settled, privacy."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.urls import reverse

from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.models import User
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.surveys.coding import selectors
from portrea.web.surveys.coding.texts import coded_column
from portrea.web.surveys.models import Mark, Submission
from portrea.web.surveys.services import coding as services
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open

if TYPE_CHECKING:
    from django.test import Client

    from portrea.web.surveys.models import Survey, Theme

pytestmark = pytest.mark.django_db
WORDS = (
    "Le site plante tout le temps.",
    "Personne ne répond au 06 12 34 56 78 et le site plante.",
    "Il faudrait plus de bus.",
    "Rien à dire.",
)


@pytest.fixture
def survey() -> Survey:
    """The observation grid with four remarks (and an answer without any, one set aside)."""
    sheets = write_sheets(models()["grille_observation"].form)
    made = questionnaire_create(
        actor=SYSTEM,
        title="Grille",
        territory="commune:35238",
        sheets=sheets,
        model="grille_observation",
    )
    version_publish(actor=SYSTEM, key=made.key)
    survey = survey_open(
        actor=SYSTEM, questionnaire=made, title="Dix semaines", territory="commune:35238"
    )
    for number, words in enumerate([*WORDS, "", "Un essai"]):
        Submission.objects.create(
            uuid=UUID(int=number + 1),
            survey=survey,
            version=survey.version,
            answers={"issue": "oui", "remarque": words},
            digest=str(number),
            channel="web",
            set_aside="essai" if number == 5 else "",
        )
    return survey


@pytest.fixture
def themes(survey: Survey) -> dict[str, Theme]:
    """Three themes."""
    return {
        label: services.theme_save(
            actor=SYSTEM, survey=survey, question="remarque", told={"label": label}
        )
        for label in ("Le site", "Joindre", "Le bus")
    }


def person(name: str) -> User:
    return User.objects.create_superuser(email=f"{name}@exemple.org", password="x")


def put(who: User, survey: Survey, number: int, *themes: Theme) -> None:
    told = {"uuid": UUID(int=number), "path": "remarque", "themes": [one.pk for one in themes]}
    services.mark_put(actor=who, survey=survey, **told)


def work(survey: Survey) -> selectors.Work:
    return selectors.work_of(survey, "remarque")


def everybody_reads_twice(survey: Survey) -> None:
    services.coding_share(actor=SYSTEM, survey=survey, question="remarque", twice=100)


def test_what_counts_is_settled_else_what_the_first_coder_put(
    survey: Survey, themes: dict[str, Theme]
) -> None:
    site, reach, bus = themes.values()
    one, two = person("une"), person("deux")
    put(one, survey, 1, site)
    put(one, survey, 2, site, reach)
    put(one, survey, 3)
    put(two, survey, 2, reach)
    put(two, survey, 3, bus)
    services.mark_settle(
        actor=one, survey=survey, uuid=UUID(int=3), path="remarque", themes=[bus.pk]
    )
    coded = coded_column(survey, "remarque")
    assert {key.int: [theme.label for theme in found] for key, found in coded.items()} == {
        1: ["Le site"],
        2: ["Le site", "Joindre"],
        3: ["Le bus"],
    }
    assert Mark.objects.filter(coder=one, submission__uuid=UUID(int=3), settled=False).exists()
    assert [(row.text.uuid.int, row.settled) for row in work(survey).apart()] == [
        (2, None),
        (3, ("Le bus",)),
    ]


def test_nobody_reads_the_same_answer_twice_nor_sees_the_other(
    survey: Survey, themes: dict[str, Theme], client: Client
) -> None:
    everybody_reads_twice(survey)
    one, two = person("une"), person("deux")
    put(one, survey, 1, themes["Le site"])
    assert work(survey).left(one, second=True) == []
    assert [text.uuid.int for text in work(survey).left(two, second=True)] == [1]
    client.force_login(two)
    page = client.get(reverse("coding-code", args=[survey.key, "remarque"]), {"lecture": "2"})
    assert WORDS[0] in page.content.decode()
    assert "checked" not in page.content.decode()
    told = {"uuid": UUID(int=1), "path": "remarque", "theme": [themes["Le bus"].pk]}
    client.post(reverse("coding-code", args=[survey.key, "remarque"]) + "?lecture=2", told)
    agreement = work(survey).agreement()
    assert agreement is not None
    assert (agreement[0].answers, agreement[0].alike) == (1, 0)


def test_what_identifies_is_not_shown_to_who_codes(
    survey: Survey, themes: dict[str, Theme], client: Client
) -> None:
    client.force_login(person("une"))
    address = reverse("coding-code", args=[survey.key, "remarque"])
    page = client.get(address, {"reponse": UUID(int=2), "chemin": "remarque"}).content.decode()
    assert "[téléphone]" in page
    assert "06 12" not in page


def test_joining_and_sharing_a_theme_keep_every_answer(
    survey: Survey, themes: dict[str, Theme]
) -> None:
    site, reach, bus = themes.values()
    one = person("une")
    put(one, survey, 1, site)
    put(one, survey, 2, site, reach)
    put(one, survey, 3, bus)
    told = {"actor": one, "survey": survey, "question": "remarque"}
    services.theme_merge(**told, theme=reach.pk, into=site.pk)
    assert [len(found) for found in coded_column(survey, "remarque").values()] == [1, 1, 1]
    second = Submission.objects.get(uuid=UUID(int=2))
    new = services.theme_split(
        **told, theme=site.pk, label="Téléphone", choices={f"{second.pk} remarque": "both"}
    )
    coded = coded_column(survey, "remarque")
    assert coded[UUID(int=1)] == [site]
    assert set(coded[UUID(int=2)]) == {site, new}
    services.theme_move(**told, theme=bus.pk, up=True)
    assert [theme.label for theme in work(survey).themes][-1] != "Le bus"
    assert services.theme_remove(**told, theme=bus.pk) == 1
    assert coded_column(survey, "remarque")[UUID(int=3)] == []


def test_a_file_changes_themes_by_code_and_a_proposal_adds_them(
    survey: Survey, themes: dict[str, Theme], client: Client
) -> None:
    client.force_login(person("une"))
    told = [survey.key, "remarque"]
    written = client.get(reverse("coding-file", args=told)).content.decode()
    changed = written.replace("Le site;", "Le site;panne, lenteur")
    client.post(reverse("coding-do", args=told), {"do": "import", "pasted": changed})
    assert [theme.definition for theme in work(survey).themes] == ["panne, lenteur", "", ""]
    client.post(reverse("coding-do", args=told), {"do": "propose"})
    assert len(work(survey).themes) > 8
    page = client.post(reverse("coding-do", args=told), {"do": "import", "pasted": ""}, follow=True)
    assert "vide" in page.content.decode()


def test_an_example_is_no_answer_copied_and_names_nobody(survey: Survey, client: Client) -> None:
    client.force_login(person("une"))
    address = reverse("coding-book", args=[survey.key, "remarque"])
    for example in ("« le site plante tout le temps »", "appelez le 06 12 34 56 78"):
        page = client.post(address, {"label": "Le site", "example": example})
        assert page.status_code == 400
        assert "exemple" in page.content.decode()
    assert not work(survey).themes


def test_nothing_ticked_is_said_and_nothing_is_kept(
    survey: Survey, themes: dict[str, Theme], client: Client
) -> None:
    client.force_login(person("une"))
    address = reverse("coding-code", args=[survey.key, "remarque"])
    told = {"uuid": UUID(int=1), "path": "remarque"}
    assert client.post(address, told).status_code == 400
    assert client.post(address, told | {"uuid": "x"}).status_code == 404
    assert not Mark.objects.exists()
    assert client.post(address, told | {"none": "1"}).status_code == 302
    assert coded_column(survey, "remarque") == {UUID(int=1): []}


def test_every_page_opens_and_is_closed_to_others(
    survey: Survey, themes: dict[str, Theme], client: Client
) -> None:
    one, two = person("une"), person("deux")
    put(one, survey, 1, themes["Le site"])
    put(two, survey, 1, themes["Le bus"])
    told, pk = [survey.key, "remarque"], themes["Le site"].pk
    pages = [reverse("coding", args=[survey.key])]
    pages += [reverse(f"coding-{name}", args=told) for name in ("book", "agreement", "settle")]
    pages += [reverse(f"coding-{name}", args=[*told, pk]) for name in ("theme", "split")]
    assert {client.get(page).status_code for page in pages} == {302}
    client.force_login(one)
    assert {client.get(page).status_code for page in pages} == {200}
    answer = {"uuid": UUID(int=1), "path": "remarque", "theme": [pk]}
    client.post(reverse("coding-settle", args=told), answer)
    assert client.get(reverse("coding-settle", args=told)).status_code == 302
    assert client.get(reverse("coding-book", args=[survey.key, "rien"])).status_code == 404
    client.force_login(User.objects.create_user(email="tiers@exemple.org", password="x"))
    assert {client.get(page).status_code for page in pages} == {403}
