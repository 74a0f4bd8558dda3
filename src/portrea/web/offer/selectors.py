"""Places that help, near a territory, by what the reader asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from django.http import Http404
from django.utils import timezone

from portrea.base.errors import TerritoryError
from portrea.offer.content import from_dict
from portrea.offer.rows import to_row
from portrea.offer.searching import Query
from portrea.offer.searching.index import TIERS, start_of
from portrea.reach.nearest import NOT_PUBLIC
from portrea.reach.travel import crow_fly_km, default_travel, travel_minutes
from portrea.territory.timezones import to_wall, zone_of
from portrea.vocab.days_off import public_holidays
from portrea.vocab.hours import MIDNIGHT
from portrea.web.offer.census import SHOWN
from portrea.web.offer.models import Place
from portrea.web.offer.reading import decoded, rows_of
from portrea.web.offer.search import CENSUS, catalogue
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from portrea.offer.searching import Found, PatchedIndex, SearchIndex
    from portrea.territory import Selection, Territory
    from portrea.web.offer.filters import Asked

    Index = SearchIndex | PatchedIndex

PAGE = 15
FEWEST = 5
"""Places shown around a commune even when they are all far."""
_SQUARES = (25.0, 150.0, 20_100.0)
"""Half sides, in km, of the squares where the places around are looked for; the last is Earth."""
KM_BY_DEGREE = 111.0
"""A little less than a degree of latitude."""
_COLUMNS = ("epci", "departement", "region")


@dataclass(frozen=True, slots=True)
class Search:
    """All that answers a reader: rows of the index in order, and what counts of choices."""

    label: str
    reference: str
    code: str
    around: bool
    index: Index
    origin: str
    found: Found
    km: NDArray[np.float64] | None
    minutes: NDArray[np.float64] | None
    last: datetime | None = None
    """Last change of the census that is told, ``None`` without census."""

    @property
    def total(self) -> int:
        """How many places answer."""
        return int(self.found.rows.size)


@dataclass(frozen=True, slots=True)
class PlaceList:
    """One page of places: rows, their ranks among those found, where the next page begins.

    ``after`` is ``rank:identifier`` of the last place shown, empty on the last page.
    """

    rows: tuple[Mapping[str, Any], ...]
    first: int
    last: int
    after: str


def place_inside(selection: Selection, asked: Asked, now: datetime) -> Search:
    """Find the places strictly inside territories: for counts, nothing around."""
    return place_search(selection, asked, now, around=False)


def place_search(
    selection: Selection, asked: Asked, now: datetime, *, around: bool = True
) -> Search:
    """Find the places that answer: around one commune, or inside a larger territory.

    Around one commune: every place within the last travel threshold, nearest first among those
    whose card is fresh, then those to confirm. Elsewhere: by town then name, in the same groups.
    """
    held = catalogue()
    index = held.index
    scope, km, minutes = _scope(index, selection, around=around)
    query = replace(_query(index, asked, now), scope=scope, order=km)
    code = selection.territories[0].code if selection.is_single else selection.key
    found = index.find(query)
    return Search(
        selection.label, selection.key, code, km is not None, index, held.origin, found, km,
        minutes, held.last,
    )  # fmt: skip


def place_count(search: Search, selection: Selection, asked: Asked, now: datetime) -> int:
    """Return how many places another search of the same moment would find."""
    scope, _km, _minutes = _scope(search.index, selection, around=True)
    query = replace(_query(search.index, asked, now), scope=scope)
    return search.index.count(query)


def _query(index: Index, asked: Asked, now: datetime) -> Query:
    return Query(
        on=timezone.localdate(now),
        words=asked.words,
        chosen={name: (value,) for name, value in asked.chosen.items()},
        minutes=_minutes(index, now),
    )


def place_page(search: Search, following: str) -> PlaceList:
    """Return the places that follow one, from the first when ``following`` is empty.

    A place added or gone meanwhile neither repeats nor hides another: the page begins after the
    identifier, and only when it is no longer found, at its rank.
    """
    rank, _, key = following.partition(":")
    if not rank.isdecimal():
        rank, key = "0", following
    row = search.index.row_of.get(key) if key else None
    start = start_of(search.found, row, int(rank[:9]))
    rows = search.found.rows[start : start + PAGE]
    last = start + int(rows.size)
    after = f"{last}:{search.index.ids[rows[-1]]}" if last < search.total else ""
    return PlaceList(tuple(_rows(search, rows)), start + 1, last, after)


def place_get(place_id: str) -> Mapping[str, Any]:
    """Return one place as a row, or raise :class:`django.http.Http404`."""
    held = catalogue()
    row = held.index.row_of.get(place_id)
    if row is None:
        raise Http404(place_id)
    return _read(held.origin, [place_id])[place_id]


def names_of(origin: str, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of places."""
    if origin != CENSUS:
        frame = _computed().filter(pl.col("id").is_in(list(ids)))
        return dict(frame.select("id", "name").iter_rows())
    return dict(Place.objects.filter(pk__in=ids).order_by().values_list("pk", "name"))


