"""The public pages over a small census: filters and their counts, map = list, page, figures."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portrea.web.accounts.permissions import SYSTEM
from portrea.web.offer.models import Alias, Place
from portrea.web.offer.services import place_close, place_hide
from portrea.web.offer.services.campaigns import place_confirm
from web.offer.census import applied, record

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
TOWN = {"commune": "35188", "city": "Montfort-sur-Meu"}


def service(block: str = "aide", **fields: Any) -> dict[str, Any]:
    return {"block": block, "key": block, **fields}


@pytest.fixture
def census(site: Client) -> Client:
    """Five places of Montfort-sur-Meu and one of Iffendic."""
    applied(
        record("1", name="Médiathèque Lagirafe", kind="BIB", updated=TODAY.isoformat(),
               phone="+33299090017", hours="Mo-Fr 09:00-19:00; Sa 10:00-12:00",
               longitude=-1.955, latitude=48.137, address="1 rue de la Saulnerie",
               services=[service("formation", cost=["Gratuit"], publics=["Seniors"],
                                 offers=["Utilisation sécurisée du numérique"])], **TOWN),
        record("2", name="France services", updated=TODAY.isoformat(),
               services=[service(cost=["Gratuit"], languages=["arabe"],
                                 procedures=["Dossier CAF"])], **TOWN),
        record("3", name="Bus du numérique", itinerant=["Itinérant"], updated="2019-01-01",
               services=[service(cost=["Payant"])], **TOWN),
        record("4", name="Annuaire ancien", services=[service("information")], **TOWN),
        record("5", name="Café <b>numérique</b>", updated=TODAY.isoformat(),
               services=[service()], summary="<script>alert(1)</script>", **TOWN),
        record("6", updated=TODAY.isoformat(), services=[service()]),
    )  # fmt: skip
    return site


def names(client: Client, query: str) -> list[str]:
    page = client.get(f"/lieux/?territoire=commune:35188{query}").content.decode()
    return [html.unescape(n) for n in re.findall(r'<h3><a href="/lieux/[^"]+/">(.*?)</a>', page)]


def key(name: str) -> str:
    return Place.objects.get(name=name).pk


def test_the_census_speaks_and_cards_to_confirm_come_last(census: Client) -> None:
    found = names(census, "")
    assert len(found) == 6
    assert set(found[-2:]) == {"Bus du numérique", "Annuaire ancien"}
    page = census.get("/lieux/?territoire=commune:35188").content.decode()
    assert page.count("À confirmer</span>") == 2
    assert "fiche du 01/01/2019" in page
    assert "fiche sans date" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("&q=mediatheque", {"Médiathèque Lagirafe"}),
        ("&q=MÉDIATHÈQUE+saulnerie", {"Médiathèque Lagirafe"}),
        ("&q=mediateque", {"Médiathèque Lagirafe"}),
        ("&q=lagiraffe", {"Médiathèque Lagirafe"}),
        ("&q=xyzxyz", set()),
        ("&cout=Payant", {"Bus du numérique"}),
        ("&langue=arabe", {"France services"}),
        ("&public=Seniors", {"Médiathèque Lagirafe"}),
        ("&type=BIB", {"Médiathèque Lagirafe"}),
        ("&presence=itinerant", {"Bus du numérique"}),
        ("&demarche=Dossier+CAF", {"France services"}),
        ("&fraicheur=old", {"Bus du numérique"}),
        ("&fraicheur=to_confirm", {"Annuaire ancien"}),
        ("&samedi=oui", {"Médiathèque Lagirafe"}),
        ("&soir=oui", {"Médiathèque Lagirafe"}),
        ("&situation=formation&cout=Gratuit", {"Médiathèque Lagirafe"}),
        ("&situation=formation&cout=Payant", set()),
        ("&cout=Gratuit", {"Médiathèque Lagirafe", "France services"}),
        ("&cout=inconnu", set()),
    ],
)
def test_filters(census: Client, query: str, expected: set[str]) -> None:
    assert set(names(census, query)) == expected


def test_each_count_is_what_the_filter_leaves(census: Client) -> None:
    page = html.unescape(census.get("/lieux/?territoire=commune:35188").content.decode())
    checked = 0
    for facet, options in re.findall(r'<select[^>]*name="(\w+)">(.*?)</select>', page, re.DOTALL):
        for value, count in re.findall(r'value="([^"]+)"[^>]*>[^<]*\((\d+)\)', options):
            answer = census.get("/lieux/", {"territoire": "commune:35188", facet: value})
            assert f"<h2>{count} lieu" in answer.content.decode(), (facet, value)
            checked += 1
    assert checked >= 8


def test_the_map_holds_the_same_places_as_the_list(census: Client) -> None:
    for query in ("", "&cout=Gratuit", "&q=mediateque", "&fraicheur=old"):
        told = census.get(f"/lieux/carte.json?territoire=commune:35188{query}").json()
        assert told["total"] == len(names(census, query))
        assert sum(cell[2] for cell in told["cells"]) == told["placed"] <= told["total"]
    assert census.get("/lieux/carte.json?cadre=1,2,3").status_code == 400
    assert census.get("/lieux/carte.json?cadre=5,2,3,4").status_code == 400


def test_closed_is_said_and_hidden_is_gone(census: Client) -> None:
    place_close(actor=SYSTEM, place_id=key("France services"), on=date(2026, 1, 31))
    place_hide(actor=SYSTEM, place_id=key("Annuaire ancien"), reason="essai")
    assert names(census, "")[-1] == "France services"
    page = census.get("/lieux/?territoire=commune:35188").content.decode()
    assert "Fermé définitivement (31/01/2026)" in page
    assert "Annuaire ancien" not in page
    gone = census.get(f"/lieux/{key('Annuaire ancien')}/")
    assert gone.status_code == 410
    assert "Annuaire ancien" not in gone.content.decode()
    assert 'href="/lieux/"' in gone.content.decode()
    assert census.get(f"/lieux/{key('Annuaire ancien')}/contact.vcf").status_code == 404
    page = census.get(f"/lieux/{key('France services')}/").content.decode()
    assert "Fermé définitivement" in page
    assert "Trouver un autre lieu tout près" in page
    assert 'href="tel:' not in page


def test_page_of_a_place(census: Client) -> None:
    page = census.get(f"/lieux/{key('Médiathèque Lagirafe')}/").content.decode()
    assert page.index('href="tel:+33299090017"') < page.index("<dl")
    assert "geo:48.13700,-1.95500" in page
    assert "D’où viennent ces informations" in page
    assert "liste-a" in page
    assert "Quoi apporter" in page
    told = json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])
    assert told["name"] == "Médiathèque Lagirafe"
    assert [(one["dayOfWeek"], one["opens"], one["closes"]) for one in
            told["openingHoursSpecification"]] == [
        (["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"], "09:00", "19:00"),
        (["Saturday"], "10:00", "12:00"),
    ]  # fmt: skip
    assert (
        "numéro d’allocataire" in census.get(f"/lieux/{key('France services')}/").content.decode()
    )


def detail(client: Client, name: str) -> str:
    return html.unescape(client.get(f"/lieux/{key(name)}/").content.decode())


def test_page_of_a_place_with_everything(site: Client) -> None:
    """Fortnight, closure, holidays, appointment, languages, Acceslibre, capacity, procedures."""
    monday = TODAY - timedelta(days=TODAY.weekday())
    closure = {
        "start": (TODAY + timedelta(days=40)).isoformat(),
        "end": (TODAY + timedelta(days=50)).isoformat(),
        "reason": "travaux",
    }
    address = "https://acceslibre.beta.gouv.fr/app/35-montfort/a/bibliotheque/erp/lagirafe/"
    applied(
        record("1", name="Tout dit", updated=TODAY.isoformat(), hours="We 14:00-16:00; PH off",
               accessibility_url=address, appointment_url="https://rdv.example.org/montfort",
               closures=[closure], longitude=-1.955, latitude=48.137,
               services=[service("formation", languages=["anglais", "breton"], cost=["Gratuit"],
                                 procedures=["Dossier CAF"], capacity={"persons_week": 20},
                                 helpers=[{"role": "médiateur numérique", "count": 1}],
                                 presences=[{"kind": "permanence", "hours": "Mo 09:00-12:00",
                                             "every_weeks": 2, "by_appointment": True,
                                             "first": (monday + timedelta(7)).isoformat()}])],
               **TOWN),
    )  # fmt: skip
    page = " ".join(detail(site, "Tout dit").split())
    for words in (
        "Prochaine ouverture : ", "(travaux)", f'href="{address}"', "anglais, breton",
        "20 personnes par semaine", "1 médiateur numérique", "Une semaine sur deux",
        "Sur rendez-vous", "Prendre rendez-vous en ligne", "Fermé les jours fériés",
        "openstreetmap.org/?mlat=48.13700&mlon=-1.95500", "Fiche complète à",
        "Signaler une erreur", f"/signaler/{key('Tout dit')}/#id_phone",
    ):  # fmt: skip
        assert words in page, words
    assert "mardi" not in page.split("Quand</dt>")[1].split("</dd>")[0], "closed days are not told"
    told = json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])
    assert told["specialOpeningHoursSpecification"][0]["validFrom"] == closure["start"]
    assert told["isAccessibleForFree"] is True


def test_closed_for_a_while(site: Client) -> None:
    away = {"start": TODAY.isoformat(), "end": (TODAY + timedelta(days=3)).isoformat()}
    applied(record("1", name="En congés", hours="24/7", closures=[away], **TOWN))
    page = detail(site, "En congés")
    assert "Fermé jusqu’au" in page
    assert "Prochaine ouverture : " in page
    assert names(site, "") == ["En congés"]
    assert names(site, "&maintenant=oui") == []


def test_who_confirmed_and_when(site: Client) -> None:
    applied(record("1", name="Daté", updated="2024-03-05", services=[service()], **TOWN))
    page = detail(site, "Daté")
    assert "Mise à jour le 5 mars 2024, d’après « liste-a »" in page
    assert "À confirmer</span>" in page
    place_confirm(actor=SYSTEM, place_id=key("Daté"))
    page = detail(site, "Daté")
    assert re.search(r"Confirmée le .+ par un acteur du territoire", page)
    assert "À confirmer</span>" not in page
    assert "À confirmer</span>" not in site.get("/lieux/?territoire=35188").content.decode()


@pytest.mark.parametrize(
    "trap",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "https://caf.fr@evil.example",
     "https://evil.example/\u202egpj", "//evil.example", "https://"],
)  # fmt: skip
def test_traps_in_addresses_are_no_links(site: Client, trap: str) -> None:
    applied(record("1", name="Piège", websites=[trap], emails=["a@b.fr?bcc=c@d.fr"],
                   accessibility_url=trap, appointment_url=trap, **TOWN))  # fmt: skip
    address = f"/lieux/{key('Piège')}/"
    page = html.unescape(site.get(address).content.decode())
    for link in re.findall(r'href="([^"]*)"', page):
        assert not link.startswith(("javascript", "JaVa", "data:", "//")), link
        assert "evil" not in link
        assert "bcc" not in link
    card = site.get(f"{address}contact.vcf").content.decode()
    assert "evil" not in card
    assert "bcc" not in card


def test_html_in_a_field_stays_text(census: Client) -> None:
    page = census.get(f"/lieux/{key('Café <b>numérique</b>')}/").content.decode()
    assert "<b>numérique" not in page
    assert "<script>alert" not in page
    assert "<b>numérique" not in census.get("/lieux/?territoire=commune:35188").content.decode()


def test_former_identifiers_lead_to_the_place(census: Client) -> None:
    kept = key("France services")
    Alias.objects.create(id="ancien", place_id=kept)
    answer = census.get("/lieux/ancien/")
    assert (answer.status_code, answer["Location"]) == (301, f"/lieux/{kept}/")


def test_vcard(census: Client) -> None:
    answer = census.get(f"/lieux/{key('Médiathèque Lagirafe')}/contact.vcf")
    lines = answer.content.decode().split("\r\n")
    assert answer["Content-Type"].startswith("text/vcard")
    assert {"BEGIN:VCARD", "FN:Médiathèque Lagirafe", "TEL;VALUE=uri:tel:+33299090017"} <= {*lines}


def test_heat_table_counts_open_hours(census: Client) -> None:
    page = census.get("/lieux/horaires/?territoire=commune:35188").content.decode()
    rows = re.findall(r'<th scope="row">(\w+)</th>(.*?)</tr>', page)
    told = {day: [int(n) for n in re.findall(r">(\d+)</td>", cells)] for day, cells in rows}
    assert told["Lundi"] == [1] * 10  # 9 h to 19 h
    assert told["Samedi"] == [0, 1, 1] + [0] * 7
    assert told["Dimanche"] == [0] * 10
    assert "pour 1 lieu sur 5" in page
    words = html.unescape(page)
    assert "1, le lundi de 9 h à 19 h." in words
    assert "Après 18 h : 1 au plus." in words
    assert "Aucun lieu ouvert : dimanche." in words
    assert page.count('<th scope="col">') == 1 + 10
    nowhere = census.get("/lieux/horaires/?territoire=commune:35133").content.decode()
    assert "le tableau serait vide" in html.unescape(nowhere)
    assert "<table" not in nowhere


def test_statistics_say_what_is_not_told(census: Client) -> None:
    answer = census.get("/lieux/statistiques.csv?territoire=commune:35188")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    told = {(row["tableau"], row["ligne"]): int(row["lieux"]) for row in rows}
    assert told["Coût", "Gratuit"] == 2
    assert told["Coût", "Payant"] == 1
    assert told["Coût", "Non renseigné"] == 2
    assert told["Aller vers : formes de présence", "Itinérant (bus, tournée)"] == 1
    assert told["Fraîcheur des fiches", "À confirmer"] == 1
    assert told["Ce qui manque aux fiches", "Téléphone"] == 4
    assert told["D’où viennent les fiches", "liste-a"] == 5
    assert told["Par type de lieu : Bibliothèque, médiathèque", "Gratuit"] == 1
    assert {(row["territoire"], row["date"]) for row in rows} == {
        ("commune de Montfort-sur-Meu (35)", timezone.localdate().isoformat())
    }
    page = census.get("/lieux/statistiques/?territoire=commune:35188").content.decode()
    assert "manque=telephone" in page
    assert len(names(census, "&manque=telephone")) == 5  # with Iffendic, around


def test_a_list_value_is_no_formula(site: Client) -> None:
    applied(record("1", services=[service(languages=["=1+1"])], updated=TODAY.isoformat()))
    text = site.get("/lieux/statistiques.csv?territoire=commune:35133").content.decode()
    assert "'=1+1" in text
    assert ",=1+1" not in text


def test_a_change_is_seen_at_once(census: Client) -> None:
    assert len(names(census, "&langue=breton")) == 0
    applied(record("7", services=[service(languages=["breton"])], **TOWN), source="autre")
    assert names(census, "&langue=breton") == ["Lieu 7"]


def keys_of(page: str) -> list[str]:
    return re.findall(r'<h3><a href="/lieux/([^"]+)/">', page)


def following(page: str) -> str:
    return html.unescape(re.search(r'href="(/lieux/\?[^"]+apres=[^"]+)"', page)[1])


def test_a_page_follows_even_when_places_come_and_go(site: Client) -> None:
    """A place added before, the last place shown hidden: nothing is repeated nor jumped over."""
    city = {"commune": "35188", "city": "Montfort-sur-Meu", "updated": TODAY.isoformat()}
    applied(*(record(f"{n:02d}", name=f"Lieu {n:02d}", **city) for n in range(40)))
    first = site.get("/lieux/?territoire=epci:243500550").content.decode()
    assert "Lieux 1 à 15 sur 40" in first
    applied(record("a", name="Avant tous", **city), source="autre")
    second = site.get(following(first)).content.decode()
    assert not {*keys_of(first)} & {*keys_of(second)}
    assert "Lieu 15" in second
    assert "Lieux 17 à 31 sur 41" in second
    place_hide(actor=SYSTEM, place_id=keys_of(second)[-1], reason="essai")
    third = site.get(following(second)).content.decode()
    assert not {*keys_of(second)} & {*keys_of(third)}
    assert len(keys_of(third)) == 10
    assert "Lieu 39" in third


def test_a_shared_address_says_the_same_and_comes_back(census: Client) -> None:
    address = "/lieux/?territoire=commune:35188&cout=Gratuit&q=numerique"
    page = census.get(address).content.decode()
    assert 'value="numerique"' in page
    assert re.search(r'<option value="Gratuit" selected>', page)
    assert "apres=" not in address
    assert census.get(address).content == page.encode()
    assert census.get("/lieux/?territoire=commune:35188&apres=999:nulle-part").status_code == 200


def test_nothing_found_says_what_to_do(census: Client) -> None:
    answer = census.get("/lieux/?territoire=commune:35188&cout=Payant&langue=arabe&samedi=oui")
    page = html.unescape(answer.content.decode())
    assert "<title>Aucun lieu trouvé" in page
    assert "<h2>Aucun lieu connu</h2>" in page
    assert "Élargir la recherche" not in page  # one choice less finds nothing either
    assert "Demander par téléphone" in page
    answer = census.get("/lieux/?territoire=commune:35188&cout=Payant&langue=arabe")
    page = html.unescape(answer.content.decode())
    wider = dict(re.findall(r'href="(/lieux/\?[^"]+)"><b>(Sans demander[^<]+)</b>', page))
    assert sorted(wider.values()) == ["Sans demander « Payant »", "Sans demander « arabe »"]
    for address in wider:
        assert "<h2>1 lieu connu</h2>" in census.get(address).content.decode()


def test_further_is_proposed_when_nothing_is_near(census: Client) -> None:
    page = census.get("/lieux/?territoire=epci:243500618&langue=arabe").content.decode()
    further = re.findall(r"<b>Plus loin : ([^<]+)</b> <small>(\d+) lieu", html.unescape(page))
    assert further
    assert {count for _place, count in further} == {"1"}


def test_a_service_that_changes_every_month_is_to_confirm_sooner(census: Client) -> None:
    told = (TODAY - timedelta(days=75)).isoformat()
    applied(
        record("7", name="Permanence mensuelle", updated=told,
               services=[service(update_months=1)], **TOWN),
        record("8", name="Permanence ordinaire", updated=told, services=[service()], **TOWN),
        source="liste mensuelle",
    )  # fmt: skip
    late = names(census, "&fraicheur=to_confirm")
    assert "Permanence mensuelle" in late
    assert "Permanence ordinaire" not in late
    assert "Permanence ordinaire" in names(census, "&fraicheur=fresh")
