"""Boards: counts of a period beside the one before, small numbers hidden, files, coverage."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db.models import Q
from django.utils import timezone
from openpyxl import load_workbook

from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.models import Membership, User
from portrea.web.action.boards.periods import Period, moved, offered, period_of
from portrea.web.action.boards.rising import rising_of
from portrea.web.action.boards.selectors import board_of
from portrea.web.action.models import Difficulty, Procedure, Record
from portrea.web.action.services.tallies import recount

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
COMMUNE = ("commune", "35188")
TODAY = today_in("commune:35188")
BEFORE = moved(date(TODAY.year, TODAY.month, 1), -12)


def held(role: str, territory: str = "commune:35188") -> User:
    user = User.objects.create_user(f"{role}@exemple.org", "x")
    level, _, code = territory.partition(":")
    Membership.objects.create(user=user, role=role, level=level, code=code)
    return user


def noted(number: int, **told: Any) -> None:
    level, code = told.pop("at", COMMUNE)
    row = {"day": TODAY, "kind": "individuel", "where": "lieu_activite", "commune": "35188"} | told
    Record.objects.bulk_create(Record(level=level, code=code, **row) for _ in range(number))


def table(board: Any, dimension: str) -> dict[str, tuple[int | None, int | None]]:
    (found,) = (one for one in board.tables if one.spec.dimension == dimension)
    return {row.label: (row.now, row.before) for row in found.rows}


def shown(period: Period | None = None, **told: Any) -> Any:
    recount(Q())
    period = period or period_of("12", TODAY)
    return board_of(Q(), period, **({"discreet": False} | told))


@pytest.mark.parametrize(
    ("code", "months", "former"),
    [
        ("1", ("2026-11", "2026-11"), ("2026-10", "2026-10")),
        ("3", ("2026-09", "2026-11"), ("2026-06", "2026-08")),
        ("12", ("2025-12", "2026-11"), ("2024-12", "2025-11")),
        ("2025", ("2025-01", "2025-12"), ("2024-01", "2024-12")),
        ("n’importe", ("2025-12", "2026-11"), ("2024-12", "2025-11")),
        ("1999", ("2025-12", "2026-11"), ("2024-12", "2025-11")),
    ],
)
def test_periods(code: str, months: tuple[str, str], former: tuple[str, str]) -> None:
    period = period_of(code, date(2026, 11, 30))
    assert (period.months, period.former.months) == (months, former)


def test_a_period_ends_the_last_day_of_its_month() -> None:
    assert Period(date(2028, 2, 1), date(2028, 2, 1)).until == date(2028, 2, 29)
    assert Period(date(2026, 1, 1), date(2026, 12, 1)).days == 365
    assert list(offered(date(2026, 11, 23)))[-2:] == ["2022", "2021"]


def test_what_was_noted_now_and_before() -> None:
    noted(6, themes=["email"], result="oui", ages={"DouzeDixHuit": 1})
    noted(2, themes=["email", "sante"], result="non", reason="panne", people=3)
    noted(4, day=BEFORE, themes=["sante"], result="oui")
    noted(9, day=moved(BEFORE, -13))
    board = shown()
    assert [(row.now, row.before) for row in board.totals[:2]] == [(8, 4), (12, 4)]
    assert table(board, "theme") == {"Courriel": (8, 0), "Santé": (2, 4)}
    assert table(board, "result") == {"Oui": (6, 4), "Non": (2, 0)}
    assert table(board, "reason") == {"Panne, site fermé": (2, 0)}
    assert table(board, "unmet") == {"Courriel": (2, 0), "Santé": (2, 0)}
    assert table(board, "age") == {"12 à 17 ans": (6, 0), "Non renseigné": (6, 4)}


def test_small_numbers_are_hidden_from_who_only_reads() -> None:
    noted(9, kind="collectif")
    noted(3, kind="individuel")
    board = shown(discreet=True)
    assert table(board, "kind") == {
        "Atelier collectif": (None, 0),
        "Accompagnement individuel": (None, 0),
    }
    assert board.totals[0].now == 12


def test_difficulties_that_rise_beyond_chance() -> None:
    asked = Procedure.objects.create(name="RSA", body="CAF", source="test", checked=TODAY)
    period = period_of("12", TODAY)

    def told(number: int, code: str, day: date) -> None:
        Difficulty.objects.bulk_create(
            Difficulty(
                level="commune", code="35188", procedure=asked, codes=[code], day=day, place="a"
            )
            for _ in range(number)
        )

    told(30, "panne", TODAY)
    told(5, "panne", BEFORE)
    told(12, "compte", TODAY)
    told(11, "compte", BEFORE)
    told(11, "langue", TODAY)
    told(2, "langue", BEFORE)
    found = rising_of(Q(), period, discreet=False)
    assert [(one.trouble, one.now, one.before) for one in found] == [
        ("Panne ou bogue du site", 30, 5), ("Langue", 11, 2)
    ]  # fmt: skip
    assert [one.now for one in rising_of(Q(), period, discreet=True)] == [30]


def test_the_page_of_a_referent(client: Client) -> None:
    noted(3, themes=["email"])
    client.force_login(held("referent"))
    page = client.get("/espace/activite/").content.decode()
    assert "Montfort" in page or "35188" in page
    assert "Courriel" in page
    assert "Petit nombre caché" not in page
    assert "aides.csv" in page


def test_the_page_of_an_elected_person(client: Client) -> None:
    noted(3, themes=["email"])
    client.force_login(held("elu"))
    page = client.get("/espace/activite/").content.decode()
    assert "Les nombres de 1 à 4 sont cachés" in page
    assert "aides.csv" not in page
    assert client.get("/espace/activite/aides.csv").status_code == 403


def test_another_territory_is_not_shown(client: Client) -> None:
    noted(7, at=("commune", "35001"), themes=["sante"])
    client.force_login(held("referent"))
    page = client.get("/espace/activite/", {"pour": "commune:35001"}).content.decode()
    assert "Aucune aide n’a été notée" in page
    lines = client.get("/espace/activite/aides.csv", {"pour": "commune:35001"}).getvalue()
    assert lines.decode().count("\n") == 1


@pytest.mark.parametrize("address", ["", "tableaux.xlsx", "tableaux.csv", "aides.csv"])
def test_nobody_reads_without_a_role(client: Client, address: str) -> None:
    assert client.get(f"/espace/activite/{address}").status_code == 302
    client.force_login(User.objects.create_user("sans@exemple.org", "x"))
    assert client.get(f"/espace/activite/{address}").status_code == 403


def test_files_for_an_annual_report(client: Client) -> None:
    noted(8, themes=["email"], kind="individuel")
    noted(2, themes=["=1+1"], kind="individuel", other_themes=["mot libre"])
    client.force_login(held("referent"))
    book = load_workbook(io.BytesIO(client.get("/espace/activite/tableaux.xlsx").content))
    assert book.sheetnames[:2] == ["Lire ce fichier", "Ensemble"]
    assert [row[1].value for row in book["Ensemble"].iter_rows(min_row=2, max_row=3)] == [10, 10]
    themes = {row[0].value: row[1].value for row in book["Thèmes"].iter_rows(min_row=2)}
    assert themes == {"Courriel": 8, "=1+1": "caché (petit nombre)"}
    text = client.get("/espace/activite/tableaux.csv").content.decode("utf-8-sig")
    assert "Thèmes;Courriel;8;0" in text
    assert "Thèmes;'=1+1;caché (petit nombre);0" in text
    lines = client.get("/espace/activite/aides.csv").getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 11
    assert "mot libre" not in "".join(lines)


def test_the_board_asks_few_questions(client: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        noted(2, at=("commune", f"3500{number}"), themes=["email", "sante"])
    client.force_login(held("referent", "departement:35"))
    client.get("/espace/activite/")
    with django_assert_max_num_queries(14):
        client.get("/espace/activite/")


def test_communes_where_no_help_was_noted(site: Client) -> None:
    noted(3, commune="35188", at=("commune", "35188"))
    site.force_login(held("referent", "epci:243500550"))
    page = site.get("/espace/activite/").content.decode()
    assert "Une aide a été notée dans 1 communes sur" in page.replace("\n", " ")
    assert "Sans aide notée, les plus concernées d’abord" in page
    assert "entre" in page


def test_an_empty_week_and_a_full_one(client: Client) -> None:
    from portrea.web.action.models import Equipment, Loan

    user = held("referent")
    client.force_login(user)
    assert "Rien n’est prévu" in client.get("/espace/ma-semaine/").content.decode()
    thing = Equipment.objects.create(
        level="commune", code="35188", label="Ordinateur 3", kind="ordinateur"
    )
    far = Equipment.objects.create(
        level="commune", code="35001", label="Ailleurs", kind="ordinateur"
    )
    for one in (thing, far):
        Loan.objects.create(
            equipment=one, out=TODAY - timedelta(days=9), due=TODAY - timedelta(days=1)
        )
    Record.objects.create(level="commune", code="35188", day=TODAY, kind="individuel", by=user)
    page = client.get("/espace/ma-semaine/").content.decode()
    assert "Ordinateur 3" in page
    assert "en retard" in page
    assert "Ailleurs" not in page
    assert "Mes dernières aides notées" in page


@pytest.mark.parametrize(("commune", "late"), [("commune:35188", True), ("commune:97209", False)])
def test_the_week_begins_at_the_midnight_of_where_one_works(
    client: Client, commune: str, late: bool
) -> None:
    """Half past midnight in Montfort, half past seven the evening before in Fort-de-France."""
    from portrea.web.action.models import Equipment, Loan

    code = commune.removeprefix("commune:")
    with time_machine.travel("2026-11-23T23:30:00+00:00", tick=False):
        client.force_login(held("referent", commune))
        thing = Equipment.objects.create(level="commune", code=code, label="PC", kind="ordinateur")
        Loan.objects.create(equipment=thing, out=date(2026, 11, 2), due=date(2026, 11, 23))
        page = client.get("/espace/ma-semaine/").content.decode()
    assert "PC" in page
    assert ("en retard" in page) is late


def test_everything_that_waits_is_in_the_week(client: Client) -> None:
    from portrea.web.action.models import (
        Appointment,
        Contact,
        Permanence,
        Proposal,
        Reminder,
        Shift,
        Workshop,
    )

    at = {"level": "commune", "code": "35188"}
    soon = timezone.now() + timedelta(days=2)
    far = timezone.now() + timedelta(days=20)
    held_at = Permanence.objects.create(**at, title="Permanence du mardi")
    one = Appointment.objects.create(permanence=held_at, starts=soon, minutes=30)
    Appointment.objects.create(permanence=held_at, starts=far, minutes=30, code="lointain")
    Reminder.objects.create(
        about="rendez-vous", target=one.code, channel="sms", contact="+33199000000",
        text="Rendez-vous", due=soon, until=soon,
    )  # fmt: skip
    day = Workshop.objects.create(
        **at, title="Mes démarches", starts=soon, ends=soon + timedelta(hours=2), commune="35188"
    )
    Shift.objects.create(workshop=day, task="Accueil", starts=soon, ends=soon + timedelta(hours=1))
    Contact.objects.create(workshop=day, who="La préfecture", due=TODAY - timedelta(days=1))
    asked = Procedure.objects.create(name="RSA", body="CAF", source="test", checked=TODAY)
    for title, days in (("À relancer", 40), ("Trop tôt", 2)):
        sent = TODAY - timedelta(days=days)
        Proposal.objects.create(
            **at, procedure=asked, trouble="panne", title=title, state="envoyee", sent=sent,
            since=sent,
        )  # fmt: skip
    client.force_login(held("referent"))
    page = client.get("/espace/ma-semaine/").content.decode()
    for words in (one.code, "1 rappel partira", "Mes démarches", "personne encore",
                  "La préfecture", "À relancer"):  # fmt: skip
        assert words in page, words
    assert "lointain" not in page
    assert "Trop tôt" not in page
    assert "+33199000000" not in page
    client.force_login(held("technicien", "commune:35001"))
    assert "Rien n’est prévu" in client.get("/espace/ma-semaine/").content.decode()
