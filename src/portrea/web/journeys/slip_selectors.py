"""What is known of one place for one situation: its door, why it is proposed, its slip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import TerritoryError
from portrea.offer.freshness import freshness_of_place
from portrea.offer.orientation.asked import Asked, Way
from portrea.offer.orientation.board import Board, entry_of
from portrea.offer.orientation.ranking import rank
from portrea.offer.orientation.slip import slip_of
from portrea.offer.orientation.where import departure
from portrea.offer.orientation.why import sentences
from portrea.offer.searching.index import TO_CONFIRM
from portrea.reach.travel import Mode, crow_fly_km, travel_minutes
from portrea.territory.timezones import zone_of
from portrea.vocab.languages import FRENCH, capital
from portrea.web.offer.cards import wall_of
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from portrea.offer.orientation.answer import Answer
    from portrea.offer.orientation.slip import Slip
    from portrea.offer.orientation.where import Departure
    from portrea.offer.record import Place as Record
    from portrea.vocab.languages import Words
    from portrea.web.offer.place_page import Known

SENSITIVE = {"point": None, "wheelchair": False, "language": None, "women": False, "home": False}
"""What a printed code does not tell of a person: where she is, her body, her language, her sex."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A place as a person leaves with it.

    ``why`` is empty when she did not say what she needs, ``travel`` where she is; ``refused`` names
    why the place does not answer, after the rules. ``wall`` is the clock of the place.
    """

    slip: Slip
    asked: Asked
    left: Departure | None
    wall: datetime
    zone: ZoneInfo
    commune: str
    why: str
    travel: str
    refused: str
    street: bool
    moves: bool
    to_confirm: bool


def leaving(place: Known, asked: Asked, now: datetime, words: Words = FRENCH) -> Leaving:
    """Return the slip of a place by the door that answers best.

    Raises
    ------
    TerritoryError
        The commune of departure does not exist, or the position is outside France.
    """
    record = replace(place.record, id=place.id, updated=place.row["updated"])
    wall = wall_of(record.commune or "", now)
    left = _departure(asked)
    located = left is not None and any(d.longitude is not None for d in entry_of(record).doors)
    answer = _answer(record, asked, left if located else None, wall)
    best = answer.ranked(0, 1)
    service, presence = (best[0].service, best[0].presence) if best else _any_door(record, wall)
    said = sentences(record, best[0], asked, now=wall, words=words) if best else None
    held = record.services[service].presences[presence] if presence >= 0 else None
    commune = (held.commune if held else None) or record.commune or ""
    minute = wall.hour * 60 + wall.minute
    slip = slip_of(
        record, asked, on=wall.date(), service=service, presence=presence, minute=minute,
        words=words,
    )  # fmt: skip
    return Leaving(
        slip=slip,
        asked=asked,
        left=left,
        wall=wall,
        zone=_zone(commune),
        commune=commune,
        why=said.reasons if said and asked.need else "",
        travel=capital(said.travel) if said and located else "",
        refused=_refused(answer) if not best else "unlocated" if left and not located else "",
        street=bool(held.address if held and held.address else record.address),
        moves=bool(best and (best[0].remote or best[0].at_home)),
        to_confirm=freshness_of_place(record, on=wall.date()).tier in TO_CONFIRM,
    )


def shareable(asked: Asked, left: Departure | None) -> Asked:
    """Return the situation without what nobody else has to read on a sheet of paper."""
    commune = left.commune.code if left else None
    return replace(asked, **{**SENSITIVE, "commune": commune})  # type: ignore[arg-type]


def _departure(asked: Asked) -> Departure | None:
    told = asked.commune is not None or asked.point is not None
    return departure(asked, reader().gazetteer) if told else None


def _zone(commune: str) -> ZoneInfo:
    try:
        return zone_of(commune)
    except TerritoryError:
        return zone_of("")


# -- which door -----------------------------------------------------------------------------------


def _answer(record: Record, asked: Asked, left: Departure | None, wall: datetime) -> Answer:
    """Rank the doors of one place with the rules of all."""
    board = Board([entry_of(record)])
    mode = Mode.WALK if asked.way is Way.FOOT else Mode.CAR
    minutes = _minutes(board, left, mode)
    visiting = _minutes(board, left, Mode.CAR) if asked.home else None
    rows = np.arange(board.size)
    return rank(board, asked, rows, minutes, now=wall, visiting=visiting, most=1)


def _minutes(board: Board, left: Departure | None, mode: Mode) -> NDArray[np.float64]:
    if left is None:
        return np.zeros(board.size)
    km = crow_fly_km(left.longitude, left.latitude, board.longitude, board.latitude)
    km[np.isnan(board.longitude)] = np.nan
    area = np.nan if left.exact or left.area_km2 is None else left.area_km2
    return travel_minutes(km, persons=np.nan, area_km2=area, mode=mode)


def _any_door(record: Record, wall: datetime) -> tuple[int, int]:
    """Return a door of a place that does not answer: the first whose next opening is known."""
    doors = entry_of(record).doors
    minute = wall.hour * 60 + wall.minute
    for door in doors:
        told = slip_of(record, Asked(), on=wall.date(), service=door.service,
                       presence=door.presence, minute=minute)  # fmt: skip
        if told.coming:
            return door.service, door.presence
    return -1, -1


def _refused(answer: Answer) -> str:
    """Return the first reason that leaves a place out."""
    return next((name for name, places in answer.left_out().items() if places.size), "far")
