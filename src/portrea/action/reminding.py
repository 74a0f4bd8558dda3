"""When somebody may be reminded, and at which number: never at night, never abroad."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

OPENS, CLOSES = time(8), time(20)
"""Hours, on the clocks of the person, between which a message may leave."""
SAME_DAY, TOO_LATE = timedelta(hours=3), timedelta(hours=1)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 120, 360))
"""How long to wait after each failure; after the last one the message is given up."""
TRIES = len(WAITS) + 1

_OVERSEAS = {
    "0639": "262", "0690": "590", "0691": "590", "0692": "262", "0693": "262", "0694": "594",
    "0696": "596", "0697": "596",
}  # fmt: skip
"""Mobile numbers written with ten digits that are not those of mainland France."""
_FIXED = {"0262": "262", "0269": "262", "0590": "590", "0594": "594", "0596": "596"}
_COUNTRIES = ("33", "262", "590", "594", "596", "508", "681", "687", "689")
_LANDLINES = re.compile(r"\+33[1-58-9]|\+262262|\+262269|\+590590|\+594594|\+596596")
_SOUND = re.compile(r"\+(?:33|262|590|594|596)\d{9}|\+(?:508|681|687)\d{6}|\+689\d{8}")


def mobile(text: str) -> str:
    """Return a French mobile number, overseas included, in international form (E.164).

    Raises
    ------
    DataError
        The number is cut, foreign, or receives no text message.
    """
    number = _international(re.sub(r"[^0-9+]", "", text.replace("(0)", "")))
    if number.startswith("+") and not number[1:].startswith(_COUNTRIES):
        raise DataError(
            "Ce n’est pas un numéro français.",
            remedy="Donnez un numéro de France ou d’outre-mer, ou une adresse de courriel.",
        )
    if not _SOUND.fullmatch(number):
        raise DataError(
            "Ce numéro n’est pas complet : il en faut dix chiffres.",
            remedy="Exemple : 06 12 34 56 78.",
        )
    if _LANDLINES.match(number):
        raise DataError(
            "Ce numéro ne reçoit pas de SMS.",
            remedy="Donnez un numéro de portable (06, 07), ou une adresse de courriel.",
        )
    return number


def waking(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment, at or after another, when a message may leave."""
    local = moment.astimezone(zone)
    if local.time() < OPENS:
        return datetime.combine(local.date(), OPENS, zone)
    if local.time() >= CLOSES:
        return datetime.combine(local.date() + timedelta(days=1), OPENS, zone)
    return local


def before(starts: datetime, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when to remind an appointment, ``None`` when it is too near.

    The day before at the same hour, else three hours before; never less than one hour before.
    """
    local = starts.astimezone(zone)
    eve = datetime.combine(local.date() - timedelta(days=1), local.time(), zone)
    for wanted in (eve, local - SAME_DAY):
        told = waking(wanted, zone)
        if told > now and starts - told >= TOO_LATE:
            return told
    return None


def next_try(tries: int) -> timedelta | None:
    """Return how long to wait after ``tries`` failures, ``None`` to give up."""
    return WAITS[tries - 1] if 1 <= tries <= len(WAITS) else None


def _international(digits: str) -> str:
    """Write a number with its country, as far as it can be told."""
    told = f"+{digits[2:]}" if digits.startswith("00") else digits
    if told.startswith("+33"):
        told = f"0{told[3:].removeprefix('0')}"
    if re.fullmatch(r"0\d{9}", told):
        country = _OVERSEAS.get(told[:4]) or _FIXED.get(told[:4]) or "33"
        return f"+{country}{told[1:]}"
    return told
