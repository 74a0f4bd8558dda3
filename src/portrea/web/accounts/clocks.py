"""The clocks of a territory: « today » is the day people live there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from portrea.base.errors import TerritoryError
from portrea.territory.timezones import zone_of
from portrea.web.accounts.scope import COMMUNAL, find, key_of

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo


def clocks_of(territory: Any) -> ZoneInfo:
    """Return the time zone of a territory, that of the site when it has several or none."""
    level, code = key_of(territory)
    try:
        where = code if level in COMMUNAL else find((level, code)).departement
        return zone_of(where) if where else timezone.get_default_timezone()
    except TerritoryError:
        return timezone.get_default_timezone()


def today_in(territory: Any) -> date:
    """Return the day it is on the clocks of a territory."""
    return timezone.localdate(timezone=clocks_of(territory))
