"""French opening hours → OSM, by a small grammar: all understood, or a proposal to be completed.

« lundi au vendredi 9h-12h et 14h-17h30, sauf le mercredi après-midi » is written in OSM; of
« mercredi 14h à 18h pour les jeunes », the hours are proposed with the words left, never in
silence. Weeks « paires » or « impaires » are told apart from OSM: their numbers break the rhythm in
years of 53 weeks (:mod:`portrea.offer.calendar` counts from a first week instead).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from portrea.vocab import french_hours_tokens as lexicon
from portrea.vocab.french_hours_reading import Reading
from portrea.vocab.french_hours_week import APPOINTMENT, Timetable, Told, say, write_osm
from portrea.vocab.hours import CLOSED, DAYS, is_valid, merged

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a text tells.

    ``osm`` is what was understood; ``complete`` whether nothing was left. ``unread`` are the words
    not understood, as written; ``remarks`` French sentences on what is missing or doubtful.
    ``every_weeks`` is 2 for one week out of two, ``weeks`` ``even`` or ``odd`` when told so.
    ``confidence`` is a rank in [0, 1], not a measured probability.
    """

    osm: str | None = None
    complete: bool = False
    unread: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    every_weeks: int | None = None
    weeks: str | None = None
    by_appointment: bool | None = None
    confidence: float = 0.0
    said: tuple[str, ...] = ()

    @property
    def paraphrase(self) -> str:
        """Return the French sentence a person confirms."""
        parts = [f"Nous avons compris : {' ; '.join(self.said)}."] if self.said else []
        lost = [f"« {words} »" for words in self.unread] + list(self.remarks)
        if lost:
            parts.append(f"Nous n’avons pas compris : {', '.join(lost)}.")
        return " ".join(parts)


TWICE = "un même jour a deux horaires différents"
WHICH = "les autres jours de cette période ne sont pas dits"


def from_french(text: str | None) -> str | None:
    """Return OSM hours from French, only when every word is understood and OSM can tell it all."""
    found = read_french(text or "")
    return found.osm if found.complete and found.every_weeks is None else None


def from_days(days: Mapping[str, str | None]) -> str | None:
    """Return OSM hours from one text per day (``{"Mo": "09:00 - 12:00 / 13:30 - 17:00"}``).

    ``None`` when a single day is not surely understood: half a week would mislead.
    """
    found = read_days(days)
    return found.osm if found.complete and found.every_weeks is None else None


@lru_cache(maxsize=65536)
def read_french(text: str) -> Proposal:
    """Return what a French text tells of opening hours."""
    if not text.strip():
        return Proposal()
    reading = Reading(lexicon.clean(text))
    reading.read()
    return _proposal([reading])


def read_days(days: Mapping[str, str | None]) -> Proposal:
    """Return what one text per day tells; a day may name itself, not another one."""
    readings = []
    for rank, day in enumerate(DAYS):
        text = days.get(day) or ""
        if CLOSED.match(text):
            continue
        reading = Reading(lexicon.clean(text), day=rank)
        reading.read()
        readings.append(reading)
    return _proposal(readings) if readings else Proposal()


# -- together -------------------------------------------------------------------------------------


def _proposal(readings: list[Reading]) -> Proposal:
    tables: dict[str, Timetable] = {}
    remarks = list(dict.fromkeys(remark for one in readings for remark in one.remarks))
    unread = [_slice(one, span) for one in readings for span in _spread(one)]
    for reading in readings:
        unread += _fill(reading, tables, remarks)
    closed = set().union(*(one.closed for one in readings))
    remarks += _doubts(tables)
    rhythms = {one.weeks for one in readings if one.rules or one.weeks}
    if len(rhythms) > 1:
        remarks.append("toutes les semaines ne se ressemblent pas")
    weeks = next(iter(rhythms), None) if len(rhythms) == 1 else None
    osm = write_osm(tables, closed)
    if osm is not None and not is_valid(osm):
        osm, remarks = None, [*remarks, "ces horaires ne peuvent pas être écrits"]
    alone = _appointment_only(readings, tables)
    shut = osm is None and any(one.shut for one in readings) and not unread
    nothing = osm is None and not alone and not shut and not closed
    if nothing and not unread and not remarks:
        remarks.append("les heures ne sont pas dites")
    whole = not unread and not remarks and not (closed and osm is None)
    said = _said(readings, tables, closed, weeks)
    said += ([APPOINTMENT] if alone else []) + (["fermé"] if shut else [])
    return Proposal(
        osm=osm,
        complete=whole,
        unread=tuple(dict.fromkeys(unread)),
        remarks=tuple(dict.fromkeys(remarks)),
        every_weeks=2 if weeks and osm else None,
        weeks=weeks if weeks in ("odd", "even") and osm else None,
        by_appointment=True if alone or _all_by_appointment(tables) else None,
        confidence=_confidence(readings, whole, osm, unread),
        said=tuple(said),
    )


