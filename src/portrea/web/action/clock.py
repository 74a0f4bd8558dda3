"""Hours as the clocks of a place show them: typed and read there, kept as instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from portrea.base.errors import DataError
from portrea.territory.timezones import to_instant, to_wall
from portrea.web.accounts.clocks import clocks_of

if TYPE_CHECKING:
    from datetime import date, time
    from zoneinfo import ZoneInfo

    from portrea.web.action.models.base import Placed


@dataclass(frozen=True, slots=True)
class When:
    """A day, from when to when, on the clocks of the place."""

    day: date
    starts: time
    ends: time
    zone: ZoneInfo


def zone_at(placed: Placed, commune: str = "") -> ZoneInfo:
    """Return the time zone of something: that of its commune, else of its territory."""
    return clocks_of(("commune", commune) if commune else (placed.level, placed.code))


def instants(day: date, starts: time, ends: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when hours of a day begin and end, in UTC.

    Raises
    ------
    DataError
        The end comes first; an hour that the change of clocks skips is read as the one after.
    """
    first, last = (to_instant(datetime.combine(day, at), zone) for at in (starts, ends))
    if last <= first:
        raise DataError(
            "La fin vient avant le début.",
            remedy="Vérifiez les deux heures, et si l’on change d’heure cette nuit-là.",
        )
    return first, last


def when(starts: datetime, ends: datetime, zone: ZoneInfo) -> When:
    """Return what the clocks of a place show at two instants of the same day."""
    first, last = to_wall(starts, zone), to_wall(ends, zone)
    return When(first.date(), first.time(), last.time(), zone)
