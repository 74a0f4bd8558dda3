"""Calendar files (RFC 5545): openings as events, in lines that every calendar reads."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from portrea.territory.timezones import to_instant
from portrea.vocab.hours import MIDNIGHT
from portrea.vocab.languages import without_marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from portrea.offer.calendar import Opening

_FOLD = 75
"""Bytes of a line, its end left out."""


def calendar_file(
    events: Iterable[Sequence[str]], *, product: str, heading: Mapping[str, str] | None = None
) -> bytes:
    """Return a calendar file.

    Parameters
    ----------
    events
        Lines of each event (:func:`event`).
    product
        What wrote the file, the last part of ``PRODID``.
    heading
        Texts of the whole calendar: ``NAME``, ``X-WR-CALNAME``…
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//Portrea//{product}//FR"]
    lines += [f"{name}:{escaped(text)}" for name, text in (heading or {}).items()]
    for one in events:
        lines += one
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def event(
    key: str, opening: Opening, told: Mapping[str, str], *, zone: ZoneInfo, stamp: datetime
) -> list[str]:
    """Return the lines of an opening; without hours it lasts the whole day.

    Parameters
    ----------
    key
        What makes the event the same from one file to the next.
    opening, zone
        Hours are those of the clocks of the place.
    told
        Texts of the event: ``SUMMARY``, ``LOCATION``…; empty ones are left out.
    stamp
        Instant of writing, with its offset.
    """
    uid = hashlib.sha256(key.encode()).hexdigest()[:24]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@portrea",
        f"DTSTAMP:{_utc(stamp)}",
        *_times(opening, zone),
        *(f"{name}:{escaped(text)}" for name, text in told.items() if text),
        *([] if opening.sure else ["STATUS:TENTATIVE"]),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def instants(opening: Opening, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the beginning and the end of an opening, the whole day when its hours are unknown."""
    midnight = datetime.combine(opening.day, time())
    start = opening.start or 0
    end = MIDNIGHT if opening.start is None or opening.end is None else opening.end
    return (
        to_instant(midnight + timedelta(minutes=start), zone),
        to_instant(midnight + timedelta(minutes=end), zone),
    )


def escaped(text: str) -> str:
    """Return a text as a calendar file writes it, signs that are not printed left out."""
    told = without_marks(text).replace("\r\n", "\n")
    spaced = "".join(" " if c.isspace() and c != "\n" else c for c in told)
    kept = "".join(c for c in spaced if c == "\n" or c.isprintable())
    for sign in ("\\", ";", ","):
        kept = kept.replace(sign, f"\\{sign}")
    return kept.replace("\n", "\\n")


def _times(one: Opening, zone: ZoneInfo) -> list[str]:
    if one.start is None:
        after = one.day + timedelta(days=1)
        return [f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"]
    starts, ends = instants(one, zone)
    return [f"DTSTART:{_utc(starts)}", f"DTEND:{_utc(ends)}"]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> bytes:
    """Cut a line at 75 bytes, never inside a letter."""
    parts: list[bytes] = [b""]
    for letter in line:
        coded = letter.encode()
        most = _FOLD if len(parts) == 1 else _FOLD - 1
        if len(parts[-1]) + len(coded) > most:
            parts.append(b"")
        parts[-1] += coded
    return b"\r\n ".join(parts) + b"\r\n"
