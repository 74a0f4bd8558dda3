"""What is known of a permanence: its habits, its free days, who comes; found by key or by code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils import timezone

from portrea.action import slots
from portrea.action.slots import Habits, Hours, Kept
from portrea.territory.timezones import to_instant
from portrea.web.accounts.holders import within
from portrea.web.accounts.scope import find, name_of
from portrea.web.action.clock import zone_at
from portrea.web.action.models import Appointment, Permanence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from django.db.models import QuerySet

ACT = "appointment.run"
AGENT_AHEAD = 180
"""Days ahead that an agent may book, whatever residents may."""
SOON = 14
"""Days of the overview of a permanence."""
ACTIVE = ~Q(state=Appointment.State.CANCELLED)
MOST = 300
"""Permanences of one public list."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A day of a permanence as its team sees it."""

    day: date
    closed: str
    taken: int
    free: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A permanence of the public list, and the commune it is in."""

    permanence: Permanence
    commune: str


def permanence_of(key: str) -> Permanence | None:
    """Return a permanence by its key, its hours and closings read."""
    rows = Permanence.objects.prefetch_related("openings", "closings")
    return rows.filter(key=key).first()


def habits_of(permanence: Permanence, *, agent: bool = False) -> Habits:
    """Return how appointments are taken there; an agent may take them later, and farther ahead."""
    departement = find((permanence.level, permanence.code)).departement
    return Habits(
        hours=tuple(
            Hours(one.weekday, one.starts, one.ends, one.every, one.first, one.last)
            for one in permanence.openings.all()
        ),
        minutes=permanence.minutes,
        agents=permanence.agents,
        notice=0 if agent else permanence.notice,
        ahead=max(permanence.ahead, AGENT_AHEAD) if agent else permanence.ahead,
        zone=zone_at(permanence, permanence.commune),
        departement=departement,
        closings=tuple((one.first, one.last, one.why) for one in permanence.closings.all()),
        on_holidays=permanence.on_holidays,
        in_school_holidays=permanence.in_school_holidays,
    )


def kept_of(permanence: Permanence, *, since: datetime, besides: int | None = None) -> list[Kept]:
    """Return the moments held from a moment on, one appointment set aside if it is to be moved."""
    day = timedelta(days=1)
    rows = permanence.appointments.filter(ACTIVE, starts__gte=since - day).exclude(pk=besides)
    return [Kept(*row) for row in rows.values_list("starts", "minutes", "seat")]


def free_days(
    permanence: Permanence, *, agent: bool = False, besides: int | None = None
) -> list[slots.Day]:
    """Return the days that may be booked now, closed ones too, each with what is free."""
    now = timezone.now()
    kept = kept_of(permanence, since=now, besides=besides)
    return slots.free_days(habits_of(permanence, agent=agent), now=now, kept=kept)


def is_free(permanence: Permanence, moment: datetime) -> bool:
    """Tell whether residents may still take a moment."""
    now = timezone.now()
    kept = kept_of(permanence, since=now)
    return slots.is_free(habits_of(permanence), moment, now=now, kept=kept)


def nearest(days: Sequence[slots.Day], count: int = 6) -> list[datetime]:
    """Return the first free moments."""
    return [moment for day in days for moment in day.free][:count]


def appointment_of(code: str) -> Appointment | None:
    """Return an appointment by its code, as somebody types it."""
    typed = "".join(sign for sign in code.lower() if sign.isalnum())
    rows = Appointment.objects.select_related("permanence")
    return rows.filter(code=typed).first() if typed else None


def appointment_in(permanence: Permanence, number: int) -> Appointment | None:
    """Return an appointment of a permanence by its number."""
    return permanence.appointments.filter(pk=number).first()


# -- for the team ---------------------------------------------------------------------------------


def permanences_of(who: Any) -> QuerySet[Permanence]:
    """Return the permanences that somebody runs, with how many are to come."""
    coming = Q(appointments__starts__gte=timezone.now(), appointments__state="pris")
    rows = Permanence.objects.filter(within(who, ACT))
    return rows.annotate(coming=Count("appointments", filter=coming)).order_by(
        "closed", "title", "pk"
    )


def appointments_on(permanence: Permanence, day: date) -> list[Appointment]:
    """Return the appointments of a day on the clocks of the permanence, cancelled ones too."""
    starts, ends = _bounds(permanence, day)
    rows = permanence.appointments.filter(starts__gte=starts, starts__lt=ends)
    return list(rows.order_by("starts", "seat", "pk"))


def overview(permanence: Permanence, first: date) -> list[Overview]:
    """Return the days of a permanence in the two weeks from a day."""
    last = first + timedelta(days=SOON)
    habits = habits_of(permanence, agent=True)
    kept = kept_of(permanence, since=_bounds(permanence, first)[0])
    taken: dict[date, int] = {}
    for one in kept:
        day = one.starts.astimezone(habits.zone).date()
        taken[day] = taken.get(day, 0) + 1
    open_days = {one.day: one for one in slots.days(habits, first, last)}
    days = sorted(open_days.keys() | {day for day in taken if first <= day <= last})
    now = timezone.now()
    ahead = max((last - now.astimezone(habits.zone).date()).days, 0)
    shown = slots.free_days(replace(habits, ahead=ahead), now=now, kept=kept)
    free = {one.day: len(one.free) for one in shown}
    return [
        Overview(
            day,
            open_days[day].closed if day in open_days else slots.CLOSED,
            taken.get(day, 0),
            free.get(day, 0),
        )
        for day in days
    ]


def stranded(permanence: Permanence) -> list[Appointment]:
    """Return the appointments to come at a moment when the permanence is no longer held."""
    habits = replace(habits_of(permanence), minutes=1)
    rows = permanence.appointments.filter(starts__gte=timezone.now(), state="pris")
    held: dict[date, set[datetime]] = {}
    found = []
    for one in rows:
        day = one.starts.astimezone(habits.zone).date()
        if day not in held:
            held[day] = set(slots.grid(habits, day))
        if one.starts not in held[day]:
            found.append(one)
    return found


# -- for anybody ----------------------------------------------------------------------------------


def open_permanences(words: str = "") -> list[Listed]:
    """Return the permanences that anybody may book, by commune; those whose words are asked."""
    rows = Permanence.objects.filter(public=True, closed=None).order_by("title", "pk")
    listed = [Listed(one, _town(one)) for one in rows[:MOST]]
    wanted = words.casefold().split()
    found = [one for one in listed if _says(wanted, (one.permanence.title, one.commune))]
    return sorted(found, key=lambda one: one.commune)


def _says(wanted: Iterable[str], told: Iterable[str]) -> bool:
    text = " ".join(told).casefold()
    return all(word in text for word in wanted)


def _town(permanence: Permanence) -> str:
    where = f"commune:{permanence.commune}" if permanence.commune else permanence.territory
    return name_of(where)


def _bounds(permanence: Permanence, day: date) -> tuple[datetime, datetime]:
    zone = zone_at(permanence, permanence.commune)
    first, last = (datetime.combine(one, datetime.min.time()) for one in _pair(day))
    return to_instant(first, zone), to_instant(last, zone)


def _pair(day: date) -> tuple[date, date]:
    return day, day + timedelta(days=1)
