"""The page of rounds: a form, then the calendar; all is in the address, the files say the same."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
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


# -- called off -----------------------------------------------------------------------------------


def called_off(site: Client, page: str, *ticks: str, **more: str) -> str:
    """Tick boxes in a page, send its form, follow where it leads."""
    form = page[page.index('id="refaire"') : page.index("</form>", page.index('id="refaire"'))]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    fields = [(name, unescape(value)) for name, value in hidden]
    fields += [("annuler", tick) for tick in ticks] + [("refaire", "oui"), *more.items()]
    response = site.get(f"/acces/tournees/?{urlencode(fields)}", follow=True)
    assert response.status_code == 200
    return response.content.decode()


def section(page: str, name: str) -> str:
    found = re.search(rf'<section[^>]*id="{name}".*?</section>', page, re.S)
    return unescape(found[0]) if found else ""


def address(page: str, form: str) -> str:
    return unescape(re.search(rf'href="(/acces/tournees/tournee\.{form}\?[^"]*)"', page)[1])


def events(site: Client, page: str) -> dict[str, dict[str, str]]:
    told = site.get(address(page, "ics")).content.decode().replace("\r\n ", "")
    found = [
        dict(line.split(":", 1) for line in one.splitlines() if ":" in line)
        for one in told.split("BEGIN:VEVENT")[1:]
    ]
    return {one["UID"]: one for one in found}


def test_a_passage_called_off_leaves_the_others_and_is_said(site: Client, html: str) -> None:
    before = events(site, html)
    tick = re.findall(r'value="(v0-\d{8})"', html)[0]
    page = called_off(site, html, tick, rattraper="non")
    told = section(page, "change")
    assert "Annulé : Marché, Montfort-sur-Meu, vendredi" in told
    assert f"Les {len(before) - 1} autres passages annoncés gardent leur jour" in told, told
    after = events(site, page)
    assert after.keys() == before.keys()
    (gone,) = [uid for uid, one in after.items() if one["STATUS"] == "CANCELLED"]
    assert after[gone]["SEQUENCE"] == "1"
    assert after[gone]["DTSTART"] == before[gone]["DTSTART"]
    assert all(one["SEQUENCE"] == "0" for uid, one in after.items() if uid != gone)
    again = called_off(site, page, "s1")
    told = section(again, "change")
    assert "Dernière des 2 annulations" in told
    assert "Annulé : Iffendic" in told
    cancelled = [one for one in events(site, again).values() if one["STATUS"] == "CANCELLED"]
    assert [one["SEQUENCE"] for one in cancelled if "Marché" in one["SUMMARY"]] == ["1"]
    assert {one["SEQUENCE"] for one in cancelled if "Iffendic" in one["SUMMARY"]} == {"2"}


def test_a_day_called_off_is_put_off_or_said_lost(site: Client, html: str) -> None:
    day = re.findall(r'value="(d\d{8})"', html)[0]
    page = called_off(site, html, day)
    told = section(page, "change")
    assert "Déplacé :" in told or "Annulé :" in told
    back = unescape(re.search(r'href="([^"]*)">Revenir au calendrier', page)[1])
    assert not section(site.get(back).content.decode(), "change")


def test_a_calendar_announced_holds_in_its_address(site: Client, html: str) -> None:
    kept = unescape(re.search(r'href="([^"]*)">Adresse à garder', html)[1])
    assert "annonce=" in kept
    again = site.get(kept).content.decode()
    rows = [site.get(address(page, "csv")).content for page in (html, again)]
    assert rows[0] == rows[1]
    cut = site.get(kept[: kept.index("annonce=") + len("annonce=") + 9])
    assert cut.status_code == 400
    assert "n’est pas complet" in cut.content.decode()


def test_nothing_ticked_is_said(site: Client, html: str) -> None:
    assert "Rien n’est coché" in called_off(site, html)


@pytest.mark.parametrize("step", ["demain", "20261207.r.s9", "20261207.r.v0-20261209", "x.r.s0"])
def test_a_cancellation_that_is_not_one_is_refused(site: Client, html: str, step: str) -> None:
    response = site.get("/acces/tournees/", ASKED | {"annule": step})
    assert response.status_code == 400
    assert 'name="arrets"' in response.content.decode()


# -- map, tables pasted, positions ----------------------------------------------------------------


def test_the_loops_are_listed_then_drawn(html: str) -> None:
    assert html.index('id="boucles-titre"') < html.index('class="tour-map"')
    drawing = html[html.index('class="tour-map"') :]
    drawing = drawing[: drawing.index("</svg>")]
    marks = re.findall(r"<strong>([A-Z]\d)</strong>", html)
    assert marks
    assert all(mark in drawing for mark in marks)
    assert 'aria-labelledby="carte-tournee-t carte-tournee-d"' in html
    assert "à vol d’oiseau" in drawing


def test_a_table_pasted_with_its_header_and_positions(site: Client) -> None:
    table = (
        "Arrêt\tLatitude\tLongitude\tPersonnes\tDurée\tHoraires\n"
        "Gare\t48.137\t-1.955\t40\t30 min\tmardi 21h-1h\n"
        "Parking\t48.14\t-1.96\t15\t30 min\tmardi 22h-1h"
    )
    asked = ASKED | {
        "arrets": table, "horaires": "mardi 21h-1h", "depot": "48.138, -1.95", "rythme":
        "toutes les semaines",
    }  # fmt: skip
    response = site.get("/acces/tournees/", asked)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Mardi 8 décembre 2026" in page
    assert "21\u202fh" in page
    assert re.search(r'<td class="num">40</td>', page)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"arrets": "Gare ; -1.955, 48.137 ; 1 h"}, "latitude puis la longitude"),
        ({"arrets": "A ; Bédée ; 1 h ; une fois ; lundi ; 12 rue X"}, "en trop"),
        ({"arrets": "x" * 7000}, "7000 signes"),
        ({"fermes": "Noël"}, "Jours sans tournée"),
        ({"routes": "/etc/passwd"}, "inconnu"),
        ({"pause": "long"}, "Pause de « long » minutes"),
        ({"installation": "500"}, "de 0 à 120 minutes d’installation"),
        ({"depot": "10.5, 20.5"}, "loin de toute commune"),
    ],
)
def test_what_is_typed_is_never_lost(site: Client, changed: dict[str, str], told: str) -> None:
    asked = ASKED | changed
    response = site.get("/acces/tournees/", asked)
    page = unescape(response.content.decode())
    assert response.status_code == 400
    assert told in page
    assert asked["arrets"].split("\n")[-1] in page
    assert site.get("/acces/tournees/feuille/", asked).status_code == 400
    assert site.get("/acces/tournees/tournee.ics", asked).status_code == 400
