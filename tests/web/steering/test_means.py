"""Means of actions: described by hand or imported, added up, beside the people helped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from portrea.base.errors import DataError
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.steering.means import selectors
from portrea.web.steering.models import FundedAction, MeansLine
from portrea.web.steering.services import means as services
from portrea.web.territories.selectors import territory_find
from web.accounts.conftest import connected, person
from web.steering.activity_case import EPCI, a_year_and_a_half

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db
HOME = f"/pilotage/moyens/{EPCI.replace(':', '/')}/"
LINE = {"nature": "salaires", "year": "2025", "amount": "18 000,50", "life": "", "funder": "EPCI"}
HEADER = "Action;Type;Année;Nature;Montant;Durée;Financeur\n"


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel("2026-11-23 12:00", tick=False):
        yield


@pytest.fixture
def referent(site: Client, connected: Callable[..., Any]) -> Client:
    connected(f"referent {EPCI}")
    return site


def plain(page: Any) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def described(**told: Any) -> FundedAction:
    card = {"title": "Bus des droits", "kind": "bus", "counted": "territoire"} | told
    return services.action_describe(actor=SYSTEM, territory=EPCI, told=card)


def test_from_nothing_to_a_cost_by_person(referent: Client) -> None:
    a_year_and_a_half()
    assert "Aucun moyen n’est décrit pour 2026" in plain(referent.get(HOME))
    card = {"title": "Bus des droits", "kind": "bus", "counted": "territoire", "series": ""}
    made = referent.post(f"{HOME}action/", card)
    action = FundedAction.objects.get()
    there = f"{HOME}action/{action.pk}/"
    assert made["Location"] == there
    assert referent.post(there, LINE)["Location"] == there
    bought = {"nature": "investissement", "year": "2024", "amount": "48000", "life": "8"}
    referent.post(there, bought)
    said = plain(referent.get(HOME, {"annee": "2025"}))
    assert "24 001 €" in said or "24 000 €" in said
    assert "environ 705" in said
    assert "34 € (entre" in said
    assert "Ne comprend pas : fonctionnement et heures de bénévolat" in said
    assert "amortissement linéaire" in said
    assert JournalEntry.objects.filter(act="means.edit").count() == 3


def test_a_cost_is_not_told_on_few_people(referent: Client) -> None:
    action = described()
    services.line_add(actor=SYSTEM, action=action, told=LINE | {"amount": "900"})
    said = plain(referent.get(HOME, {"annee": "2025"}))
    assert "trop peu pour le dire" in said


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"amount": "douze"}, "plus grand que zéro"),
        ({"amount": "0"}, "plus grand que zéro"),
        ({"nature": "investissement"}, "sur combien d’années"),
        ({"nature": "investissement", "life": "99"}, "30 ans au plus"),
        ({"year": "1850"}, "2000"),
        ({"funder": "mot de passe : Azerty123!"}, "mot de passe"),
    ],
)
def test_a_wrong_line_is_said_and_loses_nothing(
    referent: Client, told: dict[str, str], fault: str
) -> None:
    action = described()
    page = referent.post(f"{HOME}action/{action.pk}/", LINE | told)
    assert page.status_code == 400
    assert fault in plain(page)
    assert not MeansLine.objects.exists()


def test_lines_and_actions_are_removed(referent: Client) -> None:
    action = described()
    line = services.line_add(actor=SYSTEM, action=action, told=LINE | {"amount": "18000.50"})
    there = f"{HOME}action/{action.pk}/"
    referent.post(f"{there}lignes/{line.pk}/retirer/")
    assert not MeansLine.objects.exists()
    assert "déjà retirée" in plain(referent.post(f"{there}lignes/{line.pk}/retirer/", follow=True))
    card = {"title": "Bus", "kind": "bus", "counted": "rien", "series": ""}
    referent.post(f"{there}changer/", card)
    action.refresh_from_db()
    assert action.title == "Bus"
    referent.post(f"{there}retirer/")
    assert not FundedAction.objects.exists()
    assert referent.get(there).status_code == 404


def test_two_actions_of_one_name_are_refused(referent: Client) -> None:
    described()
    with pytest.raises(DataError, match="déjà ce nom"):
        described()
    with pytest.raises(DataError, match="série"):
        described(title="Ateliers", counted="serie", series="")
    card = {"title": "Bus des droits", "kind": "bus", "counted": "rien", "series": ""}
    assert "déjà ce nom" in plain(referent.post(f"{HOME}action/", card))


def sent(referent: Client, text: str, name: str = "moyens.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode(), "text/csv")
    return referent.post(f"{HOME}importer/", {"file": file}, follow=True)


def test_a_table_is_imported_once(referent: Client) -> None:
    rows = (
        HEADER + "Bus;bus;2025;Fonctionnement;12 500,50;;EPCI\nBus;bus;2024;investissement;800;4;\n"
    )
    assert "2 lignes ajoutées" in plain(sent(referent, rows))
    assert "0 ligne" in plain(sent(referent, rows))
    assert MeansLine.objects.count() == 2
    assert FundedAction.objects.get().lines.get(nature="fonctionnement").amount == 12500.50


def test_a_wrong_table_says_every_line_and_adds_nothing(referent: Client) -> None:
    rows = HEADER + "Bus;bus;2025;etp;0,5;;\nBus;fusée;25;primes;x;;\n"
    page = sent(referent, rows)
    assert page.status_code == 400
    for words in ("ligne 3", "« fusée »", "« 25 »", "« primes »", "« x »"):
        assert words in plain(page)
    assert "Il manque la colonne" in plain(sent(referent, "Action;Type\nBus;bus\n"))
    assert sent(referent, "\x00\x01", "moyens.xlsx").status_code == 400
    assert not FundedAction.objects.exists()


def test_the_model_is_read_back(referent: Client) -> None:
    model = referent.get(f"{HOME}modele.csv").content.decode("utf-8-sig")
    assert "3 lignes ajoutées" in plain(sent(referent, model))


def test_who_reads_and_who_writes(site: Client, connected: Callable[..., Any]) -> None:
    connected(f"elu {EPCI}")
    assert site.get(HOME).status_code == 200
    assert site.get(f"{HOME}action/").status_code == 403
    connected("technicien epci:243500550")
    assert site.get(HOME).status_code == 403
    connected(f"technicien {EPCI}")
    assert site.get(f"{HOME}importer/").status_code == 200


def test_sections_for_a_document(site: Client) -> None:
    assert selectors.sections(territory_find(EPCI), 2025) == ()
    services.line_add(actor=SYSTEM, action=described(), told=LINE | {"amount": "18000.50"})
    (section,) = selectors.sections(territory_find(EPCI), 2025)
    assert section.id == "moyens"
    assert "18 0" in section.lead.text.replace("\u202f", " ")
