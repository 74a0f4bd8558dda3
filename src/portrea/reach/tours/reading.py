"""Stops read from the rows of a table: French columns, durations, openings, rhythms.

Every fault of every row is told at once, with its line and its column.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import DataError, Diagnostic, ParameterError
from portrea.reach.tours.rhythm import Rhythm, read_rhythm
from portrea.reach.tours.stops import MOST_STOPS, default_tours
from portrea.vocab.french_hours import read_french
from portrea.vocab.hours import MIDNIGHT, NAMES, week_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from typing import Any

    from portrea.vocab.hours import Span, Week

COLUMNS = {
    "name": ("arret", "nom", "lieu", "libelle", "stop", "name"),
    "commune": ("commune", "code_commune", "code_insee", "insee", "ville"),
    "address": ("adresse", "address"),
    "longitude": ("longitude", "lon", "lng", "x"),
    "latitude": ("latitude", "lat", "y"),
    "duration": ("duree", "presence", "duration"),
    "rhythm": ("rythme", "frequence", "periodicite", "rhythm"),
    "hours": ("horaires", "ouverture", "jours", "hours"),
    "persons": ("personnes", "besoin", "persons"),
    "last_visit": ("dernier_passage", "derniere_visite", "last_visit"),
    "closed": ("fermetures", "fermeture", "closed"),
}
"""What is read → names of columns, without accents; the first is the one documented."""
MORNING_END, AFTERNOON_START, EVENING_START = 13 * 60, 12 * 60, 17 * 60
LONGEST_DAY = 12 * 60
_DAY = "|".join(NAMES)
_RANGE = re.compile(r"(\d{1,2})\s*(h|:)\s*(\d{2})?(\s*(?:-|–|à|a)\s*)(\d{1,2})\s*(h|:)\s*(\d{2})?")
_POINT = re.compile(r"(-?\d{1,2}[.,]\d+)(?:\s*[,;/]\s*|\s+)(-?\d{1,3}[.,]\d+)")
_PART = re.compile(
    rf"(?:(?:du|de|le|les|chaque|tous les)\s+)?({_DAY})s?"
    rf"(?:\s*(?:au|a|-|–)\s*({_DAY})s?)?(?:\s+(?:le\s+)?(matin|apres-midi|soir)s?)?"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A stop as a person wrote it: its place is still to be found. ``line`` is that of the file."""

    line: int
    name: str
    commune: str | None
    address: str | None
    position: tuple[float, float] | None
    duration: int
    rhythm: Rhythm
    hours: Week | None
    persons: float | None
    last_visit: date | None
    closed: frozenset[date]


def read_rows(
    rows: Sequence[Mapping[str, str | None]], *, rhythm: str | None = None, first: int = 2
) -> tuple[Row, ...]:
    """Read rows of texts.

    Parameters
    ----------
    rows
        One per stop; columns as in :data:`COLUMNS`, whatever their case and accents.
    rhythm
        Rhythm of the stops that tell none.
    first
        Line of the first row in the user's file.

    Raises
    ------
    DataError
        With every fault, line by line.
    """
    if not rows:
        raise DataError(
            "La liste des arrêts est vide.", remedy="Donnez une ligne par arrêt, sous l’en-tête."
        )
    if len(rows) > MOST_STOPS:
        raise DataError(
            f"La liste contient {len(rows)} arrêts ; une tournée en a {MOST_STOPS} au plus.",
            remedy="Séparez-la en secteurs.",
        )
    names = _columns({name: None for row in rows for name in row})
    faults: list[Diagnostic] = []
    found = [_read(names, row, line, rhythm, faults) for line, row in enumerate(rows, start=first)]
    if faults:
        raise DataError(
            "Des arrêts ne sont pas compris.",
            diagnostics=tuple(faults),
            remedy="Corrigez ces lignes, puis recommencez.",
        )
    return tuple(row for row in found if row is not None)


def column_of(name: str) -> str | None:
    """Return what a column tells, by its name; ``None`` when it is not known."""
    plain = _plain(name).replace(" ", "_")
    return next((what for what, known in COLUMNS.items() if plain in known), None)


