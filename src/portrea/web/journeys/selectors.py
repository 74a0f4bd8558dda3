"""From a person’s situation to the right door, among the places of the site."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portrea.offer.orientation.asked import NONE, Asked, Way
from portrea.offer.orientation.named import named
from portrea.offer.orientation.procedures import phones_of, procedure_of
from portrea.offer.orientation.ranking import MOST, rank
from portrea.offer.orientation.rules import rules
from portrea.offer.orientation.typed import propose_in_any
from portrea.offer.orientation.where import departure
from portrea.offer.orientation.why import sentences
from portrea.reach.travel import (
    Mode,
    chord_to_km,
    default_travel,
    inner_km,
    pace,
)
from portrea.vocab.languages import SOURCE
from portrea.web.design.languages import words
from portrea.web.journeys.board import board, records
from portrea.web.journeys.postcodes import communes_at
from portrea.web.offer.cards import wall_of
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from portrea.offer.orientation.answer import Answer, Ranked
    from portrea.offer.orientation.board import Board
    from portrea.offer.orientation.named import Named
    from portrea.offer.orientation.procedures import Organization, Phone, Procedure
    from portrea.offer.orientation.typed import Proposal
    from portrea.offer.orientation.where import Departure
    from portrea.offer.record import Place
    from portrea.reach.travel import Pace
    from portrea.vocab.languages import Words

DEGREE_KM = 111.2
_ANY = "0"
_AS_REVERSE = "!$&'()*+,;=/~:@"
"""What Django leaves as it is in an address; asking it place by place costs more than ranking."""
WIDER = (1.0, 4.0, 1e4)
"""The square looked at, then wider ones when it holds nothing that answers."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a person sets off from: ``label`` for the page, ``exact`` when it is her position.

    ``note`` tells, when it must be, that a former commune or an arrondissement was written.
    """

    label: str
    commune: str
    exact: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One place of the answer, ``rank`` from 1; ``km`` as the crow flies, ``minutes`` estimated.

    Sentences are in the language of the page; ``reasons`` are those of ``why`` without opening and
    travel, told beside.
    """

    rank: int
    id: str
    place: Place
    ranked: Ranked
    why: str
    reasons: str
    opening: str
    travel: str
    km: float
    minutes: float
    phone: str
    url: str


