"""Pages of those who come: the list, a place kept and given back, an opinion; what spam meets."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from portrea.web.accounts import links
from portrea.web.accounts.throttling import TRAP
from portrea.web.action.models import Opinion, Registration, Reminder, Workshop
from web.action.workshop_case import over, workshop

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def opened(client: Client, found: Workshop) -> dict[str, str]:
    """What the page of a workshop sends back with what is typed."""
    page = client.get(f"/ateliers/{found.key}/").content.decode()
    return {"inscription": re.findall(r'name="inscription" value="([^"]*)"', page)[0]}


def join(client: Client, found: Workshop, **told: Any) -> Any:
    sent = opened(client, found) | {"people": "1"} | told
    return client.post(f"/ateliers/{found.key}/", sent)


def test_the_list_says_what_is_left_without_who_comes(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [workshop(capacity=n + 1, waiting=2, title=f"Atelier {n}") for n in range(12)]
    Registration.objects.create(workshop=rows[0], people=1)
    Registration.objects.create(workshop=rows[1], people=2)
    Registration.objects.create(workshop=rows[1], people=2, state="attente")
    hidden = (workshop(public=False), over(), workshop(state=Workshop.State.HELD))
    workshop(state=Workshop.State.CANCELLED, title="Annulé")
    with django_assert_max_num_queries(4):
        page = client.get("/ateliers/").content.decode()
    assert page.count('class="join-list__title"') == 13
    told = re.findall(r'<span class="tag[^>]*>([^<]*)<', page)
    assert told[:3] == ["complet, liste d’attente", "complet", "3 places"]
    assert "annulé" in page
    assert not [one for one in hidden if one.key in page]


def test_the_list_is_narrowed(client: Client) -> None:
    workshop(title="À Montfort", themes=["email"])
    workshop(title="À Nantes", themes=["sante"], code="44109", commune="44109")
    page = client.get("/ateliers/?ou=commune:44109").content.decode()
    assert "À Nantes" in page
    assert "À Montfort" not in page
    page = client.get("/ateliers/?ou=departement:35").content.decode()
    assert "À Montfort" in page
    assert "À Nantes" not in page
    page = client.get("/ateliers/?theme=sante&ou=nulle:part").content.decode()
    assert "À Nantes" in page
    assert "À Montfort" not in page


def test_a_place_is_kept_then_given_back(client: Client) -> None:
    found = workshop(capacity=2, waiting=0)
    sent = opened(client, found) | {"people": "2", "needs": ["lsf", "enfant"]}
    answers = [client.post(f"/ateliers/{found.key}/", sent) for _twice in range(2)]
    row = Registration.objects.get()
    assert (row.people, row.needs) == (2, ["lsf", "enfant"])
    assert {answer["Location"] for answer in answers} == {f"/ateliers/inscription/{row.code}/"}
    page = client.get(answers[0]["Location"]).content.decode()
    assert f"{row.code[:4]} {row.code[4:]}" in page
    assert "La langue des signes" in page
    assert "plus de place" in client.get(f"/ateliers/{found.key}/").content.decode()
    typed = f"{row.code[:4]} {row.code[4:].upper()}"
    answer = client.post("/ateliers/inscription/", {"code": typed})
    assert answer["Location"] == f"/ateliers/inscription/{row.code}/"
    client.post(f"/ateliers/inscription/{row.code}/annuler/")
    assert "Votre place est rendue" in client.get(answer["Location"]).content.decode()
    assert client.get("/ateliers/inscription/abcdefgh/").status_code == 404


def test_no_place_any_more_keeps_what_was_typed(client: Client) -> None:
    found = workshop(capacity=1, waiting=1)
    late = opened(client, found) | {"people": "1", "needs": ["lsf"]}
    for _person in range(2):
        assert join(client, found).status_code == 302
    answer = client.post(f"/ateliers/{found.key}/", late)
    assert answer.status_code == 409
    told = answer.content.decode()
    assert "plus de place" in told
    assert "02 99 00 00 00" in told


def test_a_cancelled_or_past_workshop_takes_nobody(client: Client) -> None:
    found = workshop()
    sent = opened(client, found) | {"people": "1"}
    for change in ({"state": "annule"}, {"state": "prevu", "public": False}):
        Workshop.objects.filter(pk=found.pk).update(**change)
        answer = client.post(f"/ateliers/{found.key}/", sent)
        assert answer.status_code == 409
        assert 'name="people"' not in answer.content.decode()
    assert not Registration.objects.exists()
    assert client.get("/ateliers/inconnuinconnu/").status_code == 404


def test_programmes_are_stopped(client: Client) -> None:
    found = workshop(capacity=100)
    sent = opened(client, found) | {"people": "1"}
    address = f"/ateliers/{found.key}/"
    assert client.post(address, sent | {TRAP: "http://"}).status_code == 400
    assert client.post(address, sent | {"inscription": ""}).status_code == 400
    forged = sent | {"inscription": links.sign("autre", "abcdefgh")}
    assert client.post(address, forged).status_code == 400
    statuses = [join(client, found, people="5").status_code for _again in range(4)]
    assert statuses == [302, 302, 429, 429], "twelve people a day from one network"
    assert sum(Registration.objects.values_list("people", flat=True)) == 10


def test_codes_cannot_be_tried_one_after_the_other(client: Client) -> None:
    row = Registration.objects.create(workshop=workshop())
    wrong = [client.post("/ateliers/inscription/", {"code": f"aaaaaaa{n}"}) for n in range(10)]
    assert {answer.status_code for answer in wrong} == {200}
    answer = client.post("/ateliers/inscription/", {"code": row.code})
    assert answer.status_code == 429
    assert row.code not in answer.get("Location", "")


def test_a_reminder_is_asked_from_the_page_of_the_code(client: Client) -> None:
    row = Registration.objects.create(workshop=workshop())
    address = f"/ateliers/inscription/{row.code}/rappel/"
    answer = client.post(address, {"channel": "courriel", "contact": "pas une adresse"})
    assert "pas complète" in answer.content.decode()
    client.post(address, {"channel": "courriel", "contact": "moi@exemple.org"})
    assert Reminder.objects.get().target == row.code
    soon = Registration.objects.create(workshop=workshop(begins=timedelta(minutes=5)))
    page = client.get(f"/ateliers/inscription/{soon.code}/").content.decode()
    assert "Recevoir un rappel" not in page


def test_an_opinion_takes_two_taps_and_counts_once(client: Client) -> None:
    found = over()
    address = f"/ateliers/{found.key}/avis/"
    page = client.get(address).content.decode()
    sent = {"page": re.findall(r'name="page" value="([^"]*)"', page)[0], "utile": "oui"}
    second = client.post(address, sent).content.decode()
    assert "Et maintenant" in second
    given = re.findall(r'name="avis" value="([^"]*)"', second)[0]
    done = client.post(address, {"avis": given, "suite": "revenir"})
    assert client.post(address, sent)["Location"] == done["Location"] == f"{address}?merci=1"
    assert client.post(address, {"avis": "x", "suite": "rien"}).status_code == 302
    assert list(Opinion.objects.values_list("useful", "next")) == [("oui", "revenir")]
    assert "Merci" in client.get(done["Location"]).content.decode()


def test_an_opinion_that_is_not_offered_is_refused(client: Client) -> None:
    found = over()
    address = f"/ateliers/{found.key}/avis/"
    page = re.findall(r'name="page" value="([^"]*)"', client.get(address).content.decode())[0]
    answer = client.post(address, {"page": page, "utile": "bof"})
    assert answer.status_code == 409
    assert not Opinion.objects.exists()
    assert "sept jours" in client.get(f"/ateliers/{workshop().key}/avis/").content.decode()
