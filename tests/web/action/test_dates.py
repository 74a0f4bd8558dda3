"""« Mes dates »: calendars worked by hand, through the page; nothing kept, nor in addresses."""

from __future__ import annotations

import re
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
import yaml

from portrea.action.deadline_rules import Pace, deadline_rules
from portrea.base.errors import DataError, ParameterError
from portrea.web.accounts.models import JournalEntry, Membership, User
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.action.dates import selectors
from portrea.web.action.models import DateRule, Reminder
from portrea.web.action.services import dates as services

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
LIVES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/action/calendars.yaml").read_text("utf-8")
)
NOW = datetime(2026, 11, 23, 9, tzinfo=PARIS)
RSA = {"droit": ["rsa_dtr"], "dites": "oui", "rsa_dtr": "9"}
CARD = {
    "right": "Chèque eau", "body": "Service de l’eau", "step": "Demander le chèque",
    "kind": "yearly", "opens_month": 3, "forgotten": "Il est perdu pour l’année.",
    "reliability": "bonne", "sources": [{"title": "Délibération du conseil", "date": "2026"}],
}  # fmt: skip


def posted(held: list[dict[str, Any]]) -> dict[str, Any]:
    """What a person posts to tell these rights and dates."""
    told: dict[str, Any] = {"droit": [one["rule"] for one in held], "dites": "oui"}
    for one in held:
        pace = deadline_rules()[one["rule"]].pace
        if pace is Pace.CYCLE:
            told[one["rule"]] = str(one["anchor"].month)
        elif pace.asks_a_date:
            told[one["rule"]] = one["anchor"].isoformat()
    return told


def text_of(answer: Any) -> str:
    """What a page says, its marks left out."""
    plain = unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(plain.split())


@pytest.mark.parametrize("life", LIVES["cases"][:6], ids=lambda life: life["name"])
def test_the_page_tells_the_calendar_worked_by_hand(client: Client, life) -> None:
    """Six real lives: RSA; lone parent; AAH; job-seeker; retired with C2S; resident permit."""
    day = life.get("day", LIVES["day"])
    with time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=PARIS), tick=False):
        answer = client.post("/mes-dates/", posted(life["rights"]))
    assert answer.status_code == 200
    shown = [one for _month, steps in answer.context["months"] for one in steps]
    told = sorted((one.step.rule.name, one.step.opens, one.step.closes) for one in shown)
    expected = sorted(
        (step["rule"], step.get("opens"), step.get("closes")) for step in life["steps"]
    )
    assert told == expected
    page = text_of(answer)
    for one in shown:
        assert one.step.rule.step in page
        for source in one.step.rule.sources:
            assert source.title in page


@time_machine.travel(NOW, tick=False)
def test_dates_are_asked_only_for_rights_that_need_one(client: Client) -> None:
    page = client.post("/mes-dates/", {"droit": ["rsa_dtr", "ft_actualisation", "al_recalcul"]})
    assert list(page.context["form"].fields) == ["rsa_dtr"]
    assert "Une date pour chacun" in text_of(page)
    page = client.post("/mes-dates/", {"droit": ["ft_actualisation", "al_recalcul"]})
    assert "dates à ne pas manquer" in text_of(page)
    assert "Rien à faire de vous-même" in text_of(page)


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({}, "Cochez au moins une case."),
        ({"droit": ["sans_nom"]}, "n’est plus proposé"),
        ({"droit": ["rsa_dtr"], "dites": "oui"}, "Choisissez un mois."),
        ({"droit": ["css_renouv"], "dites": "oui", "css_renouv": "2027-02-31"}, "n’existe pas"),
        ({"droit": ["css_renouv"], "dites": "oui", "css_renouv": "2207-02-01"}, "trop loin"),
        ({"droit": ["css_renouv"], "dites": "oui", "css_renouv": "2026-11-01"}, "se redemande"),
        ({"droit": ["logement_social"], "dites": "oui", "logement_social": "2027-01-01"}, "venir"),
    ],
)  # fmt: skip
def test_dates_that_cannot_be_are_said_and_nothing_is_lost(client: Client, told, says) -> None:
    page = client.post("/mes-dates/", told)
    assert says in text_of(page)
    for name in told.get("droit", []):
        assert name in page.content.decode() or name == "sans_nom"