def is_header(cells: Sequence[str]) -> bool:
    """Whether cells are names of columns, at least two, all known."""
    return len(cells) > 1 and all(column_of(cell) for cell in cells)


def _columns(row: Mapping[str, str | None]) -> dict[str, str]:
    plain = {_plain(name).replace(" ", "_"): name for name in row}
    found = {
        what: plain[name]
        for what, known in COLUMNS.items()
        for name in reversed(known)
        if name in plain
    }
    if "name" not in found and "commune" not in found:
        raise DataError(
            "La liste des arrêts n’a ni colonne « arret » ni colonne « commune » ; "
            f"colonnes lues : {', '.join(row)}.",
            remedy=f"Colonnes comprises : {', '.join(known[0] for known in COLUMNS.values())}.",
        )
    return found


def _read(
    names: Mapping[str, str],
    row: Mapping[str, str | None],
    line: int,
    rhythm: str | None,
    faults: list[Diagnostic],
) -> Row | None:
    def cell(what: str) -> str | None:
        return (row.get(names.get(what, "")) or "").strip() or None

    def told(what: str, read: Callable[[str], Any]) -> Any:
        text = cell(what)
        if text is None:
            return None
        try:
            return read(text)
        except (ParameterError, ValueError) as error:
            remedy = error.remedy if isinstance(error, ParameterError) else None
            said = error.message if isinstance(error, ParameterError) else _EXPECTED[what]
            faults.append(Diagnostic("not-read", said, line, names[what], text, remedy))
            return None

    name = cell("name") or cell("commune")
    often = told("rhythm", read_rhythm)
    if cell("rhythm") is None:
        often = read_rhythm(rhythm) if rhythm else None
        if often is None:
            faults.append(Diagnostic("no-rhythm", "le rythme des passages manque", line))
    if name is None:
        faults.append(Diagnostic("no-name", "l’arrêt n’a ni nom ni commune", line))
    duration = told("duration", read_duration) or int(default_tours()["stop_minutes"])
    told_x, told_y = told("longitude", read_number), told("latitude", read_number)
    there = position_of(cell("commune") or "")
    position = _position(told_x, told_y, line, faults) or there
    persons = told("persons", read_count)
    opening, last = told("hours", read_opening), told("last_visit", read_date)
    closed = told("closed", read_dates) or frozenset()
    if name is None or often is None:
        return None
    commune = None if there else cell("commune")
    return Row(
        line, name, commune, cell("address"), position, duration, often, opening, persons,
        last, closed,
    )  # fmt: skip


_EXPECTED = {
    "longitude": "ce n’est pas un nombre",
    "latitude": "ce n’est pas un nombre",
    "persons": "ce n’est pas un nombre de personnes",
    "last_visit": "ce n’est pas une date (attendu : 17/11/2026)",
    "closed": "ce ne sont pas des dates (attendu : 24/12/2026, 31/12/2026)",
}


def _position(
    longitude: float | None, latitude: float | None, line: int, faults: list[Diagnostic]
) -> tuple[float, float] | None:
    if longitude is None or latitude is None:
        return None
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        said = "ce ne sont pas une longitude et une latitude en degrés"
        faults.append(
            Diagnostic("not-a-position", said, line, value=f"{longitude:g}, {latitude:g}")
        )
        return None
    return longitude, latitude


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.casefold().replace("\u202f", " ").replace("\xa0", " "))
    return "".join(letter for letter in bare if not unicodedata.combining(letter)).strip()


def position_of(text: str) -> tuple[float, float] | None:
    """Return the longitude and latitude of « 48.117, -1.678 », latitude first as maps copy them."""
    match = _POINT.fullmatch(text.strip())
    if match is None:
        return None
    return read_number(match[2]), read_number(match[1])


def read_number(text: str) -> float:
    """Read a number, decimal comma allowed."""
    return float(text.replace(",", ".").replace("\u202f", "").replace(" ", ""))


def read_count(text: str) -> float:
    """Read a number of persons."""
    number = read_number(text)
    if not 0 <= number < 1e9:
        raise ValueError(text)
    return number


