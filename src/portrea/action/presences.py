"""When somebody is there, outside: the next days of a maraude, and its hours, night included."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.action.slots import held_on
from portrea.territory.timezones import to_instant

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from portrea.action.slots import Hours

DAY = timedelta(days=1)
AHEAD = 400
"""Days looked at: a rhythm that shows nothing for longer is not a presence."""
Pause = tuple["date", "date"]
"""First and last day, both included."""


@cache
def words() -> dict[str, Any]:
    """Return the words of computers and equipment of ``params/aller_vers.yaml``."""
    text = (files("portrea.action") / "params" / "aller_vers.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


def next_days(hours: Hours, on: date, *, count: int, pause: Pause | None = None) -> list[date]:
    """Return the next days of a presence, ``on`` included; the pause does not move its rhythm."""
    found: list[date] = []
    for number in range(AHEAD):
        day = on + number * DAY
        if len(found) == count or (hours.last and day > hours.last):
            break
        stopped = pause is not None and pause[0] <= day <= pause[1]
        if not stopped and held_on(hours, day):
            found.append(day)
    return found


def moments(hours: Hours, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a presence begins and ends, in UTC; an end before the beginning is tomorrow."""
    after = DAY if hours.ends <= hours.starts else timedelta()
    return (
        to_instant(datetime.combine(day, hours.starts), zone),
        to_instant(datetime.combine(day + after, hours.ends), zone),
    )