@time_machine.travel(NOW, tick=False)
def test_an_appointment_is_noted_beside_the_rights(client: Client) -> None:
    told = {"note": "Rendez-vous à la mairie", "day": "2026-12-10", "droit": ["ft_actualisation"]}
    page = text_of(client.post("/mes-dates/", told))
    assert "Le 10 décembre 2026 Rendez-vous à la mairie" in page
    assert page.index("Du 28 novembre") < page.index("Le 10 décembre 2026")
    plain = client.post("/mes-dates/agenda/", told | {"clair": "oui"}).content.decode()
    assert "Rendez-vous à la mairie" in plain
    assert "mairie" not in client.post("/mes-dates/agenda/", told).content.decode()
    alone = text_of(client.post("/mes-dates/", told | {"droit": []}))
    assert "Une date à ne pas manquer" in alone
    assert "Quel jour" in text_of(client.post("/mes-dates/", {"note": "Mairie"}))
    past = {"note": "Mairie", "day": "2026-11-22"}
    assert "douze mois qui viennent" in text_of(client.post("/mes-dates/", past))
    assert "en quelques mots" in text_of(client.post("/mes-dates/", {"day": "2026-12-10"}))


@time_machine.travel(NOW, tick=False)
def test_nothing_is_kept_and_nothing_is_in_an_address(client: Client) -> None:
    page = client.post("/mes-dates/", RSA)
    assert not client.cookies
    assert "no-store" in page["Cache-Control"]
    links = re.findall(r'(?:href|action)="([^"]*)"', page.content.decode())
    assert [link for link in links if "rsa" in link] == []
    assert Reminder.objects.count() == DateRule.objects.count() == JournalEntry.objects.count() == 0


@time_machine.travel(NOW, tick=False)
def test_the_calendar_file_says_nothing_unless_asked(client: Client) -> None:
    told = client.post("/mes-dates/agenda/", RSA).content.decode().replace("\r\n ", "")
    assert told.count("BEGIN:VEVENT") == told.count("BEGIN:VALARM") == 4
    assert "DTSTART;VALUE=DATE:20261201" in told
    assert "RSA" not in told
    told = client.post("/mes-dates/agenda/", RSA | {"clair": "oui"}).content.decode()
    assert "SUMMARY:RSA : Déclaration trimestrielle de ressources" in told


@time_machine.travel(NOW, tick=False)
def test_reminders_are_neutral_and_stopped_together(client: Client) -> None:
    page = client.post("/mes-dates/rappels/", RSA)
    keys = [key for key, _words in page.context["remind"].fields["steps"].choices]
    assert len(keys) == 4
    told = RSA | {"steps": keys[:2], "contact": "moi@exemple.fr"}
    assert "C’est noté" in text_of(client.post("/mes-dates/rappels/", told))
    first, second = Reminder.objects.order_by("due")
    assert first.series == second.series
    assert first.due.astimezone(PARIS) == datetime(2026, 12, 1, 10, tzinfo=PARIS)
    for row in (first, second):
        assert "RSA" not in row.text + row.subject
        assert (row.about, row.target) == ("date", "")
    assert "31 décembre" in first.text
    refused = client.post("/mes-dates/rappels/", told | {"contact": "moi"})
    assert "SMS" in text_of(refused)
    assert Reminder.objects.count() == 2


