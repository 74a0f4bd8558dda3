"""The page of rounds: a form, then the calendar; all is in the address, the files say the same."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from django.test import Client

STOPS = """Marché ; Montfort-sur-Meu ; 2 h ; toutes les semaines ; vendredi matin
Iffendic ; ; 1h30
Camping ; Bédée ; 90 ; une fois ; samedi"""
ASKED = {"arrets": STOPS, "debut": "2026-12-07", "semaines": "2"}
PAGE = f"/acces/tournees/?{urlencode(ASKED)}"


@pytest.fixture
def html(site: Client) -> str:
    response = site.get(PAGE)
    assert response.status_code == 200
    assert not response.cookies
    return response.content.decode()


def test_the_form_is_there_before_anything_is_asked(site: Client) -> None:
    response = site.get("/acces/tournees/")
    assert response.status_code == 200
    assert not response.cookies
    told = response.content.decode()
    assert 'name="arrets"' in told
    assert re.search(r'name="debut" type="date" value="\d{4}-\d\d-\d\d"', told)


def test_a_territory_writes_its_communes(site: Client) -> None:
    told = site.get("/acces/tournees/", {"territoire": "35188"}).content.decode()
    assert "Montfort-sur-Meu ; 35188" in told
    told = site.get("/acces/tournees/", {"territoire": "Saint-Méen Montauban"}).content.decode()
    assert "Médréac ; 35171" in told
    told = site.get("/acces/tournees/", {"territoire": "Xyzzyville"}).content.decode()
    assert "Aucun territoire" in told


def test_the_calendar_says_days_hours_people_and_what_does_not_fit(html: str) -> None:
    main = html[html.index("<main") : html.index("</main")]
    for told in (
        "endredi 11 décembre 2026",
        "Retour au dépôt",
        "n’est ouvert que le samedi",
        "Travailler aussi le samedi.",
        "Personnes concernées",
        "supposition",
    ):
        assert told in main, told
    assert main.index("Jour par jour") < main.index("Arrêt par arrêt")
    assert "<script" not in main


def test_the_files_and_the_sheet_say_the_same(site: Client, html: str) -> None:
    files = re.findall(r'href="(/acces/tournees/tournee\.(\w+)\?[^"]*)"', html)
    assert {form for _, form in files} == {"ics", "csv"}
    address = {form: link.replace("&amp;", "&") for link, form in files}
    rows = list(csv.DictReader(io.StringIO(site.get(address["csv"]).content.decode("utf-8-sig"))))
    calendar = site.get(address["ics"])
    assert calendar["Content-Type"].startswith("text/calendar")
    assert calendar.content.decode().count("BEGIN:VEVENT") == len(rows)
    told = json.loads(site.get(address["csv"].replace(".csv", ".json")).content)
    assert len(told["visits"]) == len(rows)
    sheet = site.get(address["csv"].replace("tournee.csv", "feuille/")).content.decode()
    assert sheet.count('class="tour-sheet"') == len({row["date"] for row in rows})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"arrets": "Xyzzyville"}, "placés"),
        ({"arrets": "A ; Bédée ; longtemps"}, "longtemps"),
        ({"arrets": "\n".join(["Bédée"] * 41)}, "40 au plus"),
        ({"semaines": "99"}, "ne convient pas"),
        ({"debut": "demain"}, "non compris"),
        ({"horaires": "jamais"}, "non compris"),
        ({"depot": "Xyzzyville"}, "inconnue"),
    ],
)
def test_what_is_not_understood_is_said_beside_the_form(
    site: Client, changed: dict[str, str], told: str
) -> None:
    response = site.get("/acces/tournees/", ASKED | changed)
    assert response.status_code == 400
    page = response.content.decode()
    assert told in page
    assert 'role="alert"' in page
    assert 'name="arrets"' in page


def test_a_name_cannot_write_in_the_page(site: Client) -> None:
    page = site.get(
        "/acces/tournees/", ASKED | {"arrets": "<script>x</script> ; Bédée ; longtemps"}
    )
    assert "<script>x" not in page.content.decode()


def test_an_unknown_file_is_not_found(site: Client) -> None:
    assert site.get("/acces/tournees/tournee.exe", ASKED).status_code == 404
