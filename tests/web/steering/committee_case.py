"""A comité for tests: the epci of Brocéliande, its seats, its meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.steering.services import committees, meetings

if TYPE_CHECKING:
    from portrea.web.steering.models import Committee, Decision, Meeting, Seat

EPCI = "epci:243500618"


def opened(territory: str = EPCI) -> Committee:
    """Open a comité."""
    return committees.committee_open(actor=SYSTEM, territory=territory, each_year=2)


def seated(committee: Committee, kind: str = "association", **told: str) -> Seat:
    """Add a seat, that of an association by default."""
    card = {"kind": kind, "body": "Ti-Internet"} | told
    return committees.seat_add(actor=SYSTEM, committee=committee, told=card)


def planned(committee: Committee, **told: Any) -> Meeting:
    """Plan a meeting today."""
    card = {"day": today_in(committee.territory)} | told
    return meetings.meeting_plan(actor=SYSTEM, committee=committee, told=card)


def held(meeting: Meeting) -> Meeting:
    """Hold a meeting."""
    meetings.meeting_hold(actor=SYSTEM, meeting=meeting)
    meeting.refresh_from_db()
    return meeting


def decided(meeting: Meeting, **told: Any) -> Decision:
    """Note an action."""
    card = {"title": "Ouvrir un matin à Paimpont"} | told
    return meetings.decision_take(actor=SYSTEM, meeting=meeting, told=card)