def read_date(text: str) -> date:
    """Read one date, ``17/11/2026`` or ``2026-11-17``."""
    (day,) = read_rhythm(text).dates
    return day


def read_dates(text: str) -> frozenset[date]:
    """Read dates."""
    return frozenset(read_rhythm(text).dates)


def read_duration(text: str) -> int:
    """Read a duration in minutes: « 2 h », « 1h30 », « 90 min », « 90 »."""
    plain = _plain(text)
    found = r"(?:(\d{1,4})\s*h(?:eures?)?)?\s*(?:(\d{1,4})\s*(?:m|mn|min|minutes?)?)?"
    match = re.fullmatch(found, plain)
    minutes = int(match[1] or 0) * 60 + int(match[2] or 0) if match else 0
    if not 0 < minutes <= LONGEST_DAY:
        raise ParameterError(
            f"Durée « {text} » non comprise.",
            remedy="Écrivez par exemple « 2 h », « 1h30 » ou « 90 min », douze heures au plus.",
        )
    return minutes


def read_opening(text: str) -> Week:
    """Read when a place may be used: OSM, French hours, or days (« mardi matin, jeudi »).

    A morning ends at 13:00, an afternoon begins at noon, an evening at 17:00: they bound the
    presence, within the hours of the crew. Hours that pass midnight (« mardi 21h-1h ») belong to
    the day they begin: (1260, 1500).
    """
    plain, nights = _until_midnight(text)
    week = week_of(plain) or _french(plain) or _days(plain)
    if week is None or not any(week):
        raise ParameterError(
            f"Horaires « {text} » non compris.",
            remedy="Écrivez par exemple « mardi 9h-12h », « mardi matin, jeudi », "
            "« lundi au vendredi 9h-17h » ou « mardi 21h-1h ».",
        )
    return tuple(tuple(_past(span, nights) for span in spans) for spans in week)


def _until_midnight(text: str) -> tuple[str, dict[int, int]]:
    """Return a text whose hours stop at midnight, and the true end of those that pass it."""
    nights: dict[int, int] = {}

    def cut(match: re.Match[str]) -> str:
        start, end = (int(match[n]) * 60 + int(match[n + 2] or 0) for n in (1, 5))
        if not 0 < end <= start or start >= MIDNIGHT:
            return match[0]
        nights[start] = MIDNIGHT + end
        midnight = "24:00" if match[2] == ":" else "minuit"
        return match[0][: match.start(5) - match.start()] + midnight

    return _RANGE.sub(cut, text), nights


def _past(span: Span, nights: Mapping[int, int]) -> Span:
    start, end = span
    return (start, nights.get(start, end)) if end == MIDNIGHT else span


def _french(text: str) -> Week | None:
    read = read_french(text)
    return week_of(read.osm) if read.complete and read.every_weeks is None else None


def _days(text: str) -> Week | None:
    plain = re.sub(r"apres[ -]midi", "apres-midi", _plain(text))
    days: list[tuple[Span, ...]] = [()] * 7
    for part in re.split(r"\s*[,;/]\s*|\s+et\s+", plain):
        match = _PART.fullmatch(part.strip())
        if match is None:
            return None
        first = NAMES.index(match[1])
        last = NAMES.index(match[2]) if match[2] else first
        for day in _between(first, last):
            days[day] = _joined((*days[day], _HALVES[match[3]]))
    return tuple(days)


_HALVES: dict[str | None, Span] = {
    None: (0, MIDNIGHT),
    "matin": (0, MORNING_END),
    "apres-midi": (AFTERNOON_START, MIDNIGHT),
    "soir": (EVENING_START, MIDNIGHT),
}


def _between(first: int, last: int) -> Iterable[int]:
    return ((first + gap) % 7 for gap in range((last - first) % 7 + 1))


def _joined(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return the spans of a day, a morning and an afternoon making the whole day."""
    if len(spans) == 1:
        return spans
    return ((min(a for a, _ in spans), max(b for _, b in spans)),)
