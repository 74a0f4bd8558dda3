"""Two people on one sheet: the second one sees what the first wrote, and nobody loses a word."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.offer.models import Place
from web.offer.census import applied, only_place, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db
CAPACITY = {"hours_week": 10.0, "share_procedures": 0.5}


@pytest.fixture
def place() -> Place:
    applied(record("1", name="CCAS", phone="+33299000000", address="1 rue du Four",
                   hours="Mo 09:00-12:00", siret="13002526500013",
                   services=[{"block": "aide", "key": "aide", "cost": ["Gratuit"],
                              "capacity": CAPACITY}]))  # fmt: skip
    return only_place()


def opened(client: Client, place: Place) -> dict[str, Any]:
    """What the browser holds once the page is open: every field as shown."""
    answer = client.get(f"/espace/lieux/{place.pk}/")
    page, form = answer.content.decode(), answer.context["form"]
    held = {name: form[name].value() for name in form.fields}
    held = {name: value for name, value in held.items() if value not in (None, False)}
    hidden = dict(re.findall(r'name="(version|seen)" value="([^"]*)"', page))
    return held | hidden


def save(client: Client, place: Place, held: dict[str, Any], **changes: Any) -> Any:
    return client.post(f"/espace/lieux/{place.pk}/", held | changes)


def test_saving_a_page_untouched_changes_nothing(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    connected("referent commune:35133")
    assert save(client, place, opened(client, place)).status_code == 302
    again = Place.objects.get(pk=place.pk)
    assert (again.version, again.record) == (place.version, place.record)


def test_each_kind_of_field(connected: Callable[..., User], client: Client, place: Place) -> None:
    connected("referent commune:35133")
    answer = save(
        client, place, opened(client, place),
        hours="mardi 14h-18h", emails="ccas@iffendic.fr, mairie@iffendic.fr", kind="CCAS",
        **{"services.aide.capacity.persons_week": "8", "services.aide.cost": ["Payant"],
           "services.aide.languages": "arabe, anglais", "nouvelle-aide": "formation"},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    told = only_place().record
    assert told["hours"] == "Tu 14:00-18:00"
    assert told["emails"] == ["ccas@iffendic.fr", "mairie@iffendic.fr"]
    aide = next(s for s in told["services"] if s["key"] == "aide")
    assert aide["capacity"] == {"hours_week": 10.0, "share_procedures": 0.5, "persons_week": 8.0}
    assert (aide["cost"], aide["languages"]) == (["Payant"], ["arabe", "anglais"])
    assert {s["key"] for s in told["services"]} == {"aide", "formation"}
    history = client.get(f"/espace/lieux/{place.pk}/historique/").content.decode()
    assert "Horaires" in history
    save(client, place, opened(client, place), **{"services.aide.remove": "on"})
    assert [s["key"] for s in only_place().record["services"]] == ["formation"]


def test_two_people_on_different_fields_are_both_kept(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    connected("referent commune:35133")
    first, second = opened(client, place), opened(client, place)
    save(client, place, first, phone="02 99 11 11 11")
    assert save(client, place, second, address="2 rue du Four").status_code == 302
    told = only_place().record
    assert (told["phone"], told["address"]) == ("+33299111111", "2 rue du Four")


def test_two_people_on_the_same_field_the_second_sees_it_and_loses_nothing(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    connected("referent commune:35133")
    first, second = opened(client, place), opened(client, place)
    save(client, place, first, phone="02 99 11 11 11", name="CCAS d’Iffendic")
    answer = save(client, place, second, phone="02 99 22 22 22", address="2 rue du Four")
    page = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "Une autre personne vient d’écrire" in page
    assert "02\u00a099\u00a011\u00a011\u00a011" in page.replace(" ", "\u00a0")
    form = answer.context["form"]
    assert form["phone"].value() == "02 99 22 22 22", "her value stays in the field"
    assert form["address"].value() == "2 rue du Four"
    assert form["name"].value() == "CCAS d’Iffendic", "and the other's where she wrote nothing"
    assert only_place().phone == "+33299111111", "nothing was written"
    held = {name: form[name].value() for name in form.fields if form[name].value()}
    hidden = dict(re.findall(r'name="(version|seen)" value="([^"]*)"', answer.content.decode()))
    assert save(client, place, held | hidden).status_code == 302
    told = only_place().record
    assert (told["phone"], told["address"], told["name"]) == (
        "+33299222222", "2 rue du Four", "CCAS d’Iffendic",
    )  # fmt: skip


def test_faults_are_said_beside_and_html_stays_text(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    connected("referent commune:35133")
    answer = save(client, place, opened(client, place), phone="12", name="<script>x</script>",
                  websites="javascript:alert(1)", siret="123")  # fmt: skip
    page = answer.content.decode()
    assert set(answer.context["form"].errors) == {"phone", "websites", "siret"}
    assert "<script>x" not in page


def test_the_keeper_of_a_structure_edits_hers_only(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    connected("acteur commune:35133", structure=place.pk)
    assert client.get(f"/espace/lieux/{place.pk}/").status_code == 200
    applied(record("9"), source="liste-b")
    other = Place.objects.exclude(pk=place.pk).get()
    assert client.get(f"/espace/lieux/{other.pk}/").status_code == 403
