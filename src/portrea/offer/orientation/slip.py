"""What a person leaves with: the place, when, what to bring; as text messages and a calendar."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from portrea.offer.bringing import to_bring
from portrea.offer.calendar import openings, say_date
from portrea.offer.freshness import freshness_of_place
from portrea.offer.icalendar import calendar_file, event
from portrea.offer.orientation.asked import NONE
from portrea.offer.orientation.procedures import phones_of, procedure_of
from portrea.offer.orientation.why import timing_of_door
from portrea.vocab.hours import MIDNIGHT, NARROW, describe, say_time, say_weekday
from portrea.vocab.languages import FRENCH, without_marks

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from portrea.offer.bringing import Papers
    from portrea.offer.calendar import Opening
    from portrea.offer.orientation.asked import Asked
    from portrea.offer.orientation.procedures import Deadline, Phone, Procedure
    from portrea.offer.record import Place
    from portrea.vocab.languages import Words

NEXT = 5
"""Coming openings told on a slip."""
AHEAD = timedelta(days=60)
UNKNOWN = "Horaires inconnus"
SEVERAL = " ; "
"""Between two numbers of a place."""


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
    words: Words = FRENCH

    @property
    def hours_known(self) -> bool:
        """Whether anything is told of its hours."""
        return self.hours != (self.words.say(UNKNOWN),)


def slip_of(
    place: Place,
    asked: Asked,
    *,
    on: date,
    service: int = -1,
    presence: int = -1,
    minute: int = 0,
    words: Words = FRENCH,
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
    words
        The language; names and addresses are left as they are.

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
        phone=_phones(own or place.phone),
        hours=tuple(describe(timing.hours, words)) or (text or words.say(UNKNOWN),),
        coming=coming,
        days=tuple(_say(one, on, words) for one in coming),
        freshness=freshness_of_place(place, on=on).say(words),
        procedure=words.say(known.label) if known else "",
        bring=_bring(known, words),
        deadline=_deadline(known, words),
        note=words.say(known.note) if known and known.note else "",
        phones=tuple(replace(one, whose=words.say(one.whose)) for one in phones_of(known)),
        longitude=point[0],
        latitude=point[1],
        words=words,
    )


def _bring(known: Procedure | None, words: Words) -> tuple[Papers, ...]:
    found = to_bring([known.bring] if known and known.bring else [])
    return tuple(
        replace(
            one,
            title=words.say(one.title) if one.title else "",
            pieces=tuple(words.say(piece) for piece in one.pieces),
        )
        for one in found
    )


def _deadline(known: Procedure | None, words: Words) -> Deadline | None:
    if known is None or known.deadline is None:
        return None
    return replace(known.deadline, text=words.say(known.deadline.text))


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


def _phones(told: str | None) -> str:
    """Return every number told, each as people read it."""
    parts = (told or "").replace("|", ";").split(";")
    return SEVERAL.join(say_phone(part.strip()) for part in parts if part.strip())


def say_phone(number: str | None) -> str:
    """Write a French number as people read it: « 02 35 95 07 25 », « 3646 »; others as told."""
    digits = (number or "").replace(" ", "").replace(".", "")
    national = f"0{digits[3:]}" if digits.startswith("+33") and len(digits) == 12 else digits
    if len(national) == 10 and national.isdecimal():
        return " ".join(national[at : at + 2] for at in range(0, 10, 2))
    return number or ""


def _say(one: Opening, on: date, words: Words) -> str:
    day = _long(one.day, on, words)
    doubt = "" if one.sure else words.say(", à vérifier")
    if one.start is None:
        return f"{day}{f', {one.comment}' if one.comment else ''}{doubt}"
    end = MIDNIGHT if one.end is None else one.end
    last = words.say("minuit") if end == MIDNIGHT else say_time(end, words)
    first = say_time(one.start, words)
    return words.say("{day}, de {first} à {last}", day=day, first=first, last=last) + doubt


def _long(day: date, on: date, words: Words) -> str:
    date_told = say_date(day, words, year=day.year != on.year)
    return words.say("{weekday} {date}", weekday=say_weekday(day.weekday(), words), date=date_told)


# -- text messages --------------------------------------------------------------------------------

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Basic alphabet of text messages (3GPP TS 23.038): others cut a message from 160 signs to 70."""
ALONE, JOINED = 160, 153
MOST = 2 * JOINED
WIDE_ALONE, WIDE_JOINED = 70, 67
"""The same when a sign is not in the basic alphabet: Arabic."""
WIDE_MOST = 3 * WIDE_JOINED
_PLAIN = {"’": "'", "‘": "'", "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe",
          "Œ": "OE", "€": "EUR", "ç": "c", NARROW: " ", "\u00a0": " "}  # fmt: skip


def message_of(slip: Slip) -> str:
    """Return the slip as a text of two messages at most, in their basic alphabet; Arabic, three.

    The name, the telephone and the next opening come before the address and what to bring, which
    are left out first when there is no room.
    """
    words = slip.words
    write, most = (without_marks, WIDE_MOST) if words.language == "ar" else (plain, MOST)
    phone = words.say("Tel {phone}", phone=slip.phone) if slip.phone else ""
    pieces = ", ".join(piece for papers in slip.bring for piece in papers.pieces)
    rest = [slip.address[:90], words.say("A apporter: {pieces}", pieces=pieces) if pieces else ""]
    text = write("\n".join(part for part in (slip.name[:60], phone, _when(slip)) if part))
    for part in rest:
        longer = write(f"{text}\n{part}") if part else text
        if len(longer) > most:
            longer = longer[: most - 3].rsplit(",", 1)[0] + "..."
        if len(longer) > len(text) + 20:
            text = longer
    return text


def _when(slip: Slip) -> str:
    words = slip.words
    if slip.days:
        return words.say("Ouvert: {day}", day=without_marks(slip.days[0])[:60])
    told = slip.hours[0]
    if not slip.hours_known:
        return words.say("Horaires inconnus: appelez avant")
    return words.say("Horaires: {hours}", hours=without_marks(told)[:60])


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
    """Return how many messages a text takes: fewer in the basic alphabet."""
    alone, joined = (ALONE, JOINED) if _GSM.issuperset(text) else (WIDE_ALONE, WIDE_JOINED)
    return 1 if len(text) <= alone else -(-len(text) // joined)


# -- calendar -------------------------------------------------------------------------------------

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
    events = [_event(slip, one, zone, stamp) for one in slip.coming]
    return calendar_file(events, product="Orientation")


def _event(slip: Slip, one: Opening, zone: ZoneInfo, stamp: datetime) -> list[str]:
    words = slip.words
    sure = "" if one.sure else words.say(" (à vérifier)")
    phone = words.say("Téléphone : {phone}", phone=slip.phone) if slip.phone else ""
    note = words.say(_NO_VISIT)
    about = "\n".join(filter(None, (phone, slip.procedure, slip.freshness, note)))
    told = {
        "SUMMARY": words.say("Ouvert : {name}", name=slip.name) + sure,
        "LOCATION": slip.address,
        "DESCRIPTION": about,
    }
    return event(f"{slip.id}|{one.day}|{one.start}", one, told, zone=zone, stamp=stamp)
