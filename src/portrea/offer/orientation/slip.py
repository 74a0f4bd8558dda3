"""What a person leaves with: the place, when, what to bring; as text messages and a calendar."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from portrea.offer.bringing import to_bring
from portrea.offer.calendar import openings, say_date
from portrea.offer.freshness import freshness_of_place
from portrea.offer.orientation.asked import NONE
from portrea.offer.orientation.procedures import phones_of, procedure_of
from portrea.offer.orientation.why import timing_of_door
from portrea.territory.timezones import to_instant
from portrea.vocab.hours import MIDNIGHT, NAMES, NARROW, describe, say_time

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from portrea.offer.bringing import Papers
    from portrea.offer.calendar import Opening
    from portrea.offer.orientation.asked import Asked
    from portrea.offer.orientation.procedures import Deadline, Phone
    from portrea.offer.record import Place

NEXT = 5
"""Coming openings told on a slip."""
AHEAD = timedelta(days=60)
UNKNOWN = "Horaires inconnus"


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed or sent of one place; nothing about the person.

    ``bring`` is a generic list, not checked place by place; ``deadline`` carries its source;
    ``phones`` are national numbers, with whether a file gives them.
    """

    id: str
    name: str
    address: str
    phone: str
    hours: tuple[str, ...]
    coming: tuple[Opening, ...]
    days: tuple[str, ...]
    freshness: str
    procedure: str
    bring: tuple[Papers, ...]
    deadline: Deadline | None
    note: str
    phones: tuple[Phone, ...]
    longitude: float | None
    latitude: float | None


def slip_of(
    place: Place,
    asked: Asked,
    *,
    on: date,
    service: int = -1,
    presence: int = -1,
    minute: int = 0,
) -> Slip:
    """Return the slip of a place by one of its doors.

    Parameters
    ----------
    place, asked
        The place, and the situation it answers.
    on
        Day from which the next openings are told.
    service, presence
        The door (:class:`portrea.offer.orientation.ranking.Ranked`).
    minute
        Minute of that day; what has ended by then is not told.

    Notes
    -----
    Days are told by their date, never « today »: a slip is read again on another day.
    """
    known = None if asked.procedure in (None, NONE) else procedure_of(str(asked.procedure))
    timing = timing_of_door(place, service, presence)
    coming = _not_over(openings(timing, start=on, end=on + AHEAD) or (), on, minute)
    text = place.hours_text or "" if presence < 0 else ""
    held = place.services[service].presences[presence] if presence >= 0 else None
    point = (place.longitude, place.latitude)
    if held is not None and held.longitude is not None and held.latitude is not None:
        point = (held.longitude, held.latitude)
    own = place.services[service].phone if service >= 0 else None
    return Slip(
        id=place.id,
        name=place.name,
        address=_address(place, held.address if held else None),
        phone=say_phone(own or place.phone),
        hours=tuple(describe(timing.hours)) or ((text,) if text else (UNKNOWN,)),
        coming=coming,
        days=tuple(_say(one, on) for one in coming),
        freshness=freshness_of_place(place, on=on).sentence,
        procedure=known.label if known else "",
        bring=to_bring([known.bring] if known and known.bring else []),
        deadline=known.deadline if known else None,
        note=known.note or "" if known else "",
        phones=phones_of(known),
        longitude=point[0],
        latitude=point[1],
    )


def _not_over(found: tuple[Opening, ...], on: date, minute: int) -> tuple[Opening, ...]:
    """Return the first openings that have not ended by a minute of the day."""
    later = (
        one for one in found if one.day > on or one.start is None or (one.end or MIDNIGHT) > minute
    )
    return tuple(islice(later, NEXT))


def _address(place: Place, held: str | None) -> str:
    if held:
        return held
    street = ", ".join(filter(None, (place.address, place.address_more)))
    town = " ".join(filter(None, (place.postcode, place.city)))
    if town and street.casefold().endswith(town.casefold()):
        return street.replace("\n", ", ")
    return ", ".join(filter(None, (street, town))).replace("\n", ", ")


def say_phone(number: str | None) -> str:
    """Write a French number as people read it: « 02 35 95 07 25 », « 3646 »; others as told."""
    digits = (number or "").replace(" ", "").replace(".", "")
    national = f"0{digits[3:]}" if digits.startswith("+33") and len(digits) == 12 else digits
    if len(national) == 10 and national.isdecimal():
        return " ".join(national[at : at + 2] for at in range(0, 10, 2))
    return number or ""