@time_machine.travel(NOW, tick=False)
def test_reminders_asked_too_often_from_one_place_are_refused(client: Client) -> None:
    page = client.post("/mes-dates/rappels/", RSA)
    key = page.context["remind"].fields["steps"].choices[0][0]
    for number in range(21):
        told = RSA | {"steps": [key], "contact": f"moi{number}@exemple.fr"}
        page = client.post("/mes-dates/rappels/", told)
    assert "Revenez dans une heure" in text_of(page)
    assert Reminder.objects.count() == 20


def test_a_rule_of_a_territory_adds_to_ours_and_only_there(client: Client) -> None:
    row = services.rule_save(
        actor=SYSTEM, territory="commune:35238", name="cheque-eau", card=CARD,
        checked=date(2026, 11, 1),
    )  # fmt: skip
    name = f"{selectors.OWN}{row.pk}"
    assert name in selectors.rules_of("commune:35238")
    assert name not in selectors.rules_of("commune:76540")
    with time_machine.travel(NOW, tick=False):
        first = client.post("/mes-dates/", {"changer": "oui", "ou": "commune:35238"})
        assert "Chèque eau" in text_of(first)
        page = client.post("/mes-dates/", {"droit": [name], "ou": "commune:35238"})
        assert "À partir de mars 2027" in text_of(page)
        assert "Délibération du conseil (2026)" in text_of(page)
    services.rule_retire(actor=SYSTEM, rule=row.pk, retired=True)
    assert name not in selectors.rules_of("commune:35238")


def test_a_rule_without_source_is_refused(client: Client) -> None:
    card = {name: value for name, value in CARD.items() if name != "sources"}
    told = {"territory": "commune:35238", "name": "x", "checked": date(2026, 11, 1)}
    with pytest.raises(ParameterError, match="n’a pas de source"):
        services.rule_save(actor=SYSTEM, card=card, **told)
    services.rule_save(actor=SYSTEM, card=CARD, **told)
    with pytest.raises(DataError, match="porte déjà ce nom"):
        services.rule_save(actor=SYSTEM, card=CARD, **told)
    assert DateRule.objects.count() == 1


def test_the_form_of_a_rule_refuses_and_gives_back(client: Client) -> None:
    user = User.objects.create_user("referente@exemple.fr")
    Membership.objects.create(user=user, role="referent", level="commune", code="35238")
    client.force_login(user)
    told = {name: value for name, value in CARD.items() if name != "sources"} | {
        "territory": "commune:35238", "checked": "2026-11-01",
    }  # fmt: skip
    page = client.post("/espace/regles-de-dates/nouvelle/", told)
    assert "n’a pas de source" in text_of(page)
    assert "Chèque eau" in page.content.decode()
    told |= {"source": "Délibération", "source_date": "2026"}
    assert client.post("/espace/regles-de-dates/nouvelle/", told).status_code == 302
    row = DateRule.objects.get()
    assert row.card["opens_month"] == 3
    assert "Chèque eau" in text_of(client.get("/espace/regles-de-dates/"))
    again = client.get(f"/espace/regles-de-dates/{row.pk}/")
    assert "Délibération" in again.content.decode()
    elsewhere = told | {"territory": "commune:76540"}
    assert client.post("/espace/regles-de-dates/nouvelle/", elsewhere).status_code == 200
    assert DateRule.objects.count() == 1


def test_a_rule_too_old_says_so_on_every_page(client: Client) -> None:
    with time_machine.travel(datetime(2028, 1, 10, 9, tzinfo=PARIS), tick=False):
        assert "n’ont pas été relues" in text_of(client.get("/mes-dates/regles/"))
        page = text_of(client.post("/mes-dates/", {"droit": ["ft_actualisation"]}))
        assert "Cette règle n’a pas été relue depuis longtemps" in page


def test_what_to_do_when_something_went_wrong(client: Client) -> None:
    page = text_of(client.get("/mes-dates/erreur/"))
    for words in ("droit à l’erreur", "Ne payez pas avant d’avoir compris", "non relue", "À qui :"):
        assert words in page
