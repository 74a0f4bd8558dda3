"""A démarche from its opening to its report: dates that follow, tasks, board, papers, privacy."""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from portrea.surveys.models import models
from portrea.surveys.xlsform import write_sheets
from portrea.web.accounts.models import Membership, User
from portrea.web.accounts.permissions import SYSTEM, VISITOR
from portrea.web.surveys.days import papers
from portrea.web.surveys.days.board_selectors import board_of
from portrea.web.surveys.days.report import report_of
from portrea.web.surveys.models import Day
from portrea.web.surveys.models.answers import Channel
from portrea.web.surveys.services import days as services
from portrea.web.surveys.services.intake import Sent, take
from portrea.web.surveys.services.questionnaires import questionnaire_create, version_publish
from portrea.web.surveys.services.rounds import survey_open

if TYPE_CHECKING:
    from django.test import Client

    from portrea.web.surveys.models import Survey

pytestmark = pytest.mark.django_db
EPCI = "epci:243500550"
THURSDAY = date(2027, 3, 11)
ANSWER = {
    "structure_nom": "Entraide", "genre": "ccas", "commune": "Iffendic", "offres": "informer",
    "oriente": "jamais", "connait": "tous",
}  # fmt: skip


def held(role: str, territory: str) -> User:
    user = User.objects.create_user(f"{role}-{territory}@exemple.org".replace(":", "-"), "x")
    level, _, code = territory.partition(":")
    Membership.objects.create(user=user, role=role, level=level, code=code)
    return user


def opened(**told: Any) -> Day:
    return services.day_open(
        actor=SYSTEM, title="Journée d’essai", territory=EPCI,
        **({"date": THURSDAY, "starts": time(9), "place": "Salle des fêtes"} | told),
    )  # fmt: skip


def asked(model: str, title: str) -> Survey:
    sheets = write_sheets(models()[model].form)
    made = questionnaire_create(
        actor=SYSTEM, title=title, territory=EPCI, sheets=sheets, model=model
    )
    version_publish(actor=SYSTEM, key=made.key)
    return survey_open(actor=SYSTEM, questionnaire=made, title=title, territory=EPCI)


def answered(survey: Survey, number: int, **told: str) -> None:
    table = told.pop("table", "")
    sent = Sent(UUID(int=number), ANSWER | told, Channel.PHONE, survey.version, table=table)
    take(actor=VISITOR, survey=survey, sent=sent)


