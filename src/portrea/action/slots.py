"""The days and the free slots of a permanence: its hours on its own clocks, what closes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from portrea.action.planning import PARIS, free_slots
from portrea.base.errors import ParameterError
from portrea.territory.timezones import to_instant
from portrea.vocab.days_off import public_holidays, school_holidays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
NOON, AROUND = time(12), timedelta(days=2)
"""What is held farther than this from the noon of a day does not touch that day."""
SCHOOL = "vacances scolaires"
CLOSED = "fermeture"


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of a weekday (Monday is 0), every ``every`` weeks from the first one after ``first``.

    ``last`` is included.
    """

    weekday: int
    starts: time
    ends: time
    every: int
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How appointments are taken: from ``notice`` hours to ``ahead`` days before.

    ``closings`` are days, both included, each with why.
    """

    hours: tuple[Hours, ...]
    minutes: int = 30
    agents: int = 1
    notice: int = 0
    ahead: int = 42
    zone: ZoneInfo = PARIS
    departement: str | None = None
    closings: tuple[tuple[date, date, str], ...] = ()
    on_holidays: bool = False
    in_school_holidays: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """A moment held for somebody, in one of the seats (from 0)."""

    starts: datetime
    minutes: int
    seat: int = 0

    @property
    def ends(self) -> datetime:
        """When it is over, in UTC."""
        return self.starts.astimezone(UTC) + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Day:
    """A day when the permanence should be held: its free slots, or why it is closed."""

    day: date
    free: tuple[datetime, ...] = ()
    closed: str = ""


def held_on(hours: Hours, day: date) -> bool:
    """Tell whether these hours are those of a day, closings left aside."""
    if hours.every < 1:
        raise ParameterError("Une permanence revient toutes les semaines, ou plus rarement.")
    if day.weekday() != hours.weekday or day < hours.first or (hours.last and day > hours.last):
        return False
    start = hours.first + timedelta(days=(hours.weekday - hours.first.weekday()) % 7)
    return ((day - start) // WEEK) % hours.every == 0


def why_closed(habits: Habits, day: date) -> str:
    """Return in French why a permanence is not held on a day of its own, nothing when it is."""
    for first, last, why in habits.closings:
        if first <= day <= last:
            return why or CLOSED
    if not habits.on_holidays:
        holiday = public_holidays(habits.departement, day.year).get(day)
        if holiday:
            return holiday
    ranges = school_holidays(habits.departement, day.year) or ()
    if not habits.in_school_holidays and any(first <= day <= last for first, last in ranges):
        return SCHOOL
    return ""


def days(habits: Habits, first: date, last: date) -> Iterator[Day]:
    """Yield the days of a permanence, those when it is closed too, without their slots."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if any(held_on(hours, day) for hours in habits.hours):
            yield Day(day, closed=why_closed(habits, day))


def grid(habits: Habits, day: date) -> list[datetime]:
    """Return when an appointment may begin on a day, were nobody to come; instants in order."""
    if why_closed(habits, day):
        return []
    found = {
        moment.astimezone(UTC)
        for hours in habits.hours
        if held_on(hours, day)
        for moment in free_slots(_opening(habits, hours, day), minutes=habits.minutes)
    }
    return [moment.astimezone(habits.zone) for moment in sorted(found)]


def seat_at(habits: Habits, moment: datetime, kept: Sequence[Kept]) -> int | None:
    """Return the first free seat of a moment, ``None`` when nobody is free the whole time."""
    starts = moment.astimezone(UTC)
    ends = starts + timedelta(minutes=habits.minutes)
    taken = [one for one in kept if one.starts.astimezone(UTC) < ends and starts < one.ends]
    seats = {one.seat for one in taken}
    if len(taken) >= habits.agents:
        return None
    return next((seat for seat in range(habits.agents) if seat not in seats), None)


def free_days(habits: Habits, *, now: datetime, kept: Sequence[Kept]) -> list[Day]:
    """Return the days of a permanence that may be booked now, each with what is free."""
    today = now.astimezone(habits.zone).date()
    soonest = now + timedelta(hours=habits.notice)
    return [
        Day(one.day, tuple(_free(habits, one.day, soonest, kept)), one.closed)
        for one in days(habits, today, today + timedelta(days=habits.ahead))
    ]


def is_free(habits: Habits, moment: datetime, *, now: datetime, kept: Sequence[Kept]) -> bool:
    """Tell whether an appointment may still be taken at a moment."""
    local, today = moment.astimezone(habits.zone), now.astimezone(habits.zone).date()
    soonest = now + timedelta(hours=habits.notice)
    near = today <= local.date() <= today + timedelta(days=habits.ahead)
    return near and moment in _free(habits, local.date(), soonest, kept)


def _free(habits: Habits, day: date, soonest: datetime, kept: Sequence[Kept]) -> list[datetime]:
    noon = datetime.combine(day, NOON, habits.zone)
    near = [one for one in kept if abs(one.starts - noon) < AROUND]
    return [
        moment
        for moment in grid(habits, day)
        if moment.astimezone(UTC) >= soonest.astimezone(UTC)
        and seat_at(habits, moment, near) is not None
    ]


def _opening(habits: Habits, hours: Hours, day: date) -> tuple[datetime, datetime]:
    starts, ends = (
        to_instant(datetime.combine(day, at), habits.zone) for at in (hours.starts, hours.ends)
    )
    return starts, ends
