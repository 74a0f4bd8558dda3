"""Places to data·inclusion and back; version 0 read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from offer.exchange.strategies import CITIES, TODAY, complete
from portrea.offer.content import from_dict
from portrea.offer.exchange.context import Context, LeftOut
from portrea.offer.exchange.data_inclusion import to_data_inclusion
from portrea.offer.exchange.data_inclusion_reading import of_former_sheets, of_sheets
from portrea.offer.record import Block
from portrea.vocab.standards import data_inclusion as di
from portrea.vocab.standards import mednum

RAW = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/offer/exchange/data_inclusion.yaml").read_text("utf-8")
)
CONTEXT = Context(today=TODAY, cities=CITIES)


@pytest.mark.parametrize("case", RAW["cases"], ids=[c["name"] for c in RAW["cases"]])
def test_case(case):
    told = {k: v for k, v in {**RAW["base"], **case["change"]}.items() if v is not None}
    found = to_data_inclusion(from_dict(told), CONTEXT)
    if "left" in case:
        assert isinstance(found, LeftOut)
        assert found.field == case["left"]
        return
    structure, services = found
    assert {name: structure.get(name) for name in case["structure"]} == case["structure"]
    assert len(services) == len(case["services"])
    for service, expected in zip(services, case["services"], strict=True):
        assert {name: service.get(name) for name in expected} == expected


def test_every_value_of_the_correspondences_exists_on_both_sides():
    for pair, table in di.facts()["from_mednum"].items():
        ours, theirs = pair.split(".")
        assert set(table) <= set(mednum.fields()[ours].values), pair
        assert {v for targets in table.values() for v in targets} <= set(di.vocabulary(theirs))
    assert set(di.networks().values()) <= set(di.vocabulary("reseaux_porteurs"))
    assert set(di.networks()) <= set(mednum.typologies())
    for (field, _), (target, value) in di.former_values().items():
        assert mednum.value_of(target, value) == value, field


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=complete)
def test_what_is_written_comes_back_the_same(place):
    structure, services = to_data_inclusion(place, CONTEXT)
    back = next(of_sheets([structure], services, producer="portrea"))
    assert to_data_inclusion(back, CONTEXT) == (structure, services)
    assert [(s.key, s.block) for s in back.services] == [(s.key, s.block) for s in place.services]


def test_a_sheet_of_others_is_understood_by_its_values():
    structure = {
        "source": "dora",
        "id": "dora--1",
        "nom": "Relais",
        "date_maj": "2026-02-01",
        "reseaux_porteurs": ["france-service", "mjc"],
    }
    service = {
        "source": "dora",
        "id": "dora--9",
        "structure_id": "dora--1",
        "nom": "Ateliers numériques",
        "description": "Apprendre en groupe.",
        "date_maj": "2026-03-01",
        "type": "atelier",
        "thematiques": ["numerique--maitriser-les-fondamentaux-du-numerique"],
        "frais": "gratuit",
        "publics": ["seniors"],
        "modes_mobilisation": ["telephoner", "envoyer-un-courriel"],
        "contact_nom_prenom": "Camille Martin",
    }
    place = next(of_sheets([structure], [service]))
    told = place.services[0]
    assert (place.id, place.programmes, place.kind) == ("dora--1", ("France Services",), "MJC")
    assert (told.block, told.key, told.name) == (Block.FORMATION, "9", "Ateliers numériques")
    assert told.offers == ("Maîtrise des outils numériques du quotidien",)
    assert told.support_modes == ("Dans un atelier collectif",)
    assert set(told.access_modes) == {"Téléphoner", "Contacter par mail"}
    assert (told.cost, told.publics) == (("Gratuit",), ("Seniors",))
    assert told.confirmed == date(2026, 3, 1)
    assert "Camille" not in repr(place)


def test_version_0_is_read():
    structure = {
        "id": "abc",
        "source": "hub",
        "nom": "Espace",
        "typologie": "EPN",
        "labels_nationaux": ["aidants-connect", "ordi-3", "aptic"],
        "presentation_resume": "Court.",
        "presentation_detail": "Long.",
        "horaires_ouverture": "Mo 09:00-12:00",
        "date_maj": "2023-05-01",
    }
    service = {
        "id": "s1",
        "structure_id": "abc",
        "nom": "Aide",
        "thematiques": ["numerique--accompagner-les-demarches-de-sante"],
        "types": ["accompagnement"],
        "frais": ["adhesion"],
        "profils": ["seniors-65", "surdite", "etudiants"],
        "modes_orientation_beneficiaire": ["telephoner"],
        "prise_rdv": "https://rdv.exemple.fr/",
        "contact_nom_prenom": "Camille Martin",
    }
    place = next(of_former_sheets([structure], [service]))
    told = place.services[0]
    assert (place.id, place.kind, place.hours) == ("hub--abc", "EPN", "Mo 09:00-12:00")
    assert (place.programmes, place.trainings) == (("Aidants Connect",), ("ORDI 3.0",))
    assert (place.detail, place.appointment_url) == ("Court.\n\nLong.", "https://rdv.exemple.fr/")
    assert (told.block, told.offers) == (Block.AIDE, ("Aide aux démarches administratives",))
    assert (told.cost, told.access_modes) == (("Payant",), ("Téléphoner",))
    assert (told.publics, told.special_care) == (("Seniors", "Étudiants"), ("Surdité",))
    assert "Camille" not in repr(place)
