"""Rounds ready for a page: sentences, days, loops, map, what each commune receives, files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError
from portrea.base.estimates import integer
from portrea.steering import tour_sheet
from portrea.steering.networks import networks
from portrea.steering.tour_changes import announced, begun, sentences, then
from portrea.steering.tour_map import LoopLine, drawn, loop_lines
from portrea.steering.tour_words import (
    assumptions,
    day_words,
    fairness_words,
    hours_words,
    span_words,
)
from portrea.steering.tours import communes_inside, prepare, solve
from portrea.web.reach.tour_cancelled import (
    MOST_STEPS,
    change_of,
    day_tick,
    plan_of,
    plan_text,
    stop_tick,
    visit_tick,
)
from portrea.web.territories.selectors import reader, territory_find, territory_named

if TYPE_CHECKING:
    from datetime import datetime

    from portrea.steering.tour_changes import Story
    from portrea.steering.tour_sheet import Leg, Sheet
    from portrea.steering.tours import Answer, Ground, Terms
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
    """A stop as written: when it is visited, how many people are around; its sign if kept."""

    name: str
    dates: tuple[str, ...]
    persons: str
    tick: str


@dataclass(frozen=True, eq=False)
class DayLine:
    """A day as written, its sign, and each line of it with the sign of its passage."""

    sheet: Sheet
    tick: str
    legs: tuple[tuple[Leg, str], ...]


@dataclass(frozen=True, eq=False)
class TourPage:
    """What the page writes."""

    sentences: tuple[str, ...]
    changes: tuple[str, ...]
    steps: int
    announced: str
    fairness: str
    days: tuple[DayLine, ...]
    loops: tuple[LoopLine, ...]
    drawing: str
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
    story, ground = _story(asked), _ground_of(asked)
    answer = story.answer
    gazetteer = reader().gazetteer
    names = {code: gazetteer.get("commune", code).name for code in answer.ground.communes}
    ranks = {stop.id: rank for rank, stop in enumerate(ground.request.stops)}
    stops = {stop.id: stop.name for stop in ground.request.stops}
    return TourPage(
        sentences=tuple(tour_sheet.told(answer, absences=False)),
        changes=tuple(sentences(story, stops)),
        steps=len(story.plans) - 1,
        announced=plan_text(story.plans[0], ground.request),
        fairness=fairness_words(answer.presence, names),
        days=tuple(_day(sheet, ranks) for sheet in tour_sheet.sheets(answer)),
        loops=loop_lines(answer),
        drawing=drawn(reader(), answer),
        stops=tuple(_line(answer, stop.id, ranks) for stop in answer.ground.request.stops),
        left=tuple(
            (one.sentence, tuple(change.sentence for change in one.relaxations))
            for one in answer.plan.unserved
        ),
        notes=answer.ground.notes,
        assumed=assumptions(),
    )


def _day(sheet: Sheet, ranks: dict[str, int]) -> DayLine:
    legs = tuple(
        (leg, visit_tick(ranks[leg.stop], sheet.day) if leg.stop else "") for leg in sheet.legs
    )
    return DayLine(sheet, day_tick(sheet.day), legs)


def _line(answer: Answer, name: str, ranks: dict[str, int]) -> StopLine:
    stop = next(one for one in answer.ground.request.stops if one.id == name)
    dates = tuple(f"{day_words(visit.day)}, {hours_words(visit)}" for visit in answer.plan.of(name))
    few = "moins de 10"
    known = stop.persons is not None
    persons = (integer(round(stop.persons, -1)) if stop.persons >= 10 else few) if known else "–"
    tick = stop_tick(ranks[name]) if dates else ""
    return StopLine(f"{stop.name} ({span_words(stop.duration)})", dates, persons, tick)


# -- computed once --------------------------------------------------------------------------------


def answer_of(asked: TourAsked) -> Answer:
    """Return the answer of a question, computed once by process and by computation."""
    return _story(asked).answer


def announced_of(asked: TourAsked) -> str:
    """Return how an address holds the plan announced by a question."""
    return plan_text(_story(asked).plans[0], _ground_of(asked).request)


def _story(asked: TourAsked) -> Story:
    current = reader()
    return _told(str(current.store.home), current.computation_id, asked)


@lru_cache(maxsize=48)
def _told(home: str, computation: str, asked: TourAsked) -> Story:
    """Follow the last step from the story before it, itself kept."""
    if len(asked.cancelled) > MOST_STEPS:
        raise ParameterError(
            f"{len(asked.cancelled)} annulations successives : la page en suit {MOST_STEPS}.",
            remedy="Planifiez une nouvelle tournée à partir d’aujourd’hui.",
        )
    current, terms = reader(), asked.terms()
    ground = _ground_of(asked)
    if asked.cancelled:
        *before, last = asked.cancelled
        story = _told(home, computation, replace(asked, cancelled=tuple(before)))
        change = change_of(last, [stop.id for stop in ground.request.stops])
        with _ONE_AT_A_TIME:
            return then(current, story, change, terms)
    with _ONE_AT_A_TIME:
        if asked.announced:
            plan = plan_of(asked.announced, ground.request)
            return announced(current, ground, plan, terms)
        return begun(solve(current, ground, terms))


def _ground_of(asked: TourAsked) -> Ground:
    current = reader()
    plain = replace(asked, cancelled=(), announced="")
    return _ground(str(current.store.home), current.computation_id, plain)


@lru_cache(maxsize=48)
def _ground(_home: str, _computation: str, asked: TourAsked) -> Ground:
    return prepare(reader(), asked.rows(), _with_known_roads(asked.terms()))


def _with_known_roads(terms: Terms) -> Terms:
    """Return terms whose roads are a network of the house, never a path of the machine."""
    if terms.roads and terms.roads not in road_names():
        raise ParameterError(
            f"Réseau routier « {terms.roads} » inconnu.",
            remedy="Choisissez-en un de la liste, ou laissez le calcul à vol d’oiseau.",
        )
    return terms


def road_names() -> tuple[str, ...]:
    """Return the names of the road networks of the house."""
    return tuple(card.name for card in networks(reader().store))


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
    story = _story(asked)
    answer = story.answer
    if form == "ics":
        return tour_sheet.tour_calendar(answer, name="Tournée", stamp=stamp, plans=story.plans)
    if form == "csv":
        names = {stop.id: stop.name for stop in answer.ground.request.stops}
        return b"\xef\xbb\xbf" + answer.plan.table(names).write_csv().encode()
    write = tour_sheet.tour_json if form == "json" else tour_sheet.tour_geojson
    return write(answer).encode()