def _say(one: Opening, on: date) -> str:
    day = _long(one.day, on)
    doubt = "" if one.sure else ", à vérifier"
    if one.start is None:
        return f"{day}{f', {one.comment}' if one.comment else ''}{doubt}"
    end = MIDNIGHT if one.end is None else one.end
    last = "minuit" if end == MIDNIGHT else say_time(end)
    return f"{day}, de {say_time(one.start)} à {last}{doubt}"


def _long(day: date, on: date) -> str:
    year = f" {day.year}" if day.year != on.year else ""
    return f"{NAMES[day.weekday()]} {say_date(day)}{year}"


# -- text messages --------------------------------------------------------------------------------

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Basic alphabet of text messages (3GPP TS 23.038): others cut a message from 160 signs to 70."""
ALONE, JOINED = 160, 153
MOST = 2 * JOINED
_PLAIN = {"’": "'", "‘": "'", "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe",
          "Œ": "OE", "€": "EUR", "ç": "c", NARROW: " ", "\u00a0": " "}  # fmt: skip


def message_of(slip: Slip) -> str:
    """Return the slip as a text of two messages at most, in their basic alphabet.

    The name, the telephone and the next opening come before the address and what to bring, which
    are left out first when there is no room.
    """
    first = [slip.name[:60], f"Tel {slip.phone}" if slip.phone else "", _when(slip)]
    pieces = [piece for papers in slip.bring for piece in papers.pieces]
    rest = [slip.address[:90], f"A apporter: {', '.join(pieces)}" if pieces else ""]
    text = plain("\n".join(part for part in first if part))
    for part in rest:
        longer = plain(f"{text}\n{part}") if part else text
        if len(longer) > MOST:
            longer = longer[: MOST - 3].rsplit(",", 1)[0] + "..."
        if len(longer) > len(text) + 20:
            text = longer
    return text


def _when(slip: Slip) -> str:
    if slip.days:
        return f"Ouvert: {slip.days[0][:60]}"
    told = slip.hours[0]
    return f"{UNKNOWN}: appelez avant" if told == UNKNOWN else f"Horaires: {told[:60]}"


def plain(text: str) -> str:
    """Return a text in the basic alphabet of text messages."""
    swapped = "".join(_PLAIN.get(letter, letter) for letter in text)
    return "".join(_basic(letter) for letter in swapped)


def _basic(letter: str) -> str:
    if letter in _GSM:
        return letter
    bare = unicodedata.normalize("NFKD", letter)[:1]
    return bare if bare in _GSM else ""


def messages(text: str) -> int:
    """Return how many messages a text of the basic alphabet takes."""
    return 1 if len(text) <= ALONE else -(-len(text) // JOINED)


# -- calendar -------------------------------------------------------------------------------------

_FOLD = 75
_NO_VISIT = "Ce sont les heures d’ouverture, aucun rendez-vous n’est pris."


def calendar_of(slip: Slip, *, zone: ZoneInfo, stamp: datetime) -> bytes:
    """Return the coming openings as a calendar file (RFC 5545).

    Parameters
    ----------
    slip
        What is told of the place; openings without hours last the whole day.
    zone
        Time zone of the place: hours are those of its clocks.
    stamp
        Instant of writing, with its offset.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Portrea//Orientation//FR"]
    for one in slip.coming:
        lines += _event(slip, one, zone, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(slip: Slip, one: Opening, zone: ZoneInfo, stamp: datetime) -> list[str]:
    key = hashlib.sha256(f"{slip.id}|{one.day}|{one.start}".encode()).hexdigest()[:24]
    sure = "" if one.sure else " (à vérifier)"
    phone = f"Téléphone : {slip.phone}" if slip.phone else ""
    about = "\n".join(filter(None, (phone, slip.procedure, slip.freshness, _NO_VISIT)))
    told = {
        "SUMMARY": f"Ouvert : {slip.name}{sure}",
        "LOCATION": slip.address,
        "DESCRIPTION": about,
    }
    return [
        "BEGIN:VEVENT",
        f"UID:{key}@portrea",
        f"DTSTAMP:{_utc(stamp)}",
        *_times(one, zone),
        *(f"{name}:{_escaped(text)}" for name, text in told.items() if text),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _times(one: Opening, zone: ZoneInfo) -> list[str]:
    if one.start is None:
        after = one.day + timedelta(days=1)
        return [f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"]
    midnight = datetime.combine(one.day, time())
    starts = to_instant(midnight + timedelta(minutes=one.start), zone)
    ends = to_instant(midnight + timedelta(minutes=one.end or MIDNIGHT), zone)
    return [f"DTSTART:{_utc(starts)}", f"DTEND:{_utc(ends)}"]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    kept = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c.isprintable())
    for sign in ("\\", ";", ","):
        kept = kept.replace(sign, f"\\{sign}")
    return kept.replace("\n", "\\n")


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
