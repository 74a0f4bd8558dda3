"""The slip: what it says of each kind of place, how it leaves, what it refuses, what it hides."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from django.utils import timezone

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.journeys.slip_sheet import PAPERS
from portrea.web.offer.models import Alias, Place
from portrea.web.offer.services import place_close, place_hide
from web.offer.census import applied, record
from web.test_pages import Outline

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 24, 13, 30, tzinfo=UTC)  # a Thursday, 14:30 in Paris, the eve of Christmas
ASKED = "commune=35133&besoin=aide&demarche=retraite&vu=oui"
FORTNIGHT = {"kind": "permanence", "hours": "We 09:00-12:00", "every_weeks": 2,
             "first": "2026-12-16", "hours_confirmed": True}  # fmt: skip


def service(block: str = "aide", **fields: Any) -> dict[str, Any]:
    return {"block": block, "key": block, **fields}


@pytest.fixture
def slips(site: Client, monkeypatch: pytest.MonkeyPatch, settings: SettingsWrapper) -> Client:
    """Places of Montfort-sur-Meu, seen on the eve of Christmas."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.PORTREA_URL = "https://aide.exemple.fr"
    town = {"commune": "35188", "city": "Montfort-sur-Meu", "postcode": "35160"}
    here = {"longitude": -1.955, "latitude": 48.137}
    applied(
        record("1", name="France services <Montfort>", updated="2026-11-02", **town, **here,
               phone="+33299090017;+33299090018", address="1 rue de la Saulnerie",
               hours="Mo-Fr 09:00-12:00,14:00-17:00; PH off", services=[service()]),
        record("2", name="Permanence", updated="2026-11-02", **town, **here,
               services=[service(presences=[FORTNIGHT])]),
        record("3", name="Rien de su", commune="35188", city=None, services=[service("formation")]),
        record("4", name="Café", **town, services=[service()]),
    )  # fmt: skip
    return site


def key(name: str) -> str:
    return Place.objects.get(name=name).pk


def get(client: Client, name: str, query: str = ASKED, end: str = "") -> HttpResponse:
    return client.get(f"/orientation/fiche/{key(name)}/{end}?{query}")


