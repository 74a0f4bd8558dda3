"""What somebody of the field has before her for seven days, and what she noted last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum
from django.utils import timezone

from portrea.action.proposals import Followed, State, next_date
from portrea.web.accounts.clocks import clocks_of
from portrea.web.accounts.holders import within
from portrea.web.accounts.permissions import Actor, may_somewhere
from portrea.web.accounts.scope import FRANCE
from portrea.web.action.clock import When, when, zone_at
from portrea.web.action.models import (
    Appointment,
    Contact,
    Equipment,
    Loan,
    Permanence,
    Proposal,
    Record,
    Reminder,
    Shift,
    Workshop,
)

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    Hours = dict[str, datetime]

DAYS = 7
RECENT = timedelta(hours=12)
"""What began so long ago is still shown: it is today’s."""
MOST = 30
OPEN = (Contact.State.TODO, Contact.State.ASKED)
LAST = 5
_MODELS: dict[str, Any] = {
    "permanence": Permanence, "workshop": Workshop, "equipment": Equipment
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """Something at an hour, on the clocks of its place."""

    what: Any
    when: When


@dataclass(frozen=True, slots=True)
class Due:
    """A proposal to an administration, and the day when it waits for a move."""

    proposal: Proposal
    day: date


@dataclass(frozen=True, slots=True)
class Week:
    """Each list in time. ``reminders`` counts those to be sent, whose contacts nobody reads."""

    today: date
    until: date
    appointments: list[Held]
    workshops: list[Held]
    shifts: list[Held]
    contacts: list[Contact]
    loans: list[Loan]
    proposals: list[Due]
    reminders: int
    records: list[Record]

    @property
    def free(self) -> bool:
        """Whether nothing is planned nor due."""
        return not any((self.appointments, self.workshops, self.shifts, self.contacts,
                        self.loans, self.proposals))  # fmt: skip


def week_of(who: Any, now: datetime | None = None) -> Week:
    """Return the week of somebody, from this morning."""
    moment = now or timezone.now()
    today = moment.astimezone(_clocks(who)).date()
    until = today + timedelta(days=DAYS)
    hours = {"starts__gte": moment - RECENT, "starts__lt": moment + timedelta(days=DAYS)}
    user = Actor.of(who).user
    return Week(
        today=today,
        until=until,
        appointments=_appointments(who, hours),
        workshops=_workshops(who, hours),
        shifts=_shifts(who, hours),
        contacts=_contacts(who, until),
        loans=_loans(who, until),
        proposals=_proposals(who, until),
        reminders=_reminders(who, hours),
        records=list(Record.objects.filter(by=user)[:LAST]) if user else [],
    )


def _reach(who: Any, act: str, prefix: str = "") -> Q | None:
    """Return « she may do this act on it », through a relation; ``None`` when nowhere."""
    if not may_somewhere(who, act):
        return None
    found = within(who, act)
    return Q(**{f"{prefix}__in": _MODELS[prefix].objects.filter(found)}) if prefix else found


def _appointments(who: Any, hours: Hours) -> list[Held]:
    reach = _reach(who, "appointment.run", "permanence")
    if reach is None:
        return []
    taken = Appointment.objects.filter(reach, state=Appointment.State.TAKEN, **hours)
    return [
        _held(one, one.starts, one.starts + timedelta(minutes=one.minutes), one.permanence)
        for one in taken.select_related("permanence")[:MOST]
    ]


def _reminders(who: Any, hours: Hours) -> int:
    reach = _reach(who, "appointment.run", "permanence")
    if reach is None:
        return 0
    codes = Appointment.objects.filter(reach, **hours).values("code")
    return Reminder.objects.filter(about="rendez-vous", target__in=codes).count()


def _workshops(who: Any, hours: Hours) -> list[Held]:
    reach = _reach(who, "workshop.run")
    if reach is None:
        return []
    planned = Workshop.objects.filter(reach, state=Workshop.State.PLANNED, **hours)
    joined = Q(registrations__state="inscrit")
    rows = planned.annotate(joined=Sum("registrations__people", filter=joined))
    return [_held(one, one.starts, one.ends, one) for one in rows[:MOST]]


def _shifts(who: Any, hours: Hours) -> list[Held]:
    reach = _reach(who, "workshop.run", "workshop")
    if reach is None:
        return []
    rows = Shift.objects.filter(reach, workshop__state=Workshop.State.PLANNED, **hours)
    return [
        _held(one, one.starts, one.ends, one.workshop)
        for one in rows.select_related("workshop", "helper")[:MOST]
    ]


def _clocks(who: Any) -> ZoneInfo:
    """Return the clocks of the first territory where somebody works, else of mainland France."""
    keys = [one.key for one in Actor.of(who).grants if one.key != FRANCE]
    return clocks_of(keys[0] if keys else FRANCE)


def _contacts(who: Any, until: date) -> list[Contact]:
    reach = _reach(who, "workshop.run", "workshop")
    if reach is None:
        return []
    rows = Contact.objects.filter(
        reach, state__in=OPEN, due__lte=until, workshop__state=Workshop.State.PLANNED
    )
    return list(rows.select_related("workshop")[:MOST])


def _loans(who: Any, until: date) -> list[Loan]:
    reach = _reach(who, "outreach.run", "equipment")
    if reach is None:
        return []
    rows = Loan.objects.filter(reach, back=None, due__lte=until)
    return list(rows.select_related("equipment").order_by("due", "pk")[:MOST])


def _proposals(who: Any, until: date) -> list[Due]:
    reach = _reach(who, "plea.write")
    if reach is None:
        return []
    sent = Proposal.objects.filter(reach, state=State.SENT.value).select_related("procedure")
    found = []
    for one in sent:
        day = next_date(Followed(State.SENT, one.since, one.sent, one.reminded))
        if day is not None and day <= until:
            found.append(Due(one, day))
    return sorted(found, key=lambda due: due.day)[:MOST]


def _held(what: Any, starts: datetime, ends: datetime, placed: Any) -> Held:
    return Held(what, when(starts, ends, zone_at(placed, placed.commune)))