# -- where ----------------------------------------------------------------------------------------


def _scope(
    index: Index, selection: Selection, *, around: bool
) -> tuple[NDArray[np.bool_] | None, NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """Return the rows looked at, with their km and minutes when they are around one commune."""
    first = selection.territories[0]
    if around and selection.is_single and first.level.value in {"commune", "iris"}:
        near = _around(index, str(first.commune))
        if near is not None:
            return near
    if selection.is_single and first.level.value == "france":
        return None, None, None
    parts = [_inside(index, territory) for territory in selection.territories]
    return np.logical_or.reduce(parts), None, None


def _inside(index: Index, territory: Territory) -> NDArray[np.bool_]:
    level = territory.level.value
    if level == "france":
        return np.ones(index.size, dtype=bool)
    if level in _COLUMNS:
        return index.inside(level, [territory.code])
    if level in {"commune", "iris"}:
        return index.inside("commune", [str(territory.commune)])
    return index.inside("commune", reader().codes("commune", level, territory.code))


def _around(
    index: Index, commune: str
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]] | None:
    row = reader().territory("commune", commune)
    if row is None or row["longitude"] is None:
        return None
    point = (row["longitude"], row["latitude"])
    area = float("nan") if row["area_km2"] is None else row["area_km2"]
    threshold = default_travel().thresholds[-1]
    welcoming = ~index.tagged("acces", NOT_PUBLIC) & np.isfinite(index.longitude)
    for half in _SQUARES:
        rows = np.flatnonzero(_square(index, point, half) & welcoming)
        away = crow_fly_km(*point, index.longitude[rows], index.latitude[rows])
        farthest = travel_minutes(half, persons=float("nan"), area_km2=area)
        if farthest > threshold and np.count_nonzero(away <= half) >= FEWEST:
            break
    if not rows.size:
        return None
    km, minutes = np.full(index.size, np.nan), np.full(index.size, np.nan)
    km[rows] = away
    minutes[rows] = travel_minutes(away, persons=float("nan"), area_km2=area)
    near = minutes <= threshold
    if near.sum() < FEWEST:
        near = np.zeros(index.size, dtype=bool)
        near[rows[np.lexsort((rows, away))[:FEWEST]]] = True
    return near, km, minutes


def _square(index: Index, point: tuple[float, float], half: float) -> NDArray[np.bool_]:
    """Tell the rows of a square around a point; ``half`` a side, in km, is a little exceeded."""
    x, y = point
    tall = half / KM_BY_DEGREE
    wide = tall / max(np.cos(np.radians(min(abs(y) + tall, 89.0))), 0.01)
    return index.box(x - wide, y - tall, x + wide, y + tall)


# -- when -----------------------------------------------------------------------------------------


def _minutes(index: Index, now: datetime) -> dict[str, int]:
    """Return the minute of the week now by prefix of commune; none on a public holiday."""
    found = {}
    for prefix in ("", *index.overseas):
        try:
            wall = to_wall(now, zone_of(prefix))
        except TerritoryError:
            found[prefix] = -1
            continue
        closed = wall.date() in public_holidays(prefix or None, wall.year)
        minute = wall.weekday() * MIDNIGHT + wall.hour * 60 + wall.minute
        found[prefix] = -1 if closed else minute
    return found


# -- what a page shows ----------------------------------------------------------------------------


def _rows(search: Search, rows: NDArray[np.int64]) -> list[Mapping[str, Any]]:
    ids = [search.index.ids[row] for row in rows]
    read = _read(search.origin, ids)
    told = []
    for row, key in zip(rows.tolist(), ids, strict=True):
        if key not in read:  # gone since the index was made
            continue
        tier = TIERS[search.found.tiers[row]]
        measured = (
            {}
            if search.km is None or search.minutes is None
            else {"km": float(search.km[row]), "minutes": float(search.minutes[row])}
        )
        told.append({**read[key], **measured, "tier": tier})
    return told


def _read(origin: str, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    if origin != CENSUS:
        frame = _computed().filter(pl.col("id").is_in(list(ids)))
        return {row["id"]: row for row in frame.iter_rows(named=True)}
    names = ("pk", "status", "closed_on", "commune", "confirmed", "record")
    read = (dict(zip(names, row, strict=True)) for row in rows_of(ids, *names))
    return {told["pk"]: shown_row(told) for told in read if told["status"] in SHOWN}


def shown_row(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the columns of a place of the census as a row of ``places``, with its status."""
    record = from_dict(decoded(told["record"]))
    row = to_row(record)
    updated = max(filter(None, (row["updated"], told["confirmed"])), default=None)
    return {
        **row,
        "id": told["pk"],
        "commune": told["commune"] or None,
        "status": told["status"],
        "closed_on": told["closed_on"],
        "record": record,
        "updated": updated,
    }


def _computed() -> pl.DataFrame:
    return reader().computation.table("places")
