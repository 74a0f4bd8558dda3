"""The dates of a démarche as a calendar file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.offer.calendar import Opening
from portrea.offer.icalendar import calendar_file, event
from portrea.web.accounts.clocks import clocks_of

if TYPE_CHECKING:
    from datetime import datetime

    from portrea.web.surveys.models import Day


def calendar_of(day: Day, *, stamp: datetime) -> bytes:
    """Return what is not done, and the day itself with its hours."""
    zone = clocks_of((day.level, day.code))
    tasks = [
        event(
            f"{day.key}/{task.pk}",
            Opening(task.due),
            {
                "SUMMARY": task.title,
                "DESCRIPTION": " · ".join(filter(None, (day.title, task.owner, task.note))),
            },
            zone=zone,
            stamp=stamp,
        )
        for task in day.tasks.filter(done=None, due__isnull=False)
    ]
    told = {"SUMMARY": day.title, "LOCATION": day.place}
    whole = [event(day.key, _opening(day), told, zone=zone, stamp=stamp)] if day.date else []
    heading = {"NAME": day.title, "X-WR-CALNAME": day.title}
    return calendar_file([*whole, *tasks], product="demarche", heading=heading)


def _opening(day: Day) -> Opening:
    """Return the day with the hours of its agenda; the whole day when it has none."""
    length = sum(int(part["minutes"]) for part in day.agenda)
    if day.starts is None or not length:
        return Opening(day.date)
    first = day.starts.hour * 60 + day.starts.minute
    return Opening(day.date, first, first + length)