def text(answer: HttpResponse) -> str:
    """Return the words of the sheet and of what follows."""
    whole = answer.content.decode().split("<main", 1)[1].split("</main>")[0]
    bare = re.sub(r"<svg.*?</svg>", "", whole, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", bare)).split())


# -- the page --------------------------------------------------------------------------------------


def test_everything_needed_is_told(slips: Client) -> None:
    answer = get(slips, "France services <Montfort>")
    assert answer.status_code == 200
    said = text(answer)
    for part in (
        "France services <Montfort>", "1 rue de la Saulnerie, 35160 Montfort-sur-Meu",
        "02 99 09 00 17", "02 99 09 00 18", "jeudi 24 décembre, de 14", "aujourd’hui",
        "lundi 28 décembre, de 9", "Du lundi au vendredi", "Votre relevé de carrière",
        "Liste générale, à vérifier par téléphone", "3960", "À environ", "en voiture",
        "Imprimé le 24 décembre 2026", "fiche de novembre 2026",
    ):  # fmt: skip
        assert part in said, part
    assert "vendredi 25 décembre" not in said  # a holiday, and the place says it is closed then
    assert "jeudi 24 décembre, de 9" not in said  # over at half past two
    page = answer.content.decode()
    assert 'href="tel:+33299090017"' in page or 'href="tel:0299090017"' in page
    assert "<Montfort>" not in page
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    outline = Outline(page)
    assert outline.headings.count(1) == 1
    steps = zip(outline.headings, outline.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps), outline.headings


def test_what_is_not_known_is_said(slips: Client) -> None:
    said = text(get(slips, "Rien de su"))
    for part in (
        "Adresse inconnue : demandez-la par téléphone", "Téléphone inconnu",
        "Horaires inconnus : téléphonez avant de venir", "Voir les autres lieux",
    ):  # fmt: skip
        assert part in said, part
    assert "Mettre dans mon agenda" not in said
    assert "Ce lieu ne dit pas proposer l’aide que vous cherchez." in said
    cafe = text(get(slips, "Café"))
    assert "35160 Montfort-sur-Meu Rue inconnue" in cafe
    assert "On ne sait pas où est ce lieu exactement." in cafe
    assert "slip__map" not in get(slips, "Rien de su").content.decode()


def test_a_place_that_does_not_answer_says_so(slips: Client) -> None:
    answer = get(slips, "Rien de su", "commune=35188&besoin=depannage&vu=oui")
    assert "Ce lieu ne dit pas proposer l’aide que vous cherchez." in text(answer)
    answer = get(slips, "France services <Montfort>", f"{ASKED}&femmes=oui")
    assert "Ce lieu ne dit pas être réservé aux femmes." in text(answer)
    assert "Ce lieu ne" not in text(get(slips, "France services <Montfort>"))


def test_without_a_situation_the_sheet_is_still_useful(slips: Client) -> None:
    said = text(get(slips, "France services <Montfort>", ""))
    assert "02 99 09 00 17" in said
    assert "en voiture" not in said


def test_the_map_draws_the_place_and_says_the_same(slips: Client) -> None:
    page = get(slips, "France services <Montfort>").content.decode()
    drawn = page.split('class="slip-map"')[1].split("</svg>")[0]
    assert "Départ" in drawn
    assert "Le lieu" in drawn
    assert " km</text>" in drawn
    assert "Montfort-sur-Meu" in drawn or "Iffendic" in drawn
    assert re.search(r"Plan : à vol d’oiseau, le lieu est à \d+\skm à l’est de Iffendic", text(get(
        slips, "France services <Montfort>")))  # fmt: skip
    assert len(drawn.encode()) < 6000
    alone = get(slips, "France services <Montfort>", "besoin=aide").content.decode()
    assert "Départ" not in alone.split('class="slip-map"')[1].split("</svg>")[0]


@pytest.mark.parametrize("paper", ["a4", "a6"])
def test_sizes_are_those_of_the_print_style(paper: str) -> None:
    style = (ROOT / "frontend/scss/_slip.scss").read_text("utf-8")
    (line,) = re.findall(rf"\$points in \((.+?)\) {{ .slip-body--{paper} ", style)
    told = [float(size) for size in re.findall(r"\d: ([\d.]+)pt", line)]
    assert told == list(PAPERS[paper].sizes)


def test_the_more_is_told_the_smaller_it_is_printed(slips: Client) -> None:
    def size(name: str, paper: str, query: str) -> int:
        page = get(slips, name, f"{query}&format={paper}").content.decode()
        return int(re.findall(r'class="narrow slip slip--(\d)', page)[0])

    for paper in PAPERS:
        little = size("Rien de su", paper, "besoin=formation")
        much = size("France services <Montfort>", paper, ASKED)
        assert little <= much
        assert little <= 2, "large letters when there is room"


# -- how it leaves ---------------------------------------------------------------------------------


def test_the_code_tells_nothing_of_the_person(slips: Client) -> None:
    query = ("lon=-2.031&lat=48.131&besoin=aide&demarche=retraite&trajet=pied&langue=arabe"
             "&fauteuil=oui&femmes=oui&domicile=oui&soir=oui&vu=oui")  # fmt: skip
    page = get(slips, "France services <Montfort>", query).content.decode()
    (address,) = re.findall(r'data-url="([^"]+)"', page)
    assert address.startswith("https://aide.exemple.fr/orientation/fiche/")
    told = html.unescape(address).partition("?")[2]
    assert told == "commune=35133&besoin=aide&demarche=retraite&trajet=pied&soir=oui&vu=oui"
    assert "Cette adresse ne s’ouvre que sur ce poste" not in page


def test_a_message_is_sent_by_the_phone_of_the_person(slips: Client) -> None:
    page = get(slips, "France services <Montfort>").content.decode()
    (shown,) = re.findall(r"data-portrea-message>(.*?)</pre>", page, re.DOTALL)
    (sms,) = re.findall(r'href="sms:\?body=([^"]+)"', page)
    assert unquote(sms) == html.unescape(shown)
    assert "Tel 02 99 09 00 17" in unquote(sms)
    (mail,) = re.findall(r'href="mailto:\?([^"]+)"', page)
    body = unquote(html.unescape(mail).partition("body=")[2])
    assert "https://aide.exemple.fr/orientation/fiche/" in body
    assert "Votre relevé de carrière" in body
    assert "\r\n" in body


def test_the_calendar_holds_what_is_open(slips: Client) -> None:
    answer = get(slips, "Permanence", end="agenda.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="fiche-lieu.ics"'
    starts = re.findall(r"^DTSTART:(\S+)", answer.content.decode(), re.MULTILINE)
    assert starts == [
        f"{day:%Y%m%d}T080000Z"  # every other Wednesday from the 16th, nine in winter
        for day in (date(2026, 12, 30), date(2027, 1, 13), date(2027, 1, 27), date(2027, 2, 10))
    ]
    holidays = get(slips, "France services <Montfort>", end="agenda.ics").content.decode()
    days = {start[:8] for start in re.findall(r"DTSTART:(\S+)", holidays)}
    assert days == {"20261224", "20261228", "20261229"}


def test_no_calendar_of_what_nobody_knows(slips: Client) -> None:
    answer = get(slips, "Café", end="agenda.ics")
    assert answer.status_code == 404
    assert "On ne connaît pas les prochaines ouvertures." in text(answer)


@pytest.mark.parametrize("paper", ["a4", "a6"])
def test_a_file_to_print_is_one_tagged_sheet(slips: Client, paper: str) -> None:
    answer = get(slips, "France services <Montfort>", f"{ASKED}&format={paper}", "fiche.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", answer.content)) == 1
    assert b"/StructTreeRoot" in answer.content
    assert len(answer.content) < 80_000


# -- bad input -------------------------------------------------------------------------------------


def test_a_former_identifier_leads_to_the_place(slips: Client) -> None:
    kept = key("Café")
    Alias.objects.create(id="ancien", place_id=kept)
    for end, more in (("", "&format=a4"), ("agenda.ics", ""), ("fiche.pdf", "&format=a4")):
        answer = slips.get(f"/orientation/fiche/ancien/{end}?{ASKED}")
        assert answer.status_code == 301
        assert answer["Location"] == f"/orientation/fiche/{kept}/{end}?{ASKED}{more}"


def test_a_place_closed_or_hidden_or_unknown_leads_to_others(slips: Client) -> None:
    place_close(actor=SYSTEM, place_id=key("Café"), on=date(2026, 11, 30))
    place_hide(actor=SYSTEM, place_id=key("Permanence"), reason="essai")
    for answer, status, reason in (
        (get(slips, "Café"), 410, "Fermé définitivement (30/11/2026)"),
        (get(slips, "Permanence"), 410, "Ce lieu a été retiré."),
        (slips.get(f"/orientation/fiche/jamais/vu/?{ASKED}"), 404, "pas dans nos listes"),
    ):
        assert answer.status_code == status
        assert reason in text(answer)
        back = f'href="/orientation/?{html.escape(ASKED)}"'
        assert back in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "commune=<script>", "format=a5", "besoin=tout", "lon=3", "demarche=' OR 1=1",
        "commune=35133&commune=35188", "lon=999&lat=48", "commune=%00", "fauteuil=%F0%9F%92%A9",
    ],
)  # fmt: skip
def test_a_hostile_query_is_refused_in_french(slips: Client, query: str) -> None:
    answer = get(slips, "Café", query)
    assert answer.status_code in {400, 404}
    page = answer.content.decode()
    assert "<script>alert" not in page
    assert "commune=<script>" not in page
    assert re.search(r"<h1[^>]*>[^<]{5,}</h1>", page)
