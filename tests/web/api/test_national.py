"""The contract of the national map's web component, as its public code tells it (November 2026)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.api.national import slug_of, square
from portrea.web.api.national_told import CULTURE, EQUIPMENT, services
from web.offer.census import applied, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

ITEM = {"id", "region", "departement", "nom", "adresse", "isByAppointment", "isFranceServices",
        "isConum"}  # fmt: skip
"""Fields of their ``LieuListItem`` that are always there; telephone, distance, isOpen may be."""
HELP = "Aide aux démarches administratives"
ADDRESS = {"numero_voie", "repetition", "nom_voie", "commune", "code_postal", "code_insee"}
DETAIL = {
    "id", "nom", "adresse", "region", "departement", "labels", "source", "dateMiseAJour",
    "services", "typesAccompagnement", "publicsSpecifiques", "prisesEnChargeSpecifiques",
    "fraisACharge", "modalitesAcces", "mediateurs",
}  # fmt: skip
"""Fields of their ``LieuDetails`` that are not optional."""


@pytest.fixture
def ask(site: Client) -> Callable[..., Any]:
    """Ask as the component does: ``api-url`` then the path."""
    service = {"block": "aide", "key": "aide", "cost": ["Gratuit"], "publics": ["Seniors"],
               "offers": [HELP, CULTURE[0], EQUIPMENT[0]]}  # fmt: skip
    applied(
        record("1", services=[service], phone="+33299000001", longitude=-2.03, latitude=48.13,
               address="12 bis rue de Gaël", postcode="35750", updated="2026-10-01",
               programmes=["France Services"]),
        record("2", commune="35238", city="Rennes", longitude=-1.68, latitude=48.11),
        record("3"),
    )  # fmt: skip

    def get(path: str, status: int = 200) -> Any:
        answer = site.get(f"/api/cartographie{path}", headers={"Origin": "https://mairie.example"})
        assert answer.status_code == status, answer.content
        assert answer["Access-Control-Allow-Origin"] == "*"
        return answer.json() if status < 300 else answer

    return get


def test_counts_by_territory(ask: Callable[..., Any]) -> None:
    told = ask("/stats")
    assert told == {"regions": ask("/stats/regions"), "departements": ask("/stats/departements")}
    bretagne = next(one for one in told["regions"] if one["code"] == "53")
    assert (bretagne["slug"], bretagne["nombreLieux"]) == ("bretagne", 3)
    assert "35" in bretagne["departements"]
    assert set(bretagne["localisation"]) == {"latitude", "longitude"}
    assert ask("/stats/total") == {"total": 3, "totalLieux": 3}
    assert ask("/stats/regions/bretagne")["total"] == 3
    ask("/stats/regions/ailleurs", 404)


def test_pages_of_places(ask: Callable[..., Any]) -> None:
    whole = ask("/lieux?page=1&limit=24")
    assert (whole["total"], whole["totalLieux"], len(whole["lieux"])) == (3, 3, 3)
    pages = [ask(f"/lieux/departement/35?page={page}&limit=2")["lieux"] for page in (1, 2, 3)]
    assert [one["id"] for page in pages for one in page] == [one["id"] for one in whole["lieux"]]
    for one in whole["lieux"]:
        assert set(one) >= ITEM
        assert set(one["adresse"]) == ADDRESS
        assert (one["departement"], one["region"]) == ("ille-et-vilaine", "bretagne")
    first = next(one for one in whole["lieux"] if one["nom"] == "Lieu 1")
    assert first["telephone"].replace("\u00a0", " ") == "02 99 00 00 01"
    assert first["isFranceServices"]
    street = first["adresse"]
    assert (street["numero_voie"], street["repetition"], street["nom_voie"]) == (
        "12", "bis", "rue de Gaël",
    )  # fmt: skip
    assert ask("/lieux/region/bretagne?page=abc&limit=-4")["total"] == 3
    ask("/lieux/departement/999", 404)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("services=Aide aux démarches administratives,Inconnu", ["Lieu 1"]),
        ("publics_specifiquement_adresses=Seniors", ["Lieu 1"]),
        ("frais_a_charge=Gratuit&services=Inconnu", []),
        ("dispositif_programmes_nationaux=France Services", ["Lieu 1"]),
        ("territoire_type=communes&territoires=35238", ["Lieu 2"]),
        ("territoire_type=regions&territoires=53", ["Lieu 1", "Lieu 2", "Lieu 3"]),
        ("territoire_type=planetes&territoires=53", ["Lieu 1", "Lieu 2", "Lieu 3"]),
        ("inconnu=1", ["Lieu 1", "Lieu 2", "Lieu 3"]),
    ],
)
def test_filters(query: str, names: list[str], ask: Callable[..., Any]) -> None:
    found = ask(f"/lieux?{query}")["lieux"]
    assert sorted(one["nom"] for one in found) == names
    inside = ask(f"/lieux/departement/35?{query}")["lieux"]
    assert sorted(one["nom"] for one in inside) == names


def test_one_place(ask: Callable[..., Any]) -> None:
    key = next(one["id"] for one in ask("/lieux")["lieux"] if one["nom"] == "Lieu 1")
    one = ask(f"/lieux/{key}")
    assert set(one) >= DETAIL
    assert one["adresse"] == "12bis rue de Gaël, 35750 Iffendic"
    assert one["dateMiseAJour"] == "01/10/2026"
    assert one["services"] == {
        "competences": ["Aide aux démarches administratives"],
        "cultureNumerique": [CULTURE[0]],
        "materielInformatique": [EQUIPMENT[0]],
    }
    assert one["mediateurs"] == [], "nobody is named"
    missing = ask("/lieux/inconnu", 404)
    assert missing["Content-Type"] == "application/problem+json"


def test_squares_of_the_map(ask: Callable[..., Any]) -> None:
    told = ask("/lieux/chunk?latitude=48.1&longitude=-1.9")
    [only] = told
    assert (set(only), only["nom"]) == ({"id", "nom", "latitude", "longitude"}, "Lieu 2")
    ask("/lieux/chunk?latitude=abc", 400)
    # the squares of their own test (steps 0.5 there, 0.4 and 0.2 here)
    assert square(2.4456, 48.8743) == (2.4, 48.8, 2.8, 49.0)
    assert square(-0.15, -0.15) == (-0.4, -0.2, 0.0, 0.0)
    assert square(2.0, 48.2)[0] == 2.0


def test_names_helpers_sources_files(ask: Callable[..., Any], site: Client) -> None:
    [found] = ask("/lieux/search?q=rennes")
    assert set(found) == {"id", "nom", "adresse", "latitude", "longitude"}
    assert ask("/mediateurs/search?q=martin") == []
    assert ask("/sources") == {"sources": ["liste-a"]}
    for path in ("/lieux/exporter", "/bretagne/lieux/exporter",
                 "/bretagne/ille-et-vilaine/lieux/exporter"):  # fmt: skip
        moved = ask(path, 302)
        assert moved["Location"].startswith("/lieux/fichiers/mednum/?territoire=")
    ask("/ailleurs/lieux/exporter", 404)


def test_slugs_are_theirs() -> None:
    """From ``docs/codes-territoires.md`` of the cartographie: the two ways of writing « d’ »."""
    assert slug_of("Côte-d’Or", "departement") == "cote-d-or"
    assert slug_of("Val-d'Oise", "departement") == "val-d-oise"
    assert slug_of("Provence-Alpes-Côte d'Azur", "region") == "provence-alpes-cote-dazur"
    assert slug_of("Île-de-France", "region") == "ile-de-france"
    assert slug_of("Territoire de Belfort", "departement") == "territoire-de-belfort"


def test_services_shared_out_are_of_the_standard() -> None:
    assert {*CULTURE, *EQUIPMENT} <= set(services())
