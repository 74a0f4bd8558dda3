"""The comité de pilotage: seats, agenda from what moved, decisions followed, paroles by consent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from portrea.base.errors import DataError
from portrea.steering.committee import Fact
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.models import JournalEntry
from portrea.web.accounts.permissions import SYSTEM, VISITOR, RefusedError
from portrea.web.accounts.retention import retention_run
from portrea.web.steering.committee import selectors
from portrea.web.steering.committee.facts import facts_of
from portrea.web.steering.models import Committee, Meeting, Seat, Voice
from portrea.web.steering.selectors import portrait_of
from portrea.web.steering.services import committees, meetings
from web.accounts.conftest import connected, person
from web.steering.committee_case import EPCI, decided, held, opened, planned, seated

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

__all__ = ["connected", "person"]
pytestmark = pytest.mark.django_db


def rules(meeting: Meeting) -> list[str]:
    return list(meeting.items.values_list("rule", flat=True))


@pytest.fixture
def committee(site: Client) -> Committee:
    return opened()


# -- agenda ---------------------------------------------------------------------------------------


def test_a_first_meeting_invents_nothing(committee: Committee) -> None:
    meeting = planned(committee)
    assert rules(meeting)[0] == "first"
    assert not {"needs", "priorities", "difficulties", "surveys"} & set(rules(meeting))


def test_nothing_moved_since_the_last_meeting(committee: Committee) -> None:
    held(planned(committee))
    assert not {"first", "needs", "priorities", "places"} & set(rules(planned(committee)))


def test_what_moved_enters_with_its_reason_and_its_page(committee: Committee) -> None:
    first = held(planned(committee))
    facts = dict(first.facts)
    facts["a1"] = {**facts["a1"], "value": 1, "low": 1, "high": 2, "text": "entre 1 et 2"}
    facts["zones"] = {**facts["zones"], "members": ["Une commune d’avant"]}
    Meeting.objects.filter(pk=first.pk).update(facts=facts)
    second = planned(committee)
    needs = second.items.get(rule="needs")
    now = next(f for f in portrait_of(EPCI).key_figures if f.id == "a1").number.text
    assert "entre 1 et 2" in needs.why
    assert now in needs.why
    assert needs.page == "/territoires/epci/243500618/#besoins"
    assert "Une commune d’avant" in second.items.get(rule="priorities").why


def test_the_referent_keeps_what_she_wrote_and_left_out(committee: Committee) -> None:
    meeting = planned(committee)
    mine = meetings.item_write(
        actor=SYSTEM, meeting=meeting, told={"title": "Budget", "why": "Voté."}
    )
    proposed = meeting.items.get(rule="first")
    meetings.item_write(
        actor=SYSTEM, meeting=meeting, told={"title": "Tour de table"}, item=proposed.pk
    )
    meetings.item_move(actor=SYSTEM, meeting=meeting, item=proposed.pk, step="ecarter")
    meetings.item_move(actor=SYSTEM, meeting=meeting, item=mine.pk, step="monter")
    assert meetings.agenda_propose(actor=SYSTEM, meeting=meeting) == 0
    again = meeting.items.get(rule="first")
    assert (again.title, again.left_out) == ("Tour de table", True)
    assert "aucune valeur d’avant" in again.why
    assert meeting.items.get(pk=mine.pk).why == "Voté."


def test_points_are_put_in_order(committee: Committee) -> None:
    meeting = planned(committee)
    meeting.items.all().delete()
    one, two, three = (
        meetings.item_write(actor=SYSTEM, meeting=meeting, told={"title": title}).pk
        for title in "ABC"
    )
    meetings.item_move(actor=SYSTEM, meeting=meeting, item=three, step="monter")
    meetings.item_move(actor=SYSTEM, meeting=meeting, item=one, step="monter")
    meetings.item_move(actor=SYSTEM, meeting=meeting, item=two, step="descendre")
    assert list(meeting.items.values_list("pk", flat=True)) == [one, three, two]


def test_facts_are_those_of_the_portrait(committee: Committee) -> None:
    today = today_in(EPCI)
    found = facts_of(committee, today, today - timedelta(days=30))
    for figure in portrait_of(EPCI).key_figures:
        if figure.id != "lieux":
            assert found[figure.id].text == figure.number.text
    assert found["difficultes"].value == 0
    assert "difficultes" not in facts_of(committee, today, None)


# -- decisions ------------------------------------------------------------------------------------


def test_an_action_is_followed_first_with_its_frozen_indicator(committee: Committee) -> None:
    seat = seated(committee)
    yesterday = today_in(EPCI) - timedelta(days=1)
    first = held(planned(committee))
    made = decided(first, owner=str(seat.pk), due=yesterday, indicator="a1")
    assert (
        made.frozen["text"]
        == next(f for f in portrait_of(EPCI).key_figures if f.id == "a1").number.text
    )
    decided(first, title="Sans date")
    (line, other) = selectors.open_lines(committee, today=today_in(EPCI))
    assert (line.decision, line.late) == (made, True)
    assert "rien ne permet de dire que cela a changé" in line.told
    assert (other.late, other.told) == (False, "")
    assert rules(planned(committee))[0] == "late"
    told = {"owner": str(seat.pk), "state": "faite", "note": "Ouvert le mardi."}
    meetings.decision_follow(actor=SYSTEM, decision=made, told=told)
    assert [one.decision.title for one in selectors.open_lines(committee, today=yesterday)] == [
        "Sans date"
    ]
    made.refresh_from_db()
    assert made.frozen["key"] == "a1"


def test_a_held_meeting_no_longer_changes(committee: Committee) -> None:
    meeting = held(planned(committee))
    assert Fact.of(meeting.facts["a1"]).key == "a1"
    with pytest.raises(DataError, match="déjà tenue"):
        meetings.agenda_propose(actor=SYSTEM, meeting=meeting)
    later = planned(committee, day=today_in(EPCI) + timedelta(days=40))
    with pytest.raises(DataError, match="pas encore eu lieu"):
        meetings.meeting_hold(actor=SYSTEM, meeting=later)


# -- paroles --------------------------------------------------------------------------------------


def test_a_parole_is_read_again_then_told_then_withdrawn(committee: Committee) -> None:
    made = committees.voice_give(
        actor=VISITOR, committee=committee, words="Madame Martin, 06 12 34 56 78, m’a renvoyée.",
        pseudonym="Lou",
    )  # fmt: skip
    assert "Martin" not in made.words
    assert "06 12" not in made.words
    assert not selectors.voices_told(committee).exists()
    committees.voice_review(actor=SYSTEM, committee=committee, voice=made.pk, told=True)
    assert selectors.voices_told(committee).get() == made
    committees.voice_withdraw(actor=VISITOR, code=f" {made.code.upper()} ")
    assert not Voice.objects.exists()
    with pytest.raises(DataError, match="Aucune parole"):
        committees.voice_withdraw(actor=VISITOR, code=made.code)
    told = "".join(map(str, JournalEntry.objects.values_list("after", flat=True)))
    assert "renvoyée" not in told
    assert "Lou" not in told


def test_a_secret_is_refused(committee: Committee) -> None:
    with pytest.raises(DataError, match="mot de passe"):
        committees.voice_give(
            actor=VISITOR, committee=committee, words="Mon mot de passe est loulou35"
        )


def test_paroles_and_pseudonyms_end(committee: Committee) -> None:
    old = committees.voice_give(actor=VISITOR, committee=committee, words="Trop de papiers.")
    new = committees.voice_give(actor=VISITOR, committee=committee, words="Trop de sites.")
    Voice.objects.filter(pk=old.pk).update(consented=timezone.now() - timedelta(days=366))
    gone = seated(committee, "concernee", pseudonym="Lou")
    stays = seated(committee, "concernee", pseudonym="Sam")
    Seat.objects.filter(pk=gone.pk).update(left=today_in(EPCI) - timedelta(days=32))
    retention_run(actor=SYSTEM, names=["steering.voices", "steering.pseudonyms"])
    assert list(Voice.objects.all()) == [new]
    gone.refresh_from_db()
    stays.refresh_from_db()
    assert (gone.label, stays.label) == ("Personne concernée", "Sam")


def test_a_seat_of_an_body_keeps_no_pseudonym(committee: Committee) -> None:
    assert seated(committee, pseudonym="Lou").pseudonym == ""
    concerned = seated(committee, "concernee", pseudonym="Lou")
    assert (concerned.body, concerned.label) == ("", "Lou")


# -- who ------------------------------------------------------------------------------------------


def test_one_writes_for_her_territory_only(site: Client, person: Callable[..., Any]) -> None:
    with pytest.raises(RefusedError):
        committees.committee_open(actor=person("elu departement:35"), territory=EPCI, each_year=2)
    with pytest.raises(RefusedError):
        committees.committee_open(
            actor=person("referent departement:22"), territory=EPCI, each_year=2
        )
    made = committees.committee_open(actor=person(f"referent {EPCI}"), territory=EPCI, each_year=2)
    with pytest.raises(DataError, match="déjà un comité"):
        committees.committee_open(actor=SYSTEM, territory=EPCI, each_year=2)
    with pytest.raises(RefusedError):
        meetings.meeting_plan(
            actor=person("elu departement:35"), committee=made, told={"day": today_in(EPCI)}
        )


@pytest.mark.parametrize(
    ("role", "read", "run"),
    [
        (f"referent {EPCI}", 200, 200),
        (f"technicien {EPCI}", 200, 403),
        (f"elu {EPCI}", 200, 403),
        ("elu epci:243500550", 403, 403),
        ("referent epci:243500550", 403, 403),
        (f"acteur {EPCI}", 403, 403),
        ("administrateur", 200, 200),
        ("", 302, 302),
    ],
)
def test_the_pages_ask_the_matrix(
    site: Client, connected: Callable[..., Any], role: str, read: int, run: int
) -> None:
    committee = opened()
    meeting = planned(committee)
    action = decided(meeting)
    if role:
        connected(role)
    here, there = f"/espace/comite/{committee.key}/", f"/espace/comite/reunion/{meeting.key}/"
    for path in (here, there, f"{there}invitation.ics"):
        assert site.get(path).status_code == read, path
    of_here = [f"{here}{name}/" for name in ("sieges", "paroles", "reunions")]
    of_there = ("changer", "points", "decisions", f"decisions/{action.pk}")
    for path in (*of_here, *(f"{there}{name}/" for name in of_there)):
        assert site.get(path).status_code == run, path
    step = site.post(f"{there}faire/", {"faire": "annuler"})
    assert step.status_code == (302 if run == 200 else run)
    meeting.refresh_from_db()
    assert (meeting.state == "annulee") == (run == 200)