def _spread(reading: Reading) -> list[tuple[int, int]]:
    """Return the lost parts of a text in order, those that touch joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(reading.unread):
        between = reading.text[joined[-1][1] : start] if joined else "|"
        if joined and (start <= joined[-1][1] or _is_nothing(between)):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _is_nothing(between: str) -> bool:
    kinds = {token.kind for token in lexicon.tokens_of(between)}
    return kinds <= {"empty", "from", "to"} and "\n" not in between


def _slice(reading: Reading, span: tuple[int, int]) -> str:
    return " ".join(reading.text[span[0] : span[1]].split()).strip(" .,;:-")


def _fill(reading: Reading, tables: dict[str, Timetable], remarks: list[str]) -> list[str]:
    """Put the rules of a text in the timetables; return the words that could not be."""
    rules = reading.rules
    lost = []
    if reading.appointment and len(rules) > 1:
        lost.append(APPOINTMENT)
    for scope, rule in rules:
        if rule.closed:
            continue
        appointment = rule.appointment or (reading.appointment and len(rules) == 1)
        comment = APPOINTMENT if appointment else None
        if comment and rule.half and not rule.spans:
            comment = f"{rule.half}, {comment}"
        spans = sorted(rule.spans)
        if any(first[1] > second[0] for first, second in pairwise(spans)):
            remarks.append(TWICE)
        told = Told(merged(spans), comment, unsure=not rule.spans)
        table = tables.setdefault(scope, Timetable())
        agreed = [table.add(day, rank, told) for day, rank in rule.days]
        if not all(agreed):
            remarks.append(TWICE)
    if reading.day is not None and reading.appointment and not rules:
        told = Told((), APPOINTMENT, unsure=True)
        tables.setdefault("", Timetable()).add(reading.day, None, told)
    return lost


def _doubts(tables: dict[str, Timetable]) -> list[str]:
    """Return what is not told of the days a season does not name."""
    usual = tables.get("")
    if usual and tables.get("school"):
        return [WHICH]
    seasons = [table for scope, table in tables.items() if scope not in ("", "school")]
    if usual and any(not set(usual.days) <= set(table.days) or usual.ranks for table in seasons):
        return [WHICH]
    return []


def _appointment_only(readings: list[Reading], tables: dict[str, Timetable]) -> bool:
    return not any(tables.values()) and any(one.appointment for one in readings)


def _all_by_appointment(tables: dict[str, Timetable]) -> bool:
    told = [one for t in tables.values() for one in (*t.days.values(), *t.ranks.values())]
    return bool(told) and all(one.comment and APPOINTMENT in one.comment for one in told)


def _said(
    readings: list[Reading],
    tables: dict[str, Timetable],
    closed: set[str],
    weeks: str | None,
) -> list[str]:
    told = any(tables.values())
    said = say(tables, closed) if told or closed else []
    if weeks and told:
        which = {"odd": " (semaines impaires)", "even": " (semaines paires)"}.get(weeks, "")
        said.append(f"une semaine sur deux{which}")
    if any(one.also_appointment for one in readings):
        said.append("aussi sur rendez-vous")
    return said


def _confidence(readings: list[Reading], whole: bool, osm: str | None, unread: list[str]) -> float:
    levels = lexicon.words()["confidence"]
    if whole:
        return float(levels["guessed" if any(one.guessed for one in readings) else "whole"])
    if osm is None:
        return 0.0
    length = sum(len(one.text) for one in readings)
    share = 1 - min(1.0, sum(len(words) for words in unread) / max(1, length))
    return round(float(levels["partial"]) * share, 2)
