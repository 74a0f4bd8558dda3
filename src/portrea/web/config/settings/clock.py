"""The clock of the site: the hours that it shows, and the day that it is."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from portrea.base.errors import ParameterError


def clock(name: str) -> str:
    """Return the name of a time zone of the IANA database, once it is known to be one."""
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError, ValueError) as error:  # unknown, a folder of zones, an odd name
        raise ParameterError(
            f"PORTREA_TIME_ZONE n’est pas un fuseau horaire connu : « {name} » reçu.",
            remedy="Écrivez son nom : Europe/Paris, Indian/Reunion, America/Martinique…",
        ) from error
