"""Every route of access, asked what it cannot answer: a French page, the right status, no 500."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from django.test import Client

EPCI = "epci:243500618"
TRIAL = "/acces/et-si/?t=" + EPCI
AREAS = "/acces/epci/243500618/priorites"
ROUND = "/acces/tournees/?debut=2026-12-07&arrets="
SHEET = ROUND.replace("?", "feuille/?")
ICS = ROUND.replace("?", "tournee.ics?")
LONG = "x" * 5000
CODES = {
    "/acces/galaxie/1/": "galaxie",
    "/acces/epci/1/": "epci:1",
    "/acces/commune/99999/": "commune:99999",
    "/acces/commune/243500618/": "commune:243500618",
    "/acces/epci/243500618/priorites/x/": "introuvable",
    "/acces/galaxie/1/priorites/": "galaxie",
    "/acces/epci/1/priorites/": "epci:1",
    "/acces/epci/1/priorites.csv": "epci:1",
    "/acces/epci/%00/": "introuvable",
    "/acces/epci/..%2f..%2fetc/": "introuvable",
    "/acces/epci/243500618%0d%0aSet-Cookie:x/": "introuvable",
    f"/acces/epci/{LONG}/": "introuvable",
    "/acces/et-si/?t=galaxie:1": "galaxie",
    "/acces/et-si/?t=epci:1": "epci:1",
    "/acces/et-si/?t=:::": "introuvable",
    "/acces/et-si/?t=region:53": "plus grand",
    "/acces/et-si/?t=%00": "territoire",
    f"/acces/et-si/?t={LONG[:200]}": "introuvable",
    "/acces/essais/inconnu/": "introuvable",
    f"/acces/essais/{LONG}/": "introuvable",
    "/acces/tournees/tournee.exe?arrets=x": "introuvable",
    "/acces/comparer/?essai=t%3Depci%3A1&essai=t%3Depci%3A2": "epci:1",
    "/acces/comparer/?essai=x": "vide",
    "/espace/essais/inconnu/": "introuvable",
}
"""Address → words of its page of « not found »."""
VALUES = {
    f"{TRIAL}&besoin=voyager": "ne convient pas pour « besoin »",
    f"{TRIAL}&minutes=7": "ne convient pas pour « minutes »",
    f"{TRIAL}&minutes=%EF%BC%92%EF%BC%90": "ne convient pas pour « minutes »",
    f"{TRIAL}&trajet=fusée": "ne convient pas pour « trajet »",
    f"{TRIAL}&lieux=tout": "ne convient pas pour « lieux »",
    f"{TRIAL}&qui=zzz": "zzz",
    f"{TRIAL}&qui=%00": "mesure",
    f"{TRIAL}&ajout=2": "n’est pas un ajout",
    f"{TRIAL}&ajout=-1,commune:35211": "nombre de demi-journées",
    f"{TRIAL}&ajout=²,commune:35211": "nombre de demi-journées",
    f"{TRIAL}&ajout=1,commune:75056": "commune:75056",
    f"{TRIAL}&ajout=1,{LONG}": "n’est pas un ajout",
    f"{TRIAL}&ferme=' OR 1=1 --": "pas à portée",
    f"{TRIAL}&ferme=%00": "pas à portée",
    f"{TRIAL}&ou=commune:35211&combien=beaucoup": "nombre de demi-journées",
    TRIAL + "".join(f"&ajout=1,x{n}" for n in range(99)): "changements",
    "/acces/epci/243500618/?besoin=voyager": "ne convient pas pour « besoin »",
    "/acces/epci/243500618/?minutes=7": "ne convient pas pour « minutes »",
    "/acces/epci/243500618/?qui=zzz": "zzz",
    f"{AREAS}/?besoin=<script>": "ne convient pas pour « besoin »",
    f"{AREAS}/?ordre=hasard": "ne convient pas pour « ordre »",
    f"{AREAS}/?seuil=51": "ne convient pas pour « seuil »",
    f"{AREAS}/?trajet=fusée": "ne convient pas pour « trajet »",
    f"{AREAS}/?nombre=0": "n’est pas un nombre",
    f"{AREAS}/?nombre=²": "n’est pas un nombre",
    f"{AREAS}/?nombre={'9' * 5000}": "n’est pas un nombre",
    f"{AREAS}/?zones=galaxie": "ne convient pas pour « zones »",
    f"{AREAS}/?qui=zzz": "zzz",
    f"{AREAS}.csv?seuil=51": "ne convient pas pour « seuil »",
    f"{AREAS}.csv?qui=%00": "mesure",
    "/acces/comparer/?essai=x&essai=y&essai=z&essai=w": "3 essais au plus",
    "/acces/comparer/?essai=s:inconnu": "n’est plus enregistré",
    "/acces/comparer/?essai=s:%00": "n’est plus enregistré",
    f"/acces/comparer/?essai={quote('t=' + EPCI + '&minutes=7')}": "minutes",
    f"{ROUND}A ; Bédée ; longtemps": "longtemps",
    f"{ROUND}Xyzzyville": "placés",
    f"{ROUND}%00": "placés",
    f"{ROUND}Bédée&semaines=99": "semaines",
    f"{ROUND}Bédée&equipes=²": "équipes",
    f"{ROUND}Bédée&depot=Xyzzyville": "Xyzzyville",
    f"{ROUND}Bédée&horaires=jamais": "jamais",
    f"{ROUND.replace('2026-12-07', '9999-12-31')}Bédée": "9999",
    f"{ROUND.replace('2026-12-07', '0001-01-01')}Bédée": "0001",
    f"{ROUND.replace('2026-12-07', '2026-02-30')}Bédée": "2026-02-30",
    f"{SHEET}A ; Bédée ; longtemps": "longtemps",
    f"{SHEET}Xyzzyville": "placés",
    SHEET: "arrêt",
    f"{SHEET.replace('2026-12-07', '9999-12-31')}Bédée": "9999",
    f"{ICS}A ; Bédée ; longtemps": "longtemps",
    f"{ICS}Bédée&semaines=99": "semaines",
    ICS: "arrêt",
}
"""Address → words of its page of « badly asked »."""
ANSWERED = (
    f"/acces/?territoire={LONG}",
    "/acces/?territoire=%00%ff",
    "/acces/?territoire=<script>alert(1)</script>",
    "/acces/?territoire=;;;",
    "/acces/?territoire=region:53",
    "/acces/et-si/",
    "/acces/comparer/",
    "/acces/comparer/?essai=",
    "/acces/comparer/?essai=%20",
    "/acces/tournees/?territoire=<script>alert(1)</script>",
    "/acces/tournees/?arrets=%0a%0a",
    "/acces/methode/?x=%ff",
    "/acces/epci/243500618/?utm_source=lettre",
    f"/acces/epci/243500618/?x={LONG}",
    f"{AREAS}/?utm_source=lettre",
)
"""Odd addresses that have an answer."""


def told(content: bytes) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", content.decode())).replace("\u00a0", " ")
    return " ".join(text.replace("\u202f", " ").split())


def checked(site: Client, address: str, status: int) -> str:
    site.raise_request_exception = False
    answer = site.get(address)
    content = answer.content
    text = told(content)
    assert answer.status_code == status, f"{answer.status_code} {text[:600]}"
    assert not answer.cookies
    assert b"<script>" not in content
    assert b'<html lang="fr"' in content
    assert "Traceback" not in text
    assert len(content) < 200_000, "what was received is not written again and again"
    return text


@pytest.mark.parametrize("address", CODES, ids=lambda text: text[:60])
def test_what_does_not_exist_is_not_found(site: Client, address: str) -> None:
    assert CODES[address] in checked(site, address, 404)


@pytest.mark.parametrize("address", VALUES, ids=lambda text: text[:90])
def test_what_is_badly_asked_says_how_to_ask(site: Client, address: str) -> None:
    assert VALUES[address] in checked(site, address, 400)


@pytest.mark.parametrize("address", ANSWERED, ids=lambda text: text[:60])
def test_odd_addresses_have_a_page(site: Client, address: str) -> None:
    checked(site, address, 200)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_are_only_read(site: Client, method: str) -> None:
    for address in ("/acces/", TRIAL, "/acces/epci/243500618/", f"{AREAS}/", ROUND, SHEET):
        assert getattr(site, method)(address).status_code == 405
