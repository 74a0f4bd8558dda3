"""The time zone of each territory: instants are kept in UTC, schedules in local wall time.

A permanence open « le mardi à 9 h » opens at nine by the clock on its own wall, in Cayenne as in
Montfort, in summer as in winter. Only the date it is computed for gives it an instant.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from portrea.base.errors import TerritoryError


@lru_cache(maxsize=65536)
def zone_of(commune: str) -> ZoneInfo:
    """Return the time zone of a commune (or of any code that starts with a commune's: an IRIS).

    Parameters
    ----------
    commune
        Official code of a commune, or of a département or an IRIS.

    Returns
    -------
    ZoneInfo
        Zone of the IANA database.

    Raises
    ------
    TerritoryError
        For the territories without inhabitants that stretch over several zones (984, 989).
    """
    table = _table()
    if commune[:3] in table["unknown"]:
        raise TerritoryError(
            f"Le territoire {commune} n’a pas d’heure légale unique.",
            remedy="Écrivez les horaires avec leur décalage, par exemple 09:00+05:00.",
        )
    prefixes = table["prefixes"]
    found = next((commune[:n] for n in (5, 3) if commune[:n] in prefixes), None)
    return ZoneInfo(prefixes[found] if found else table["default"])


def to_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which the clocks of ``zone`` show ``wall``.

    Parameters
    ----------
    wall
        Local date and time, without offset.
    zone
        Zone of the territory.

    Returns
    -------
    datetime
        Instant in UTC.

    Raises
    ------
    ValueError
        When ``wall`` already carries an offset.

    Notes
    -----
    When clocks go back, a wall time happens twice: the first one is meant. When they go forward, a
    wall time is skipped: the offset before the jump is used, so the clock shows the time after it.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"A wall time has no offset, received {wall.isoformat()}.")
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def to_wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clocks of ``zone`` show at ``instant``, without offset."""
    if instant.tzinfo is None:
        raise ValueError(f"An instant carries its offset, received {instant.isoformat()}.")
    return instant.astimezone(zone).replace(tzinfo=None)


@cache
def _table() -> dict[str, Any]:
    text = files("portrea.territory").joinpath("data/timezones.yaml").read_text("utf-8")
    table: dict[str, Any] = yaml.safe_load(text)
    return table
