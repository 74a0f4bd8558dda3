"""Files of a meeting: its pack in one click, its slides, its invitation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from portrea.offer.calendar import Opening
from portrea.offer.icalendar import calendar_file, event
from portrea.steering.committee import Point
from portrea.steering.committee_sections import Action, Sitting, with_sitting
from portrea.steering.downloads import document_file
from portrea.steering.sections_actions import actions_section
from portrea.steering.slides_pdf import slides_pdf
from portrea.web.accounts.clocks import clocks_of, today_in
from portrea.web.accounts.scope import name_of
from portrea.web.steering.actions.selectors import kept_of
from portrea.web.steering.committee import selectors
from portrea.web.steering.models.meetings import MeetingState
from portrea.web.steering.pack_selectors import FORMS, pack_of

if TYPE_CHECKING:
    from datetime import datetime, time

    from portrea.steering.document import Portrait
    from portrea.web.steering.models import Decision, Meeting

SLIDES = "diapositives"
CALENDAR = "text/calendar; charset=utf-8"
STATUS = {MeetingState.CANCELLED: "CANCELLED"}


def meeting_pack(meeting: Meeting) -> Portrait:
    """Return the pack of the territory with the chapters of a meeting first."""
    committee = meeting.committee
    lines = selectors.open_lines(committee, today=today_in(committee.territory))
    before = [one for one in lines if one.decision.meeting_id != meeting.pk]
    points = selectors.items_of(meeting)
    sitting = Sitting(
        when=when(meeting),
        seats=tuple(one.label for one in selectors.seats_of(committee)),
        points=tuple(Point(one.rule, one.title, one.why, one.page) for one in points),
        followed=tuple(_action(one.decision, one.told, late=one.late) for one in before),
        taken=tuple(_action(one, _frozen(one)) for one in selectors.decisions_of(meeting)),
        voices=tuple((one.pseudonym, one.words) for one in selectors.voices_told(committee)),
    )
    return with_sitting(_with_actions(pack_of(committee.territory), committee.territory), sitting)


def _with_actions(pack: Portrait, territory: str) -> Portrait:
    """Return a pack with the recommended actions that people keep, before its methods."""
    section = actions_section(kept_of(territory))
    if section is None:
        return pack
    place = next(
        (rank for rank, one in enumerate(pack.sections) if one.id == "methodes"), len(pack.sections)
    )
    return replace(pack, sections=(*pack.sections[:place], section, *pack.sections[place:]))


def meeting_file(meeting: Meeting, form: str) -> tuple[bytes, str]:
    """Return a file of a meeting and its type: a form of the pack, or :data:`SLIDES`."""
    pack = meeting_pack(meeting)
    if form == SLIDES:
        return slides_pdf(pack), FORMS["pdf"]
    return document_file(pack, form), FORMS[form]


def when(meeting: Meeting) -> str:
    """Return the day, the hour and the place of a meeting, in French."""
    hour = time_format(meeting.starts, "G \\h i") if meeting.starts else ""
    day = date_format(meeting.day, "j F Y")
    return ", ".join(filter(None, (day, hour, meeting.place)))


def invitation(meeting: Meeting, address: str, *, stamp: datetime | None = None) -> bytes:
    """Return a meeting as a calendar file; sent again after a change, it takes its place."""
    committee = meeting.committee
    title = _("Comité de pilotage – {}").format(name_of(committee.territory))
    points = [one.title for one in selectors.items_of(meeting)]
    agenda = "\n".join(f"{rank}. {title}" for rank, title in enumerate(points, 1))
    told = {
        "SUMMARY": title,
        "LOCATION": meeting.place or meeting.link,
        "DESCRIPTION": "\n".join(filter(None, (agenda, meeting.link, address))),
        "SEQUENCE": str(meeting.version),
        "STATUS": STATUS.get(MeetingState(meeting.state), "CONFIRMED"),
    }
    lines = event(
        f"comite/{meeting.key}", _opening(meeting), told,
        zone=clocks_of(committee.territory), stamp=stamp or timezone.now(),
    )  # fmt: skip
    busy = ["TRANSP:OPAQUE" if line.startswith("TRANSP:") else line for line in lines]
    return calendar_file([busy], product="comite", heading={"NAME": title})


def _opening(meeting: Meeting) -> Opening:
    if meeting.starts is None:
        return Opening(meeting.day)
    starts = _minutes(meeting.starts)
    return Opening(meeting.day, starts, _minutes(meeting.ends) if meeting.ends else starts + 120)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _action(one: Decision, told: str, *, late: bool = False) -> Action:
    due = one.due.isoformat() if one.due else ""
    owner = one.owner.label if one.owner else ""
    return Action(one.title, owner, due, str(one.get_state_display()), late, told)


def _frozen(one: Decision) -> str:
    return f"{one.frozen['label']} : {one.frozen['text']}" if one.frozen else ""
