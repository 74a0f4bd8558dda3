"""Coordination and partners: the comité, who works with whom, communities, what actors answered."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from portrea.steering.sections_partners import Circle, Coordination, partners_sections
from portrea.web.accounts.clocks import today_in
from portrea.web.steering.committee.selectors import seats_of
from portrea.web.steering.complete.offer import answers_of
from portrea.web.steering.models import Committee, Decision
from portrea.web.steering.models.committees import SeatKind
from portrea.web.steering.models.meetings import STATES, MeetingState
from portrea.web.steering.network.selectors import LEVELS, communities_of, network_of, open_places

if TYPE_CHECKING:
    from portrea.steering.document import Section
    from portrea.steering.network import Network
    from portrea.territory import Selection

MOST_ACTORS = 600
"""Beyond this many structures, networks are those of the territories inside."""


def sections(selection: Selection) -> tuple[Section, ...]:
    """Return what is told of one territory; nothing of several together."""
    if len(selection.territories) != 1 or selection.territories[0].level not in LEVELS:
        return ()
    territory = selection.key
    circles = [
        Circle(
            one.title, one.get_theme_display(), tuple(place.name for place in one.members.all()),
            one.next_day.isoformat() if one.next_day else "",
        )
        for one in communities_of(territory)
    ]  # fmt: skip
    return partners_sections(
        _coordination(territory), _network(territory), circles, answers_of(selection)
    )


def _network(territory: str) -> Network | None:
    return network_of(territory) if open_places(territory).count() <= MOST_ACTORS else None


def _coordination(territory: str) -> Coordination | None:
    """Return the comité of exactly this territory: its bodies and its counts, nobody's words."""
    level, _, code = territory.partition(":")
    committee = Committee.objects.filter(level=level, code=code).first()
    if committee is None:
        return None
    today = today_in(territory)
    seats = list(seats_of(committee))
    bodies = {
        str(kind.label): found
        for kind in SeatKind
        if kind != SeatKind.CONCERNED
        and (found := tuple(one.body for one in seats if one.kind == kind and one.body))
    }
    held = committee.meetings.filter(state=MeetingState.HELD).values_list("day", flat=True)
    taken = list(Decision.objects.filter(meeting__committee=committee))
    states = Counter(one.state for one in taken)
    return Coordination(
        seats=bodies,
        concerned=sum(one.kind == SeatKind.CONCERNED for one in seats),
        held=tuple(day.isoformat() for day in held),
        decisions={str(label): states[value] for value, label in STATES},
        late=sum(one.open and one.due is not None and one.due < today for one in taken),
        day=today.isoformat(),
    )
