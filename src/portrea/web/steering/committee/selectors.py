"""Comités as they are listed and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404

from portrea.steering.committee import Commitment, Fact, State, became, followed, is_late, next_day
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import may, require
from portrea.web.accounts.scope import find, key_of, name_of
from portrea.web.accounts.where import choices_of, condition, keys_of
from portrea.web.steering.actions.facts import facts_of
from portrea.web.steering.models import Committee, Decision, Item, Meeting, Seat, Voice
from portrea.web.steering.models.meetings import MeetingState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.db.models import QuerySet

READ, RUN = "committee.read", "committee.run"
MOST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A decision as followed: late or not, what its indicator became (empty without one)."""

    decision: Decision
    late: bool
    told: str = ""


def committees_of(who: Any) -> QuerySet[Committee]:
    """Return the comités of the territories that someone reads."""
    return Committee.objects.filter(condition(keys_of(who, READ)))[:MOST]


def to_open(who: Any, wanted: str = "") -> list[tuple[str, str]]:
    """Return the territories where someone may open a comité, as choices; the wanted one first."""
    known = {one.territory for one in Committee.objects.all()}
    every = choices_of(who, RUN)
    if wanted and find(key_of(wanted)).title and may(who, RUN, wanted):
        every.insert(0, (wanted, name_of(wanted)))
    return [(key, name) for key, name in dict(every).items() if key not in known]


def committee_found(who: Any, key: str, act: str = READ) -> Committee:
    """Return a comité (404 when there is none, 403 elsewhere)."""
    found = Committee.objects.filter(key=key).first()
    if found is None:
        raise Http404(key)
    require(who, act, found.territory)
    return found


def meeting_found(who: Any, key: str, act: str = READ) -> Meeting:
    """Return a meeting with its comité (404 when there is none, 403 elsewhere)."""
    found = Meeting.objects.select_related("committee").filter(key=key).first()
    if found is None:
        raise Http404(key)
    require(who, act, found.committee.territory)
    return found


def seats_of(committee: Committee) -> QuerySet[Seat]:
    """Return the seats held today."""
    return committee.seats.filter(left=None)


def voices_told(committee: Committee) -> QuerySet[Voice]:
    """Return the paroles read again, whose consent holds."""
    return committee.voices.exclude(reviewed=None)


def voices_waiting(committee: Committee) -> int:
    """Count the paroles to read again."""
    return committee.voices.filter(reviewed=None).count()


def public_committee(key: str) -> Committee:
    """Return a comité by its link, for who gives a parole (404 when there is none)."""
    found = Committee.objects.filter(key=key).first()
    if found is None:
        raise Http404(key)
    return found


def items_of(meeting: Meeting, *, left_out: bool = False) -> QuerySet[Item]:
    """Return the points of a meeting in their order, or those left out."""
    return meeting.items.filter(left_out=left_out)


def item_found(meeting: Meeting, number: int) -> Item:
    """Return a point of a meeting, a new one for zero (404 when there is none)."""
    found = meeting.items.filter(pk=number).first() if number else Item()
    if found is None:
        raise Http404(number)
    return found


def decisions_of(meeting: Meeting) -> QuerySet[Decision]:
    """Return the decisions of a meeting with who takes them."""
    return meeting.decisions.select_related("owner")


def decision_found(meeting: Meeting, number: int) -> Decision:
    """Return a decision of a meeting (404 when there is none)."""
    rows = meeting.decisions.select_related("meeting__committee")
    found = rows.filter(pk=number).first()
    if found is None:
        raise Http404(number)
    return found


def held_before(meeting: Meeting) -> Meeting | None:
    """Return the last meeting held before one."""
    rows = Meeting.objects.filter(committee_id=meeting.committee_id, state=MeetingState.HELD)
    return rows.filter(day__lte=meeting.day).exclude(pk=meeting.pk).order_by("-day", "-pk").first()


def facts_kept(meeting: Meeting | None) -> dict[str, Fact] | None:
    """Return the facts of the day a meeting was held, ``None`` without one."""
    if meeting is None or not meeting.facts:
        return None
    return {key: Fact.of(told) for key, told in meeting.facts.items()}


def open_lines(committee: Committee, *, today: date) -> list[Line]:
    """Return the open decisions of a comité, the late ones first, with what became of each."""
    rows = Decision.objects.filter(meeting__committee=committee).select_related("owner", "meeting")
    by_key = {str(one.pk): one for one in rows}
    every = [Commitment(key, one.due, State(one.state)) for key, one in by_key.items()]
    still = followed(every, on=today)
    watched = {by_key[one.key].indicator for one in still if by_key[one.key].frozen}
    now = facts_of(committee.territory, watched) if watched else {}
    return [Line(by_key[one.key], is_late(one, on=today), _told(by_key[one.key], now))
            for one in still]  # fmt: skip


def closed_of(committee: Committee) -> QuerySet[Decision]:
    """Return the decisions done or dropped, the newest first."""
    rows = Decision.objects.filter(meeting__committee=committee).select_related("owner", "meeting")
    return rows.filter(state__in=(State.DONE, State.DROPPED)).order_by("-pk")[:MOST]


def next_meeting_day(committee: Committee) -> date:
    """Return the day proposed for the next meeting."""
    last = committee.meetings.exclude(state=MeetingState.CANCELLED).first()
    today = today_in(committee.territory)
    return max(next_day(last.day if last else today, committee.each_year), today)


def _told(decision: Decision, now: Mapping[str, Fact]) -> str:
    if not decision.frozen:
        return ""
    return became(Fact.of(decision.frozen), now.get(decision.indicator))
