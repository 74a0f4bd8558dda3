"""Words of dates, and texts short enough for any phone: neutral, without a name or a right."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from babel.dates import format_date

if TYPE_CHECKING:
    from datetime import date, time

HARD, NARROW = "\u00a0", "\u202f"
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
DOUBLE = set("^{}\\[~]|€\f")
"""Signs of the GSM 7-bit alphabet (3GPP TS 23.038), and those of its extension, that count two."""
SINGLE_TEXT, PART = 160, 153
_OTHERWISE = {"œ": "oe", "Œ": "OE", "’": "'", "‘": "'", "«": '"', "»": '"', "…": "...",
              "–": "-", "—": "-", HARD: " ", NARROW: " "}  # fmt: skip


def say_day(day: date, *, year: bool = False) -> str:
    """Return « 1er mars », « 4 mars 2027 »."""
    told = str(format_date(day, "d MMMM y" if year else "d MMMM", locale="fr"))
    return f"1er{told[1:]}" if day.day == 1 else told


def say_period(first: date, last: date) -> str:
    """Return « Du 2 mars au 4 mai 2026 », « Du 28 décembre 2026 au 5 janvier 2027 »."""
    if first == last:
        return f"Le {say_day(first, year=True)}"
    return f"Du {say_day(first, year=first.year != last.year)} au {say_day(last, year=True)}"


def appointment_text(*, service: str, day: date, at: time, link: str) -> str:
    """Return the reminder of an appointment: the place, the time, how to cancel."""
    minutes = f" {at.minute:02d}" if at.minute else ""
    told = f"Rappel : rendez-vous le {say_day(day)} à {at.hour} h{minutes}, {service}."
    return for_phones(f"{told} Annuler : {link}")


def deadline_text(*, day: date, link: str) -> str:
    """Return the reminder of a step that somebody asked to be told: nothing of the right itself."""
    return for_phones(
        f"Rappel demandé par vous : une démarche à faire avant le {say_day(day)}."
        f" Ne plus recevoir : {link}"
    )


def for_phones(text: str) -> str:
    """Return a text in the signs that every phone has, accents dropped where it must be."""
    return "".join(map(_sign, text))


def segments(text: str) -> int:
    """Return how many messages a text makes; one sign out of the alphabet would cut it shorter."""
    length = sum(2 if sign in DOUBLE else 1 for sign in text)
    return 1 if length <= SINGLE_TEXT else -(-length // PART)


def _sign(sign: str) -> str:
    if sign in GSM or sign in DOUBLE:
        return sign
    if sign in _OTHERWISE:
        return _OTHERWISE[sign]
    bare = "".join(one for one in unicodedata.normalize("NFD", sign) if one in GSM)
    return bare or "?"
