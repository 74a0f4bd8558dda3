"""A day with forty people: the same place told twice is shown to everyone before it is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from portrea.base.errors import DataError
from portrea.web.accounts.permissions import SYSTEM, VISITOR
from portrea.web.offer import contribution_views, queue
from portrea.web.offer.models import Place, Proposal
from portrea.web.offer.services.alike import Around
from portrea.web.offer.services.links import link_issue, token_of
from portrea.web.offer.services.proposals import (
    proposal_attach,
    proposal_decide,
    proposal_submit,
    proposals_decide,
)
from web.offer.census import applied, only_place, record
from web.offer.test_contribution import STEPS, continued, draft_of, fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db

TOLD = {"name": "CCAS d’Iffendic", "address": "1 place de l’Église", "postcode": "35750",
        "city": "Iffendic", "commune": "35133", "phone": "+33299090017"}  # fmt: skip
HELP = {"block": "aide", "key": "aide", "cost": ["Gratuit"]}


def new(**over: Any) -> Proposal:
    content = {**TOLD, "services.aide": HELP} | over
    return proposal_submit(
        actor=VISITOR, kind="new", title=content["name"], territory="commune:35133",
        content=content,
    )  # fmt: skip


@pytest.fixture
def place() -> Place:
    services = [{"block": "aide", "key": "aide", "description": "Au premier étage"}]
    applied(record("1", **TOLD | {"phone": "+33299000000"}, services=services))
    return only_place()


def test_pressed_twice_is_proposed_once() -> None:
    assert new() == new()
    assert new(phone="+33299090018") != new()
    assert Proposal.objects.count() == 2


def test_the_second_person_is_told_and_may_go_on(client: Client) -> None:
    link = link_issue(actor=SYSTEM, label="Journée", territory="commune:35133")
    address = f"/contribuer/{token_of(link)}/"
    fill(client, address)
    page = fill(client, address, STEPS[:1], where={"phone": "02 99 09 00 18"})
    assert "vient d’être proposé" in page
    assert "ne rien envoyer" in page
    asked = {"step": "where", "draft": draft_of(page), "other": "1"}
    page = continued(client, address, client.post(address, asked).content.decode())
    assert "Merci" in page


def test_many_at_once_never_make_a_duplicate(place: Place) -> None:
    first, second = new(), new(name="Cyber-base", address="9 rue du Stade", phone="+33299333333")
    third = new(name="Cyberbase", address="9 rue du stade", phone="+33299333333")
    keys = {one.pk: one.version for one in (first, second, third)}
    done, left = proposals_decide(actor=SYSTEM, keys=keys, verdict="accept")
    assert done == [second]
    assert [proposal for proposal, _why in left] == [first, third]
    assert "CCAS d’Iffendic" in left[0][1]
    assert Place.objects.filter(status="open").count() == 2
    done, _left = proposals_decide(
        actor=SYSTEM, keys={first.pk: 1}, verdict="refuse", reason="known"
    )
    assert done == [first], "refusing is not stopped"


def test_alone_it_is_accepted_all_the_same(place: Place) -> None:
    proposal_decide(actor=SYSTEM, key=new().pk, version=1, verdict="accept")
    assert Place.objects.filter(status="open").count() == 2


def test_a_new_place_becomes_a_correction_of_the_sheet(place: Place) -> None:
    proposal = proposal_attach(actor=SYSTEM, key=new().pk, version=1, place_id=place.pk)
    assert (proposal.kind, proposal.state, proposal.place_id) == ("fix", "waiting", place.pk)
    assert proposal.content == {"phone": "+33299090017", "services.aide.cost": ["Gratuit"]}
    assert proposal.seen["phone"] == "+33299000000"
    proposal_decide(actor=SYSTEM, key=proposal.pk, version=2, verdict="accept")
    place.refresh_from_db()
    (service,) = place.record["services"]
    assert (service["description"], service["cost"]) == ("Au premier étage", ["Gratuit"])
    with pytest.raises(DataError, match="Seul un nouveau lieu"):
        proposal_attach(actor=SYSTEM, key=proposal.pk, version=3, place_id=place.pk)


def test_nothing_to_add_is_said(place: Place) -> None:
    content = {name: TOLD[name] for name in ("name", "commune", "address")}
    proposal = proposal_submit(
        actor=VISITOR, kind="new", title="x", territory="commune:35133", content=content
    )
    with pytest.raises(DataError, match="déjà tout cela"):
        proposal_attach(actor=SYSTEM, key=proposal.pk, version=1, place_id=place.pk)


def test_the_referent_sees_what_it_looks_like(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    proposal, other = new(), new(phone="+33299090018")
    connected("referent commune:35133")
    page = client.get("/espace/moderation/?cocher=tout").content.decode()
    assert page.count("déjà recensé") == 2
    assert page.count(" checked") == 2
    url = f"/espace/moderation/{proposal.pk}/"
    page = client.get(url).content.decode()
    assert f'href="/lieux/{place.pk}/"' in page
    assert f"/espace/moderation/{other.pk}/" in page
    page = client.post(url, {"same": place.pk, "version": "1"}, follow=True).content.decode()
    assert "Rattachée à la fiche" in page


def test_what_is_far_is_not_alike(place: Place) -> None:
    told = {"name": "Fablab", "commune": "35133", "address": "40 rue du Moulin"}
    assert not Around().of(told)
    assert not Around().of({"name": "CCAS d’Iffendic"}), "no town, no comparison"


def test_a_room_behind_one_address_is_not_stopped(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty people with five places each pass; the link alone is what a flood exhausts."""
    assert int(contribution_views.LINK_RATE.partition("/")[0]) >= 40 * 5
    assert int(contribution_views.ADDRESS_RATE.partition("/")[0]) >= 40 * 5
    monkeypatch.setattr(contribution_views, "LINK_RATE", "2/h")
    links = [link_issue(actor=SYSTEM, label=str(n), territory="commune:35133") for n in range(2)]
    paths = [f"/contribuer/{token_of(link)}/" for link in links]
    names = ("CCAS", "Fablab du Pré", "Médiathèque municipale", "Centre social des Tilleuls")
    asked = [(name, {"name": name, "address": f"{n}4 rue {n}", "kind": ""})
             for n, name in enumerate(names)]  # fmt: skip
    phones = [{"phone": f"02 99 0{n} 1{n} 2{n}", "emails": ""} for n in range(4)]
    titles = [
        fill(client, paths[n // 3], where=where, contact=phones[n])
        for n, (_name, where) in enumerate(asked)
    ]
    assert ["Merci" in title for title in titles] == [True, True, False, True]
    assert "Trop de demandes" in titles[2]


def test_the_counter_of_the_day(connected: Callable[..., User], client: Client) -> None:
    link = link_issue(actor=SYSTEM, label="Journée", territory="commune:35133")
    fill(client, f"/contribuer/{token_of(link)}/")
    proposal = Proposal.objects.get()
    told = queue.received(link)
    assert (told.total, told.waiting, told.published) == (1, 1, 0)
    proposal_decide(actor=SYSTEM, key=proposal.pk, version=1, verdict="accept")
    told = queue.received(link)
    assert (told.total, told.waiting, told.published) == (1, 0, 1)
    connected("referent commune:35133")
    screen = client.get(f"/espace/liens/{link.pk}/ecran/")
    assert "Refresh" not in screen, "nothing moves before it is asked"
    assert client.get(f"/espace/liens/{link.pk}/ecran/?suivre=1")["Refresh"] == "15"
    page = client.get(f"/espace/liens/{link.pk}/").content.decode()
    assert "ne s’ouvre que sur ce poste" in page
    assert "Journée" in client.get(f"/espace/moderation/?lien={link.pk}").content.decode()
