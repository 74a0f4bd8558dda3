"""Maraudes and distributions of a territory as a calendar file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from portrea.action.presences import next_days
from portrea.offer.calendar import Opening
from portrea.offer.icalendar import calendar_file, event
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.scope import find, name_of
from portrea.web.action.clock import zone_at
from portrea.web.action.outreach.selectors import hours_of, pause_of, public_presences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from portrea.web.accounts.scope import Key
    from portrea.web.action.models import Maraude

TIMES = 12
"""Next times of each presence told."""
NIGHT = 24 * 60


def presences_file(key: Key) -> bytes:
    """Return the next times of every public presence of a territory."""
    stamp = timezone.now()
    name = f"Maraudes et distributions – {name_of(key)}"
    rows = (one.maraude for one in public_presences(key))
    events = [lines for one in rows for lines in _events(one, stamp)]
    heading = {"METHOD": "PUBLISH", "NAME": name, "X-WR-CALNAME": name}
    return calendar_file(events, product="presences", heading=heading)


def _events(maraude: Maraude, stamp: datetime) -> Iterator[list[str]]:
    zone = zone_at(maraude, maraude.commune)
    today = today_in(("commune", maraude.commune))
    told = {
        "SUMMARY": f"{maraude.get_kind_display().capitalize()} – {maraude.title}",
        "LOCATION": f"{maraude.point}, {find(('commune', maraude.commune)).name}",
        "DESCRIPTION": maraude.helps,
    }
    days = next_days(hours_of(maraude), today, count=TIMES, pause=pause_of(maraude))
    for day in days:
        key = f"presence/{maraude.pk}/{day.isoformat()}"
        yield event(key, _opening(maraude, day), told, zone=zone, stamp=stamp)


def _opening(maraude: Maraude, day: date) -> Opening:
    starts, ends = (one.hour * 60 + one.minute for one in (maraude.starts, maraude.ends))
    return Opening(day, starts, ends if ends > starts else ends + NIGHT)
