"""The index of the places shown, in the memory of each process, made again when they change.

The census speaks when it holds places, else the computation in force. A small census is indexed
again within the request that finds it changed; a large one beside, while the former index answers
for a second or two more: what a page shows of a place is always read from the census itself.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max

from portrea.offer.rows import of_row
from portrea.offer.searching import SearchIndex
from portrea.web.offer.census import SHOWN
from portrea.web.offer.columns import columns_of
from portrea.web.offer.models import Place
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.steering.reading import Reader

CENSUS, COMPUTATION = "census", "computation"
EVERY = 1.0
"""Seconds between two looks at a large census: counting its places takes some milliseconds."""
AT_ONCE = 5_000
"""Places indexed within the request that finds them changed."""
_TEXTS = ("id", "sort", "search", "tags", "week", "commune", "epci", "departement", "region")
_SCHEMA = {
    **dict.fromkeys(_TEXTS, pl.String),
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "updated": pl.Date,
    "closed": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """An index, where its places come from, and the state of that source it was made from."""

    index: SearchIndex
    origin: str
    state: str


_held: dict[str, Catalogue] = {}
_looked: dict[str, float] = {}
_making = threading.Lock()


def catalogue() -> Catalogue:
    """Return the index of the places as they are now, or were a moment ago when there are many."""
    current = reader()
    home = str(settings.PORTREA_HOME)
    held = _held.get(home)
    recent = time.monotonic() - _looked.get(home, 0.0) < EVERY
    if held is not None and recent and held.index.size > AT_ONCE:
        return held
    origin, state = _state(current)
    _looked[home] = time.monotonic()
    if held is not None and held.state == state:
        return held
    if held is None or held.origin != origin or held.index.size <= AT_ONCE:
        with _making:
            return _made(origin, state, current)
    threading.Thread(target=_make_beside, args=(origin, state, current), daemon=True).start()
    return held


def _state(current: Reader) -> tuple[str, str]:
    """Return where places come from, and a text that differs when they changed."""
    try:
        shown = Place.objects.count()
        last = Place.objects.aggregate(last=Max("changed"))["last"] if shown else None
    except DatabaseError:  # a site whose database was never prepared still shows its computation
        shown, last = 0, None
    computed = current.computation_id
    if shown:
        return CENSUS, f"{shown} {last} {computed}"
    return COMPUTATION, computed


def _make_beside(origin: str, state: str, current: Reader) -> None:
    if not _making.acquire(blocking=False):
        return
    try:
        _made(origin, state, current)
    finally:
        _making.release()
        connection.close()


def _made(origin: str, state: str, current: Reader) -> Catalogue:
    home = str(settings.PORTREA_HOME)
    held = _held.get(home)
    if held is None or held.state != state:
        rows = _census_rows() if origin == CENSUS else _computed_rows(current)
        frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
        held = Catalogue(SearchIndex(_with_points(frame, current)), origin, state)
        _held.clear()
        _held[home] = held
    return held


def _census_rows() -> Iterable[tuple[Any, ...]]:
    names = (*_TEXTS, "longitude", "latitude", "updated", "confirmed", "status")
    shown = Place.objects.filter(status__in=SHOWN).order_by().values_list(*names)
    return [
        (*told, max(filter(None, (updated, confirmed)), default=None), status == "closed")
        for *told, updated, confirmed, status in shown.iterator(5000)
    ]


def _computed_rows(current: Reader) -> Iterable[tuple[Any, ...]]:
    rows = current.computation.table("places").to_dicts()
    columns = columns_of([of_row(row) for row in rows])
    return [
        (row["id"], *(flat[name] for name in (*_TEXTS[1:], "longitude", "latitude")),
         flat["updated"], False)
        for row, flat in zip(rows, columns, strict=True)
    ]  # fmt: skip


def _with_points(frame: pl.DataFrame, current: Reader) -> pl.DataFrame:
    """Put places that have no position at the point of their commune."""
    table = current.gazetteer.table.filter(pl.col("level") == "commune")
    points = table.select("commune", _x="longitude", _y="latitude").unique("commune")
    own = pl.all_horizontal(pl.col("longitude", "latitude").is_not_null())
    return (
        frame.join(points, on="commune", how="left")
        .with_columns(
            longitude=pl.when(own).then("longitude").otherwise("_x"),
            latitude=pl.when(own).then("latitude").otherwise("_y"),
        )
        .drop("_x", "_y")
    )
