"""Reading the journal: by territory, by filter, by page, in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
import time_machine

from portrea.web.accounts import journal
from portrea.web.accounts.permissions import Actor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from portrea.web.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture
def demo(demo_home: Path, settings: SettingsWrapper) -> None:
    settings.PORTREA_HOME = demo_home


def write(target: str = "12", territory: str = "commune:35188", **changes: object) -> None:
    fields = {"act": "place.edit", "actor": Actor.system("essai"), "target": ("place", target)}
    journal.record(**{**fields, "territory": territory, **changes})


def test_only_my_territory(client: Client, connected: Callable[..., User]) -> None:
    write("ici")
    write("ailleurs", "commune:35001")
    connected("elu epci:243500550")
    page = client.get("/journal/").content.decode()
    assert "place ici" in page
    assert "place ailleurs" not in page
    refused = client.get("/journal/?territoire=departement:35")
    assert refused.status_code == 403
    assert client.get("/journal.csv?territoire=departement:35").status_code == 403
    inside = client.get("/journal/?territoire=commune:35188")
    assert "commune de Montfort-sur-Meu" in inside.content.decode()


def test_the_whole_site_for_the_administrator(
    client: Client, connected: Callable[..., User]
) -> None:
    write("ici")
    write("partout", territory=None)
    connected("administrateur")
    page = client.get("/journal/").content.decode()
    assert "place ici" in page
    assert "place partout" in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("acte=place.edit", {"a", "c"}),
        ("acte=import.run", {"b"}),
        ("objet=c", {"c"}),
        ("depuis=2026-11-02", {"b", "c"}),
        ("jusque=2026-11-02", {"a", "b"}),
        ("depuis=n%27importe", {"a", "b", "c"}),
        ("acte=inconnu", {"a", "b", "c"}),
    ],
)
def test_filters(
    client: Client, connected: Callable[..., User], query: str, shown: set[str]
) -> None:
    acts = ("place.edit", "import.run.place", "place.edit")
    for day, target, act in zip(("01", "02", "03"), "abc", acts, strict=True):
        with time_machine.travel(f"2026-11-{day}T12:00Z"):
            write(target, act=act)
    connected("elu epci:243500550")
    rows = list(csv.DictReader(read_csv(client, f"/journal.csv?{query}"), delimiter=";"))
    assert {row["identifiant"] for row in rows} == shown
    page = client.get(f"/journal/?{query}").content.decode()
    assert {t for t in "abc" if f"<td>place {t}</td>" in page} == shown


def read_csv(client: Client, address: str) -> io.StringIO:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return io.StringIO(text[1:])


def test_what_changed_is_said(client: Client, connected: Callable[..., User]) -> None:
    write(
        before={"phone": None, "name": "<i>Mairie</i>"},
        after={"phone": "+33299000000", "name": "=1+1"},
        reason="Vu à l’accueil",
    )
    connected("elu epci:243500550")
    page = client.get("/journal/").content.decode()
    assert "<b>phone</b>" in page
    assert "– → +33299000000" in page
    assert "&lt;i&gt;Mairie" in page
    assert "Vu à l’accueil" in page


def test_spreadsheet_runs_nothing(client: Client, connected: Callable[..., User]) -> None:
    write("=cmd", reason="@SUM(A1)", actor=Actor.link("+1+1"))
    connected("elu epci:243500550")
    (row,) = csv.DictReader(read_csv(client, "/journal.csv"), delimiter=";")
    assert row["identifiant"] == "'=cmd"
    assert row["raison"] == "'@SUM(A1)"
    assert row["auteur"] == "'+1+1"


def test_pages(client: Client, connected: Callable[..., User]) -> None:
    for rank in range(52):
        write(f"n{rank:02}")
    connected("elu epci:243500550")
    first = client.get("/journal/?acte=place.edit")
    text = first.content.decode()
    assert "place n51" in text
    assert "place n01" not in text
    (following,) = [part for part in text.split('"') if part.startswith("?") and "avant=" in part]
    assert "acte=place.edit" in following
    second = client.get("/journal/" + following.replace("&amp;", "&")).content.decode()
    assert "place n01" in second
    assert "place n00" in second
    assert "place n02" not in second
    assert "avant=" not in second


@pytest.mark.parametrize(
    "query", ["territoire=planete:1", "territoire=%00", "avant=x", "territoire=epci:1,epci:2"]
)
def test_odd_addresses(client: Client, connected: Callable[..., User], query: str) -> None:
    connected("administrateur")
    assert client.get(f"/journal/?{query}").status_code in {200, 400, 404}


def test_lines_of_one_person(client: Client, connected: Callable[..., User]) -> None:
    user = connected("referent departement:35", email="jeanne@exemple.org")
    write("par elle", actor=user)
    write("par une autre")
    for asked, wanted in (("Jeanne@exemple.org", True), ("inconnue@exemple.org", False)):
        page = client.get("/journal/", {"auteur": asked}).content.decode()
        assert ("place par elle" in page) is wanted
        assert "place par une autre" not in page
    (row,) = csv.DictReader(
        read_csv(client, "/journal.csv?auteur=jeanne@exemple.org"), delimiter=";"
    )
    assert (row["acte"], row["libelle"]) == ("place.edit", "Modifier une fiche")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("Europe/Paris", "14/07/2027 00:30"), ("Indian/Reunion", "14/07/2027 02:30")],
)
def test_hours_are_those_of_the_site(
    client: Client,
    connected: Callable[..., User],
    settings: SettingsWrapper,
    zone: str,
    shown: str,
) -> None:
    settings.TIME_ZONE = zone
    with time_machine.travel("2027-07-13T22:30:00Z", tick=False):
        write()
        connected("elu epci:243500550")
        page = client.get("/journal/?depuis=2027-07-14&jusque=2027-07-14").content.decode()
    assert shown in page