def words(page: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", text.replace("&#x27;", "'"))


# -- the démarche ---------------------------------------------------------------------------------


def test_what_is_not_done_follows_the_day() -> None:
    day = opened()
    first, second, *_rest = day.tasks.all()
    assert first.due == date(2027, 1, 14)
    services.task_tick(actor=SYSTEM, key=day.key, task=first.pk, done=True)
    services.task_save(
        actor=SYSTEM, key=day.key, task=second.pk, told={"due": date(2027, 1, 22)}
    )  # by hand, 48 days before
    services.day_change(actor=SYSTEM, key=day.key, told={"date": date(2027, 3, 18)})
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.due == date(2027, 1, 14), "what is done stays"
    assert second.due == date(2027, 1, 29), "moved by hand: 48 days before the new day"
    assert day.tasks.get(title__startswith="Présenter").due == date(2027, 4, 8)


def test_a_day_without_date_waits_then_has_all_its_dates() -> None:
    day = opened(date=None)
    assert not day.tasks.exclude(due=None).exists()
    services.day_change(actor=SYSTEM, key=day.key, told={"date": THURSDAY})
    assert not day.tasks.filter(due=None).exists()
    assert day.tasks.get(title__startswith="Tenir la journée").due == THURSDAY


def test_a_referent_runs_her_demarche_by_pages(site: Client) -> None:
    site.force_login(held("referent", EPCI))
    told = {"title": "Chez nous", "territory": EPCI, "date": "2027-03-11", "starts": "09:00"}
    assert site.post("/espace/demarches/", told).status_code == 302
    day = Day.objects.get()
    home = f"/espace/demarches/{day.key}/"
    page = words(site.get(home))
    assert page.index("Ce qui vient") < page.index("Les six étapes")
    assert "Engagement des élu·es" in page
    task = day.tasks.all()[0]
    site.post(f"{home}taches/{task.pk}/fait/")
    task.refresh_from_db()
    assert task.done is not None
    site.post(f"{home}taches/nouvelle/", {"title": "Café", "stage": "collecte", "owner": "mairie"})
    assert day.tasks.filter(title="Café", owner="mairie").exists()
    parts = {"partie-TOTAL_FORMS": "2", "partie-INITIAL_FORMS": "0", "partie-0-minutes": "30",
             "partie-0-what": "Accueil", "partie-1-minutes": "", "partie-1-what": ""}  # fmt: skip
    site.post(f"{home}ordre-du-jour/", parts)
    assert "9 h 30 Fin" in words(site.get(f"{home}ordre-du-jour/"))
    refused = site.post(f"{home}ordre-du-jour/", parts | {"partie-0-minutes": ""})
    assert "combien de minutes" in words(refused)
    calendar = site.get(f"{home}dates.ics").content.decode()
    assert "DTSTART:20270311T080000Z" in calendar
    assert (
        calendar.count("BEGIN:VEVENT")
        == 1 + day.tasks.filter(done=None, due__gt="2000-01-01").count()
    )


@pytest.mark.parametrize("name", papers.NAMES)
def test_every_sheet_is_printed(site: Client, name: str) -> None:
    site.force_login(held("referent", EPCI))
    day = opened()
    page = site.get(f"/espace/demarches/{day.key}/feuilles/{name}/")
    assert page.status_code == 200
    assert words(page).count("Salle des fêtes") == (
        name in {"invitation", "ordre-du-jour", "presentation"}
    )
    if name == "presentation":
        portrait = papers.portrait_of(day)
        assert portrait is not None
        assert portrait.headline.text in page.content.decode(), "its own figures"


def test_nobody_else_reads_a_demarche(site: Client) -> None:
    day = opened()
    assert site.get(f"/espace/demarches/{day.key}/").status_code == 302
    site.force_login(held("referent", "epci:243500618"))
    assert site.get(f"/espace/demarches/{day.key}/").status_code == 403
    site.force_login(held("elu", EPCI))
    assert site.get(f"/espace/demarches/{day.key}/").status_code == 403


# -- the board ------------------------------------------------------------------------------------


@pytest.fixture
def day(site: Client) -> Day:
    """A day where structures and residents answered."""
    made = opened()
    actors, people = asked("acteurs", "Acteurs"), asked("habitants", "Habitants")
    services.day_ask(actor=SYSTEM, key=made.key, surveys=[actors, people])
    answered(actors, 1, table="1")
    answered(actors, 2, table="2", commune="MONTFORT SUR MEU", genre="commune", offres="acceder")
    for number in (11, 12, 13):
        answered(people, number, table="1")
    return made


def test_the_board_says_what_is_covered_and_what_is_not(day: Day) -> None:
    board = board_of(day)
    actors, people = board.surveys
    assert (actors.number, actors.tables) == ("2", (("table 1", "1"), ("table 2", "1")))
    assert (people.number, people.words) == ("< 5", "moins de 5 réponses")
    assert people.tables == (("table 1", "< 5"),)
    assert {town.name for town in board.towns if town.state == "told"} == {
        "Iffendic", "Montfort-sur-Meu"
    }  # fmt: skip
    tiles = {tile.name: tile for tile in board.tiles}
    assert "Iffendic" not in tiles["information"].without
    assert "Montfort-sur-Meu" in tiles["information"].without
    assert tiles["formation"].helped == 0
    assert len(tiles["formation"].without) == len(board.towns) == 8
    assert next(kind.answers for kind in board.kinds if kind.label == "Mairie") == 1


def test_the_board_opens_with_the_code_of_the_room_only(site: Client, day: Day) -> None:
    address = f"/collecte/tableau/{day.key}/"
    assert "Iffendic" not in words(site.get(address))
    refused = site.post(address, {"pin": "000000" if day.pin != "000000" else "111111"})
    assert refused.status_code == 403
    assert "pas le code de la salle" in words(refused)
    assert site.post(address, {"pin": f"{day.pin[:3]} {day.pin[3:]}"}).status_code == 302
    page = site.get(address)
    assert page["Refresh"] == "10"
    assert "Sans réponse" in words(page)
    other = opened()
    assert "Iffendic" not in words(site.get(f"/collecte/tableau/{other.key}/"))


def test_the_code_is_not_tried_for_ever(site: Client, day: Day) -> None:
    address = f"/collecte/tableau/{day.key}/"
    wrong = "000000" if day.pin != "000000" else "111111"
    for _again in range(10):
        site.post(address, {"pin": wrong})
    assert "Trop d’essais" in words(site.post(address, {"pin": day.pin}))


# -- the report -----------------------------------------------------------------------------------


def test_the_report_says_what_came_what_is_left_and_what_is_next(site: Client, day: Day) -> None:
    site.force_login(held("referent", EPCI))
    told = {"present": "31", "decisions": "- Ouvrir un atelier, CCAS, mai\n",
            "notes": "Vu avec Mme Durand, 06 12 34 56 78."}  # fmt: skip
    page = site.post(f"/espace/demarches/{day.key}/compte-rendu/", told, follow=True)
    assert "Retiré de votre texte : nom, téléphone." in words(page)
    text = site.get(f"/espace/demarches/{day.key}/compte-rendu.txt").content.decode()
    for said in ("31 structures présentes", "Acteurs : 2 réponses", "Habitants : moins de 5",
                 "Apprendre à se servir du numérique : 8 communes sans réponse",
                 "- Ouvrir un atelier, CCAS, mai", "référent·e"):  # fmt: skip
        assert said in text
    assert "Durand" not in text
    assert "06 12" not in text
    assert report_of(Day.objects.get(pk=day.pk)).text() == text
