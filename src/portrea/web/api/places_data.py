"""The places of the site as the open interface tells them: one query a page, no record decoded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from django.utils import timezone

from portrea.offer.content import to_dict
from portrea.offer.rows import of_row
from portrea.offer.searching.index import TIERS
from portrea.web.offer import selectors
from portrea.web.offer.census import SHOWN
from portrea.web.offer.models import Place
from portrea.web.offer.search import CENSUS
from portrea.web.territories.selectors import reader, territory_find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from portrea.web.api.asked import PlacesFilter
    from portrea.web.offer.place_page import Known
    from portrea.web.offer.selectors import Index, Search

_COLUMNS = ("pk", "record", "status", "closed_on", "commune", "confirmed", "version", "situations")
_order: list[tuple[Index, NDArray[np.int64], NDArray[np.int64]]] = []
"""The last index read: rows by identifier, and rank of each row in that order."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of places with the tier of each; ``after`` is its last identifier if more follow."""

    rows: tuple[tuple[Mapping[str, Any], str], ...]
    total: int
    after: str | None
    changed: datetime


def place_page(asked: PlacesFilter, after: str | None, size: int) -> Page:
    """Return the places found that follow an identifier, in the order of identifiers.

    That order depends on nothing else: a place that comes, goes or changes meanwhile neither hides
    nor repeats another.
    """
    search = selectors.place_inside(
        territory_find(asked.territory), asked.filters(), timezone.now()
    )
    rows = search.found.rows
    if asked.box:
        west, south, east, north = (float(part) for part in asked.box.split(","))
        rows = rows[search.index.box(west, south, east, north)[rows]]
    by_id, rank = _ordered(search.index)
    ranks = rank[rows]
    if after is not None:
        ranks = ranks[ranks >= _rank_after(search.index, by_id, after)]
    if ranks.size > size + 1:
        ranks = np.partition(ranks, size)[: size + 1]
    chosen = by_id[np.sort(ranks)]
    ids = [search.index.ids[row] for row in chosen[:size].tolist()]
    more = ids[-1] if chosen.size > size and ids else None
    return Page(_read(search, chosen[:size], ids), int(rows.size), more, _changed(search))


def _ordered(index: Index) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows by identifier, and the rank of each row, kept for the last index."""
    for held, by_id, rank in _order:
        if held is index:
            return by_id, rank
    by_id = pl.Series(index.ids, dtype=pl.String).arg_sort().to_numpy().astype(np.int64)
    rank = np.empty_like(by_id)
    rank[by_id] = np.arange(by_id.size)
    _order[:] = [(index, by_id, rank)]
    return by_id, rank


def _rank_after(index: Index, by_id: NDArray[np.int64], key: str) -> int:
    """Return the rank of the first identifier after a key, whether the key is still known."""
    low, high = 0, by_id.size
    told = key.encode()  # identifiers are sorted as polars sorts them: by bytes
    while low < high:
        middle = (low + high) // 2
        if index.ids[by_id[middle]].encode() <= told:
            low = middle + 1
        else:
            high = middle
    return low


def _read(
    search: Search, rows: NDArray[np.int64], ids: Sequence[str]
) -> tuple[tuple[Mapping[str, Any], str], ...]:
    """Read a page; a place gone since the index was made is not told."""
    read = read_places(search.origin, ids)
    tiers = [TIERS[rank] for rank in search.found.tiers[rows].tolist()]
    return tuple((read[key], tier) for key, tier in zip(ids, tiers, strict=True) if key in read)


def read_places(origin: str, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return what is kept of places, records as JSON, in one query."""
    if origin != CENSUS:
        table = reader().computation.table("places").filter(pl.col("id").is_in(list(ids)))
        return {row["id"]: _of_row(row) for row in table.iter_rows(named=True)}
    read = Place.objects.filter(pk__in=ids).order_by().values(*_COLUMNS)
    return {told["pk"]: told for told in read if told["status"] in SHOWN}


def _of_row(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "pk": row["id"],
        "record": to_dict(of_row(row)),
        "status": Place.Status.OPEN.value,
        "closed_on": None,
        "commune": row["commune"],
        "confirmed": None,
        "version": None,
        "situations": row["situations"],
    }


def one_place(found: Known) -> dict[str, Any]:
    """Return what is kept of a place that the site shows, with who told each field."""
    names = (*_COLUMNS, "evidence", "changed")
    told = Place.objects.filter(pk=found.id).values(*names).first()
    if told is not None:
        return told
    return dict(_of_row(found.row))


def _changed(search: Search) -> datetime:
    """Return when what a list tells last changed: a place, the computation or the day."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return max(filter(None, (search.last, put_in_force(), midnight)))


def put_in_force() -> datetime:
    """Return when the computation was put in force."""
    pointer = reader().store.root / "current"
    return datetime.fromtimestamp(pointer.stat().st_mtime, UTC)
