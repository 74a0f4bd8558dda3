"""The queue: decided by who may, once, in part, many at once, undone; nothing overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail
from django_tasks_db.models import DBTaskResult

from portrea.base.errors import DataError
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM, VISITOR, RefusedError
from portrea.web.offer.models import Place, Proposal, Question
from portrea.web.offer.services import EditConflict, place_fix
from portrea.web.offer.services.proposals import (
    DecidedError,
    proposal_decide,
    proposal_submit,
    proposal_undo,
    proposals_decide,
)
from web.offer.census import applied, at, only_place, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from portrea.web.accounts.models import User

pytestmark = pytest.mark.django_db
HERE = "commune:35133"


@pytest.fixture
def place() -> Place:
    applied(record("1", name="CCAS", phone="+33299000000", address="1 rue du Four"))
    return only_place()


def fix_of(place: Place, **values: Any) -> Proposal:
    return proposal_submit(
        actor=VISITOR, kind="fix", title="", territory=None, place=place, content=values
    )


def accept(proposal: Proposal, **more: Any) -> Proposal:
    return proposal_decide(
        actor=SYSTEM, key=proposal.pk, version=proposal.version, verdict="accept", **more
    )


def test_accepted_and_undone(place: Place) -> None:
    proposal = fix_of(place, phone="+33299111111", address="2 rue du Four")
    done = accept(proposal)
    place.refresh_from_db()
    assert (place.phone, place.record["address"]) == ("+33299111111", "2 rue du Four")
    assert done.state == "accepted"
    back, left = proposal_undo(actor=SYSTEM, key=done.pk, version=done.version)
    place.refresh_from_db()
    assert (place.phone, place.record["address"], left) == ("+33299000000", "1 rue du Four", ())
    assert back.state == "waiting"
    accept(back)
    place.refresh_from_db()
    assert place.phone == "+33299111111", "decided again"


def test_accepted_in_part(place: Place) -> None:
    done = accept(fix_of(place, phone="+33299111111", address="2 rue du Four"), kept=["phone"])
    place.refresh_from_db()
    assert (done.state, place.phone, place.record["address"]) == (
        "partly", "+33299111111", "1 rue du Four",
    )  # fmt: skip


def test_undo_leaves_what_somebody_changed_since(place: Place) -> None:
    done = accept(fix_of(place, phone="+33299111111", address="2 rue du Four"))
    place.refresh_from_db()
    place_fix(actor=SYSTEM, place_id=place.pk, version=place.version,
              changes={"phone": "+33299333333"})  # fmt: skip
    _back, left = proposal_undo(actor=SYSTEM, key=done.pk, version=done.version)
    place.refresh_from_db()
    assert left == ("Téléphone",)
    assert (place.phone, place.record["address"]) == ("+33299333333", "1 rue du Four")


def test_a_fix_that_a_former_fix_was_under_comes_back(place: Place) -> None:
    place_fix(actor=SYSTEM, place_id=place.pk, version=1, changes={"phone": "+33299222222"})
    place.refresh_from_db()
    done = accept(fix_of(place, phone="+33299000000"))  # back to what the list says
    proposal_undo(actor=SYSTEM, key=done.pk, version=done.version)
    place.refresh_from_db()
    assert place.phone == "+33299222222"


def test_new_place_accepted_hidden_by_undo_shown_again() -> None:
    proposal = proposal_submit(
        actor=VISITOR, kind="new", title="Café", territory=HERE,
        content={"name": "Café", "phone": "+33299000000",
                 "services.aide": {"block": "aide", "key": "aide"}},
    )  # fmt: skip
    done = accept(proposal, kept=["name", "services.aide"])
    place = Place.objects.get()
    assert (place.name, place.phone, place.commune) == ("Café", "", "35133")
    back, _left = proposal_undo(actor=SYSTEM, key=done.pk, version=done.version)
    place.refresh_from_db()
    assert place.status == "hidden"
    accept(back)
    place = Place.objects.get()
    assert (place.status, place.phone) == ("open", "+33299000000")


def test_closed_and_reopened(place: Place) -> None:
    proposal = proposal_submit(actor=VISITOR, kind="closed", title="", territory=None, place=place)
    done = accept(proposal)
    place.refresh_from_db()
    assert place.status == "closed"
    proposal_undo(actor=SYSTEM, key=done.pk, version=done.version)
    place.refresh_from_db()
    assert place.status == "open"


def test_duplicates_are_joined_and_parted() -> None:
    applied(record("1", name="CCAS"), record("2", name="CCAS", phone="+33299000000"))
    one, other = Place.objects.order_by("completeness", "pk")
    proposal = proposal_submit(
        actor=VISITOR, kind="duplicate", title="", territory=None, place=one, other=other.pk
    )
    done = accept(proposal)
    assert only_place() == other, "the fuller sheet is kept"
    proposal_undo(actor=SYSTEM, key=done.pk, version=done.version)
    assert Place.objects.filter(status="open").count() == 2


def test_somebody_decided_meanwhile(place: Place) -> None:
    proposal = fix_of(place, phone="+33299111111")
    accept(proposal)
    with pytest.raises(DecidedError, match="acceptée"):
        proposal_decide(actor=SYSTEM, key=proposal.pk, version=1, verdict="refuse", reason="false")
    place.refresh_from_db()
    assert place.phone == "+33299111111"


def test_the_sheet_changed_between_looking_and_deciding(place: Place) -> None:
    proposal = fix_of(place, phone="+33299111111")
    seen = place.version
    place_fix(actor=SYSTEM, place_id=place.pk, version=seen, changes={"phone": "+33299333333"})
    with pytest.raises(EditConflict):
        accept(proposal, place_version=seen)
    proposal.refresh_from_db()
    assert proposal.state == "waiting"


def test_many_at_once_leave_what_must_be_read_alone(place: Place) -> None:
    good = fix_of(place, address="2 rue du Four")
    stale = fix_of(place, phone="+33299111111")
    place_fix(actor=SYSTEM, place_id=place.pk, version=1, changes={"phone": "+33299333333"})
    done, left = proposals_decide(actor=SYSTEM, keys={good.pk: 1, stale.pk: 1}, verdict="accept")
    assert [p.pk for p in done] == [good.pk]
    assert [(p.pk, "changé" in why) for p, why in left] == [(stale.pk, True)]
    done, left = proposals_decide(actor=SYSTEM, keys={stale.pk: 1}, verdict="refuse")
    assert (done, left[0][1]) == ([], "Choisissez une raison de refuser.")


def test_values_that_are_none_and_floods(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="n’existe pas"):
        fix_of(place, inconnu="x")
    with pytest.raises(DataError, match="rien à proposer"):
        fix_of(place, phone="+33299000000")
    monkeypatch.setattr("portrea.web.offer.services.proposals.MOST_WAITING", 1)
    fix_of(place, phone="+33299111111")
    with pytest.raises(DataError, match="Trop de propositions"):
        fix_of(place, phone="+33299111112")


def test_who_left_an_address_is_told_and_forgotten(
    place: Place, run_tasks: Callable[[], None]
) -> None:
    proposal = proposal_submit(
        actor=VISITOR, kind="fix", title="", territory=None, place=place,
        content={"phone": "+33299111111"}, email="moi@exemple.org",
    )  # fmt: skip
    proposal_decide(actor=SYSTEM, key=proposal.pk, version=1, verdict="refuse", reason="unverified")
    run_tasks()
    proposal.refresh_from_db()
    assert proposal.email == "", "erased once the message left"
    assert "moi@" not in str(list(DBTaskResult.objects.values()))
    (sent,) = mail.outbox
    assert sent.to == ["moi@exemple.org"]
    assert "Impossible à vérifier" in sent.body
    assert "moi@" not in str(list(JournalEntry.objects.values("before", "after", "reason")))


def test_who_may_decide(person: Callable[..., User], place: Place) -> None:
    proposal = fix_of(place, phone="+33299111111")
    for who in (person("referent commune:35001"), person("elu commune:35133"), person()):
        with pytest.raises(RefusedError):
            proposal_decide(actor=who, key=proposal.pk, version=1, verdict="accept")
    assert proposal_decide(
        actor=person("referent commune:35133"), key=proposal.pk, version=1, verdict="accept"
    )


# -- pages ----------------------------------------------------------------------------------------


def test_the_queue_shows_only_ones_territories(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    fix_of(place, phone="+33299111111")
    proposal_submit(actor=VISITOR, kind="new", title="Ailleurs", territory="commune:35001",
                    content={"name": "Ailleurs"})  # fmt: skip
    connected("referent commune:35133")
    page = client.get("/espace/moderation/").content.decode()
    assert "02\u00a099\u00a011" in page.replace(" ", "\u00a0") or "11 11 11" in page
    assert "Ailleurs" not in page
    assert (
        "Ailleurs"
        not in client.get("/espace/moderation/?territoire=commune:35001").content.decode()
    )
    elsewhere = Proposal.objects.get(title="Ailleurs")
    assert client.get(f"/espace/moderation/{elsewhere.pk}/").status_code == 403


def test_decide_on_the_page(connected: Callable[..., User], client: Client, place: Place) -> None:
    connected("referent commune:35133")
    proposal = fix_of(place, phone="+33299111111", address="<b>2 rue</b>")
    address = f"/espace/moderation/{proposal.pk}/"
    page = client.get(address).content.decode()
    assert "&lt;b&gt;2 rue" in page
    assert "<b>2 rue" not in page
    answer = client.post(address, {"version": "1", "refuse": "1"})
    assert (answer.status_code, "Choisissez une raison" in answer.content.decode()) == (409, True)
    client.post(address, {"version": "1", "accept": "1", "champ": ["phone"]})
    place.refresh_from_db()
    assert place.phone == "+33299111111"
    late = client.post(address, {"version": "1", "refuse": "1", "raison": "false"})
    assert "a changé depuis que vous l’avez ouverte" in late.content.decode()
    assert "Annuler cette décision" in client.get(address).content.decode()
    client.post(address, {"version": "2", "undo": "1"})
    place.refresh_from_db()
    assert place.phone == "+33299000000"
    assert client.get("/espace/moderation/?etat=decidees").status_code == 200


def test_the_elected_reads_and_does_not_decide(
    connected: Callable[..., User], client: Client, place: Place
) -> None:
    proposal = fix_of(place, phone="+33299111111")
    connected("elu commune:35133")
    page = client.get(f"/espace/moderation/{proposal.pk}/").content.decode()
    assert "Accepter" not in page
    answer = client.post(f"/espace/moderation/{proposal.pk}/", {"version": "1", "accept": "1"})
    assert answer.status_code == 403
    assert client.post("/espace/moderation/lot/", {"avis": "accept"}).status_code == 403


def test_many_on_the_page(connected: Callable[..., User], client: Client, place: Place) -> None:
    connected("referent commune:35133")
    rows = [fix_of(place, address="2 rue du Four"), fix_of(place, phone="+33299111111")]
    asked = {"ligne": [f"{p.pk}:1" for p in rows], "avis": "accept", "retour": "type=fix"}
    answer = client.post("/espace/moderation/lot/", asked, follow=True)
    assert "2 propositions décidées" in answer.content.decode()
    assert answer.redirect_chain[0][0] == "/espace/moderation/?type=fix"
    assert not Proposal.objects.filter(state="waiting").exists()


@time_machine.travel("2026-11-24T09:00:00Z")
def test_a_question_of_a_newer_list(connected: Callable[..., User], client: Client) -> None:
    applied(record("1", phone="+33299000000", updated="2020-01-01"), today=at(2020).date())
    place = only_place()
    place_fix(actor=SYSTEM, place_id=place.pk, version=1, changes={"phone": "+33299111111"})
    applied(record("1", phone="+33299555555", updated="2027-01-01"), today=at(2027).date())
    question = Question.objects.get(state="open")
    connected("referent commune:35133")
    assert "Téléphone" in client.get("/espace/moderation/?type=question").content.decode()
    address = f"/espace/moderation/questions/{question.pk}/"
    page = client.get(address).content.decode()
    assert "55" in page
    client.post(address, {"take": "1"})
    place.refresh_from_db()
    assert place.phone == "+33299555555"
    late = client.post(address, {"keep": "1"})
    assert (late.status_code, "n’est plus posée" in late.content.decode()) == (409, True)


def test_pairs_side_by_side(connected: Callable[..., User], client: Client) -> None:
    same = {"name": "Médiathèque", "address": "1 place de l’Église", "postcode": "35750"}
    applied(record("1", phone="+33299000000", **same), source="liste-a")
    applied(record("2", phone="+33299000000", **same), source="liste-b")
    connected("technicien commune:35133")
    page = client.get("/espace/doublons/").content.decode()
    assert "1 paire" in page
    one, other = Place.objects.filter(status="open").order_by("pk")
    address = f"/espace/doublons/{one.pk}/{other.pk}/"
    assert "Le même" in client.get(address).content.decode()
    client.post(address, {"avis": "later"})
    assert "à voir plus tard" in client.get("/espace/doublons/").content.decode()
    client.post(address, {"avis": f"keep:{one.pk}"})
    assert only_place() == one
    late = client.post(address, {"avis": f"keep:{other.pk}"})
    assert (late.status_code, "Entre-temps" in late.content.decode()) == (409, True)
    client.post(f"/espace/doublons/fusions/{one.merges.get().pk}/")
    assert Place.objects.filter(status="open").count() == 2
    assert "Aucune paire" in client.get("/espace/doublons/").content.decode(), "parted: two places"


def test_two_places_said_apart_are_not_asked_again(
    connected: Callable[..., User], client: Client
) -> None:
    same = {"name": "Médiathèque", "address": "1 place de l’Église", "postcode": "35750"}
    applied(record("1", **same), source="liste-a")
    applied(record("2", **same), source="liste-b")
    connected("referent commune:35133")
    one, other = Place.objects.order_by("pk")
    client.post(f"/espace/doublons/{one.pk}/{other.pk}/", {"avis": "apart"})
    assert "Aucune paire" in client.get("/espace/doublons/").content.decode()