@dataclass(frozen=True, slots=True)
class Orientation:
    """The answer: places in order, and whom to call; ``as_of`` is the clock where the person is."""

    departure: Setting
    asked: Asked
    total: int
    near: bool
    choices: tuple[Choice, ...]
    calls: tuple[tuple[str, str], ...]
    phones: tuple[Phone, ...]
    organizations: tuple[Organization, ...]
    left_out: Mapping[str, int]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune perhaps meant: its code, its name, what tells it from others of the same name."""

    code: str
    name: str
    detail: str
    note: str = ""


def orient(
    asked: Asked, *, now: datetime | None = None, start: int = 0, stop: int | None = None
) -> Orientation:
    """Return the places that answer a situation, the best first.

    Parameters
    ----------
    asked
        What the person told.
    now
        The instant, with its offset; the present by default.
    start, stop
        Ranks of the places returned, from 0; the three best by default.

    Raises
    ------
    TerritoryError
        Where the person is was not told, is unknown or outside France.
    """
    left = _left(asked)
    wall = wall_of(left.commune.code, now or timezone.now())
    last = start + rules().best if stop is None else stop
    for at_once in (False, True):  # again when a place was closed a moment ago
        held = board(at_once=at_once, around=(left.longitude, left.latitude))
        answer = _answer(held.board, asked, left, wall, max(MOST, last))
        best, calls = answer.ranked(start, last), answer.to_call()
        told, names = records(held, [one.id for one in best], [key for key, _ in calls])
        kept = [one for one in best if one.id in told]
        if len(kept) == len(best):
            break
    km = _km(held.board, np.array([one.row for one in kept], dtype=np.int64), left)
    procedure = _procedure(asked)
    said = Told(asked, wall, words(), _page(get_script_prefix()))
    return Orientation(
        departure=_setting(left),
        asked=asked,
        total=answer.total,
        near=answer.near,
        choices=tuple(
            _choice(start + at + 1, told[one.id], one, float(km[at]), said)
            for at, one in enumerate(kept)
        ),
        calls=tuple((names[key], phone) for key, phone in calls if key in names),
        phones=phones_of(procedure),
        organizations=procedure.organizations if procedure else (),
        left_out={name: int(places.size) for name, places in answer.left_out().items()},
        as_of=wall,
    )


def communes_for(text: str) -> tuple[Commune, ...]:
    """Return the communes perhaps meant by what is typed: one when it is sure, a choice otherwise.

    Five figures are a postcode first, and the official code of a commune when it is not one.

    Raises
    ------
    TerritoryError
        Nothing typed, or nothing that looks like a commune.
    """
    current = reader()

    def served(postcode: str) -> tuple[str, ...]:
        return _served(postcode, current.computation_id)

    found = named(text, current.gazetteer, postcodes=served, words=words())
    return tuple(_commune(one) for one in found)


def departure_label(asked: Asked) -> str:
    """Return where a person sets off from, in words.

    Raises
    ------
    TerritoryError
        As :func:`orient`.
    """
    return _setting(_left(asked)).label


def suggest_procedures(text: str) -> tuple[Proposal, ...]:
    """Return the procedures perhaps meant by some words, best first."""
    return propose_in_any(text, get_language() or SOURCE)


# -- where ----------------------------------------------------------------------------------------


def _left(asked: Asked) -> Departure:
    if asked.point is not None or asked.commune is None:
        return departure(asked, reader().gazetteer, words())
    return _from_commune(asked.commune, reader().computation_id)


@lru_cache(maxsize=4096)
def _from_commune(commune: str, _computation: str) -> Departure:
    """Return the point of a commune, whatever the language: only what is refused is said in one."""
    return departure(Asked(commune=commune), reader().gazetteer, words())


def _setting(left: Departure) -> Setting:
    label = f"{left.part or left.commune.name} ({left.commune.departement})"
    return Setting(label, left.commune.code, left.exact, left.note)


def _commune(one: Named) -> Commune:
    departement = reader().territory("departement", one.departement)
    detail = f"{departement['name']} ({one.departement})" if departement else one.departement
    note = _("Aujourd’hui %(name)s") % {"name": one.name} if one.former else ""
    return Commune(one.code, one.former or one.name, detail, note)


@lru_cache(maxsize=4096)
def _served(postcode: str, _computation: str) -> tuple[str, ...]:
    """Return the communes of a postcode; searched once, they hardly ever change."""
    return communes_at(postcode)


# -- which ----------------------------------------------------------------------------------------


def _procedure(asked: Asked) -> Procedure | None:
    return procedure_of(asked.procedure) if asked.procedure not in (None, NONE) else None


def _answer(held: Board, asked: Asked, left: Departure, wall: datetime, most: int) -> Answer:
    """Rank the doors around, wider when nothing around answers."""
    mode = Mode.WALK if asked.way is Way.FOOT else Mode.CAR
    for wider in WIDER:
        rows = _around(held, asked, left, mode, wider)
        km = _km(held, rows, left)
        minutes = _minutes(km, left, mode)
        visiting = _minutes(km, left, Mode.CAR) if asked.home else None
        answer = rank(held, asked, rows, minutes, now=wall, visiting=visiting, most=most)
        if answer.rows.size or _refused(answer, asked):
            break
    return answer


def _refused(answer: Answer, asked: Asked) -> bool:
    """Whether doors around answer the need, but not what the person asked besides."""
    aside = answer.left_out()
    return any(aside[name].size for name in asked.constraints)


def _around(
    held: Board, asked: Asked, left: Departure, mode: Mode, wider: float
) -> NDArray[np.int64]:
    """Return the doors of a square that holds all those within the farthest time shown."""
    reach = [_reach_km(mode, float(rules().visible[asked.way]))]
    if asked.home:
        reach.append(_reach_km(Mode.CAR, rules().near_home))
    tall = wider * max(reach) / DEGREE_KM
    wide = tall / max(float(np.cos(np.radians(left.latitude))), 0.1)
    x, y = left.longitude, left.latitude
    return held.box(x - wide, y - tall, x + wide, y + tall)


def _reach_km(mode: Mode, minutes: float) -> float:
    return float(_pace(mode).km_within(minutes))


def _km(held: Board, rows: NDArray[np.int64], left: Departure) -> NDArray[np.float64]:
    chords = held.chords(rows, (left.longitude, left.latitude))
    return chord_to_km(chords, radius_km=default_travel().earth_radius_km)


def _minutes(km: NDArray[np.float64], left: Departure, mode: Mode) -> NDArray[np.float64]:
    """Return minutes; from a commune, never less than across half of it."""
    area = np.nan if left.exact or left.area_km2 is None else left.area_km2
    return _pace(mode).minutes(np.fmax(km, inner_km(area)))


@cache
def _pace(mode: Mode) -> Pace:
    """Return the pace where the density of the commune is not looked at."""
    return pace(np.nan, np.nan, profile=mode)


# -- what is shown --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What is the same for every place: the question, the clock, the address of a place."""

    asked: Asked
    wall: datetime
    words: Words
    page: str


def _choice(rank_: int, place: Place, one: Ranked, km: float, told: Told) -> Choice:
    said = sentences(place, one, told.asked, now=told.wall, words=told.words)
    return Choice(
        rank=rank_,
        id=one.id,
        place=place,
        ranked=one,
        why=said.why,
        reasons=said.reasons,
        opening=said.opening,
        travel=said.travel,
        km=km,
        minutes=one.minutes,
        phone=place.phone or next((s.phone for s in place.services if s.phone), None) or "",
        url=told.page.replace(_ANY, quote(one.id, safe=_AS_REVERSE)),
    )


@cache
def _page(_prefix: str) -> str:
    """Return the address of the page of a place, :data:`_ANY` being its identifier."""
    return reverse("place", kwargs={"place_id": _ANY})
