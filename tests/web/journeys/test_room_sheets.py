"""Sheets of places written on phones without a network, on a day of collection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from portrea.web.journeys.models import SheetReceived
from portrea.web.journeys.room_sheets import sheet_form
from portrea.web.offer.models import Proposal
from portrea.web.surveys.models import Day
from portrea.web.surveys.services.intake import digest_of

if TYPE_CHECKING:
    from django.test import Client

ONE = UUID("4b3f0a52-8c2e-4f1c-9f0b-2d3e4f5a6b7c")
SHEET = {
    "name": "Maison de quartier", "kind": "ASSO", "address": "2 rue du Four", "postcode": "35380",
    "commune": "35211", "blocks": "aide formation", "cost": "Gratuit", "access_modes": "choix_0",
    "description": "On s’assoit à côté.", "text": "lundi 9h-12h", "by_appointment": "oui",
    "phone": "02 99 00 00 00", "emails": "", "websites": "",
}  # fmt: skip


@pytest.fixture
def day(site: Client) -> Day:
    """A day of collection in an EPCI of the demo."""
    return Day.objects.create(title="Journée", level="epci", code="243500618")


def send(site: Client, day: Day, **changed: str) -> dict[str, Any]:
    item = {"uuid": str(ONE), "kind": "fiche", "version": "1", "answers": SHEET | changed}
    answer = site.post(
        f"/collecte/{day.key}/envoi/", {"answers": [item]}, content_type="application/json"
    )
    assert answer.status_code == 200
    (told,) = answer.json()["received"]
    return dict(told)


def test_a_day_asks_the_short_sheet_in_its_communes(site: Client, day: Day) -> None:
    asked = site.get(f"/collecte/{day.key}/formulaires.json").json()["forms"]
    (sheet,) = (one for one in asked if one["kind"] == "fiche")
    assert sheet["to"] == day.key
    names = [item["name"] for item in sheet["form"]["items"]]
    assert names == list(SHEET)
    communes = {one["name"] for one in sheet["form"]["lists"]["commune"]}
    assert "35211" in communes
    assert "35238" not in communes


def test_a_sheet_sent_again_waits_once_for_the_referent(site: Client, day: Day) -> None:
    first, again = send(site, day), send(site, day)
    assert (first["taken"], again["taken"]) == ("new", "known")
    assert first["digest"] == again["digest"] == digest_of(SHEET)
    (proposal,) = Proposal.objects.all()
    assert (proposal.title, proposal.code, proposal.state) == (
        "Maison de quartier", "35211", "waiting",
    )  # fmt: skip
    assert proposal.content["phone"] == "+33299000000"
    assert {value["block"] for path, value in proposal.content.items() if "services." in path} == {
        "aide", "formation",
    }  # fmt: skip


def test_what_differs_under_the_same_number_waits_beside(site: Client, day: Day) -> None:
    send(site, day)
    assert send(site, day, phone="02 99 11 11 11")["taken"] == "clash"
    assert Proposal.objects.count() == SheetReceived.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": ""}, "Nom du lieu"),
        ({"commune": "35238"}, "Ville ou village"),
        ({"phone": "douze"}, "Téléphone"),
        ({"blocks": "ailleurs"}, "Ce que l’on y trouve"),
    ],
)
def test_what_cannot_be_read_stays_on_the_phone_with_its_reason(
    site: Client, day: Day, change: dict[str, str], why: str
) -> None:
    told = send(site, day, **change)
    assert told["taken"] == "refused"
    assert why in told["why"]
    assert not Proposal.objects.exists()


def test_every_choice_has_a_name_that_phones_may_send() -> None:
    form = sheet_form((("35211", "Paimpont"),))
    for listed in form.lists.values():
        names = [choice.name for choice in listed]
        assert len(set(names)) == len(names)
        assert not any(" " in name for name in names)
