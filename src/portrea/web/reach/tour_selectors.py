"""Rounds ready for a page: sentences, days, stops, what each commune receives, files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from portrea.base.estimates import integer
from portrea.steering import tour_sheet
from portrea.steering.tour_words import (
    assumptions,
    day_words,
    fairness_words,
    span_words,
    time_words,
)
from portrea.steering.tours import communes_inside, prepare, solve
from portrea.web.territories.selectors import reader, territory_find, territory_named

if TYPE_CHECKING:
    from datetime import datetime

    from portrea.steering.tour_sheet import Sheet
    from portrea.steering.tours import Answer
    from portrea.web.reach.tour_asked import TourAsked

FORMS = {
    "ics": "text/calendar; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
}
_ONE_AT_A_TIME = Lock()
"""A round takes some seconds of processor: two at once would slow every other page."""


@dataclass(frozen=True, slots=True)
class StopLine:
    """A stop as written: when it is visited, how many people are around."""

    name: str
    dates: tuple[str, ...]
    persons: str


@dataclass(frozen=True, eq=False)
class TourPage:
    """What the page writes; without ``answer``, only the form."""

    sentences: tuple[str, ...]
    fairness: str
    sheets: tuple[Sheet, ...]
    stops: tuple[StopLine, ...]
    left: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]
    assumed: tuple[str, ...]


def page_of(asked: TourAsked) -> TourPage:
    """Return the page of a round.

    Raises
    ------
    PortreaError
        Something asked is not understood.
    """
    answer = answer_of(asked)
    gazetteer = reader().gazetteer
    codes = answer.ground.communes
    names = {code: gazetteer.get("commune", code).name for code in codes}
    left = tuple(
        (one.sentence, tuple(change.sentence for change in one.relaxations))
        for one in answer.plan.unserved
    )
    return TourPage(
        sentences=tuple(tour_sheet.told(answer, absences=False)),
        fairness=fairness_words(answer.presence, names),
        sheets=tour_sheet.sheets(answer),
        stops=tuple(_line(answer, stop.id) for stop in answer.ground.request.stops),
        left=left,
        notes=answer.ground.notes,
        assumed=assumptions(),
    )


def _line(answer: Answer, name: str) -> StopLine:
    stop = next(one for one in answer.ground.request.stops if one.id == name)
    dates = tuple(
        f"{day_words(visit.day)}, {time_words(visit.start)} – {time_words(visit.end)}"
        for visit in answer.plan.of(name)
    )
    few = "moins de 10"
    known = stop.persons is not None
    persons = (integer(round(stop.persons, -1)) if stop.persons >= 10 else few) if known else "–"
    return StopLine(f"{stop.name} ({span_words(stop.duration)})", dates, persons)


def answer_of(asked: TourAsked) -> Answer:
    """Return the answer of a question, computed once by process and by computation."""
    current = reader()
    return _answer(str(current.store.home), current.computation_id, asked)


@lru_cache(maxsize=32)
def _answer(_home: str, _computation: str, asked: TourAsked) -> Answer:
    current, terms = reader(), asked.terms()
    ground = prepare(current, asked.rows(), terms)
    with _ONE_AT_A_TIME:
        return solve(current, ground, terms)


def lines_of(territory: str) -> str:
    """Return one line by commune of a territory, to be completed; nothing when it is unknown."""
    selection, proposals = territory_named(territory)
    if selection is None and proposals:
        selection = territory_find(proposals[0].reference)
    if selection is None:
        return ""
    communes = communes_inside(reader(), selection)
    return "\n".join(sorted(f"{one.name} ; {one.code}" for one in communes))


def file_of(asked: TourAsked, form: str, stamp: datetime) -> bytes:
    """Return a file of the round."""
    answer = answer_of(asked)
    if form == "ics":
        return tour_sheet.tour_calendar(answer, name="Tournée", stamp=stamp)
    if form == "csv":
        names = {stop.id: stop.name for stop in answer.ground.request.stops}
        return b"\xef\xbb\xbf" + answer.plan.table(names).write_csv().encode()
    write = tour_sheet.tour_json if form == "json" else tour_sheet.tour_geojson
    return write(answer).encode()
