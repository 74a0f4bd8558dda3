"""The loops of a round as a list and as a map: which way, which days, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.offer.calendar import say_date
from portrea.steering.figures_style import Caption
from portrea.steering.figures_tour import Mark, Way, tour_map
from portrea.steering.tour_loops import loops_of, marks_of
from portrea.steering.tour_words import span_words
from portrea.territory import Level
from portrea.vocab.hours import NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from portrea.steering.reading import Reader
    from portrea.steering.tours import Answer

MOST_AROUND = 120
"""Communes drawn around at most."""
MOST_MARKS = 2
"""Marks of a stop written on the map; the list tells them all."""


@dataclass(frozen=True, slots=True)
class LoopLine:
    """A loop as written: its letter, its days, its stops with their marks, its road."""

    letter: str
    days: str
    stops: tuple[tuple[str, str], ...]
    road: str


def loop_lines(answer: Answer) -> tuple[LoopLine, ...]:
    """Return the loops of a round as written."""
    request = answer.ground.request
    names = {stop.id: stop.name for stop in request.stops}
    several = len(request.crews) > 1
    return tuple(
        LoopLine(
            loop.letter,
            days_words(loop.days) + (f" ({loop.crew})" if several else ""),
            tuple(zip(loop.marks(), (names[stop] for stop in loop.stops), strict=True)),
            span_words(loop.road),
        )
        for loop in loops_of(answer.plan)
    )


def days_words(days: Sequence[date]) -> str:
    """Write days, those of a same weekday together: « mardi 8 et 22 décembre »."""
    told = []
    for weekday in dict.fromkeys(day.weekday() for day in days):
        same = [day for day in days if day.weekday() == weekday]
        spoken = [
            str(day.day) if after and after.month == day.month and day.day > 1 else say_date(day)
            for day, after in zip(same, [*same[1:], None], strict=True)
        ]
        *first, last = spoken
        told.append(f"{NAMES[weekday]} " + (f"{', '.join(first)} et {last}" if first else last))
    return " ; ".join(told)


def drawn(reader: Reader, answer: Answer) -> str:
    """Draw a round; nothing without outlines or without passages."""
    request, ground = answer.ground.request, answer.ground
    visited = tuple(dict.fromkeys((*ground.communes, ground.depot)))
    shapes = reader.outlines.pick("commune", _around(reader, visited))
    loops = loops_of(answer.plan)
    if shapes is None or not loops:
        return ""
    places = {stop.id: (stop.longitude or 0.0, stop.latitude or 0.0) for stop in request.stops}
    depots = {crew.name: (crew.longitude or 0.0, crew.latitude or 0.0) for crew in request.crews}
    marks = [Mark(*places[stop], _short(told)) for stop, told in marks_of(loops).items()]
    ways = [
        Way(
            loop.letter,
            (depots[loop.crew], *(places[stop] for stop in loop.stops), depots[loop.crew]),
        )
        for loop in loops
    ]
    count = len(marks)
    caption = Caption(
        "carte-tournee",
        f"Carte de la tournée : {count} arrêt{'s' if count > 1 else ''}",
        "Le dépôt, les arrêts marqués d’après leur boucle et leur rang, et les communes. "
        "La liste des boucles dit la même chose.",
    )
    return tour_map(
        caption,
        shapes,
        visited=visited,
        depots=tuple(depots.values()),
        marks=marks,
        ways=ways,
    )


def _around(reader: Reader, communes: Sequence[str]) -> tuple[str, ...]:
    """Return communes with the others of their EPCI, unless those would be too many to draw."""
    gazetteer = reader.gazetteer
    parents = {gazetteer.get("commune", code).parent_code(Level.EPCI) for code in communes}
    inside = {
        one.code
        for parent in parents - {None}
        for one in gazetteer.children(gazetteer.get("epci", str(parent)), Level.COMMUNE)
    }
    return tuple(sorted({*communes, *inside})) if len(inside) <= MOST_AROUND else tuple(communes)


def _short(marks: Sequence[str]) -> str:
    return " ".join(marks[:MOST_MARKS]) + ("…" if len(marks) > MOST_MARKS else "")
