"""The index of the places shown, in the memory of each process, kept up to date.

The census speaks when it holds places, else the computation in force. A small census is indexed
again within the request that finds it changed. A large one never makes a visitor wait: what changed
is read and laid over the index (:class:`~portrea.offer.searching.patched.PatchedIndex`), and a
process that starts takes the columns kept on disk (:mod:`portrea.web.offer.snapshot`); the whole is
read again beside, when much changed and once an hour. What a page shows of a place is always read
from the census itself.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl
from django.conf import settings
from django.db import DatabaseError

from portrea.offer.rows import of_row
from portrea.offer.searching import PatchedIndex, SearchIndex
from portrea.web.offer.columns import columns_of
from portrea.web.offer.models import Place
from portrea.web.offer.reading import last_change
from portrea.web.offer.snapshot import (
    SCHEMA,
    TEXTS,
    Columns,
    keep_columns,
    load_columns,
    read_columns,
)
from portrea.web.territories.beside import beside
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from datetime import datetime

    from portrea.steering.reading import Reader

CENSUS, COMPUTATION = "census", "computation"
AT_ONCE = 5_000
"""Places indexed within the request that finds them changed."""
MOST_PATCHED = 1_000
"""Changes laid over an index before it is made again."""
EVERY = 1.0
"""Seconds between two counts of a large census: it takes some milliseconds."""
WHOLE = 3600.0
"""Seconds after which a large census is read again whatever happened."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """An index, where its places come from, and the state of that source it tells.

    ``base`` is the index of everything at ``since``; ``index`` tells it with what changed until
    ``last``. ``rows`` counts the places told, with those ``hidden``; ``made`` is a clock.
    """

    index: SearchIndex | PatchedIndex
    origin: str
    computed: str
    base: SearchIndex
    since: datetime | None = None
    last: datetime | None = None
    rows: int = 0
    hidden: frozenset[str] = frozenset()
    made: float = 0.0


_held: dict[str, Catalogue] = {}
_counted: dict[str, float] = {}
_patching = threading.Lock()
_making = threading.Lock()


def catalogue() -> Catalogue:
    """Return the index of the places as they are now."""
    current = reader()
    held = _held.get(_home())
    last, rows = _state(held)
    origin = CENSUS if last is not None else COMPUTATION
    if held is not None and _same(held, origin, current):
        if held.last == last and rows in (None, held.rows):
            _keep_young(held, current)
            return held
        if origin == CENSUS and held.base.size > AT_ONCE:
            return _patched(held, last, rows, current)
    if held is None and origin == CENSUS:
        kept = load_columns()
        if kept is not None and kept.frame.height > AT_ONCE:
            held = _hold(_of_columns(kept, current))
            _beside(current)
            return _patched(held, last, None, current) if held.last != last else held
    if held is not None and held.origin == origin == CENSUS and held.base.size > AT_ONCE:
        _beside(current)  # another computation: codes and names of territories may differ
        return held
    return _made(current, origin)


def census_origin() -> str:
    """Return where places come from, without making an index."""
    return CENSUS if _last() is not None else COMPUTATION


def prepare() -> None:
    """Keep on disk the columns of a large census, so that no process makes a visitor wait."""
    if census_origin() != CENSUS or Place.objects.count() <= AT_ONCE:
        return
    kept = load_columns()
    if kept is None or kept.since != last_change():
        keep_columns(_columns())


# -- the state of the census ----------------------------------------------------------------------


def _home() -> str:
    return str(settings.PORTREA_HOME)


def _last() -> datetime | None:
    try:
        return last_change()
    except DatabaseError:  # a site whose database was never prepared still shows its computation
        return None


def _state(held: Catalogue | None) -> tuple[datetime | None, int | None]:
    """Return the last change, and how many places there are unless they were counted just now."""
    last = _last()
    if last is None:
        return None, 0
    home, now = _home(), time.monotonic()
    large = held is not None and held.base.size > AT_ONCE
    if large and now - _counted.get(home, 0.0) < EVERY:
        return last, None
    _counted[home] = now
    return last, Place.objects.count()


def _same(held: Catalogue, origin: str, current: Reader) -> bool:
    return held.origin == origin and held.computed == current.computation_id


# -- making an index ------------------------------------------------------------------------------


def _patched(
    held: Catalogue, last: datetime | None, rows: int | None, current: Reader
) -> Catalogue:
    """Lay what changed over an index; what that cannot tell is read again beside."""
    with _patching:
        held = _held.get(_home(), held)
        if held.last != last and held.since is not None:
            changed = read_columns(after=held.since, most=MOST_PATCHED + 1)
            held = _hold(_over(held, changed, last, current))
    many = held.index.size - held.base.size >= MOST_PATCHED
    if many or rows not in (None, held.rows):
        _beside(current)
    _keep_young(held, current)
    return held


def _keep_young(held: Catalogue, current: Reader) -> None:
    """Read a large census again when that was long ago: an old stamp may have come late."""
    if held.base.size > AT_ONCE and time.monotonic() - held.made > WHOLE:
        _beside(current)


def _over(
    held: Catalogue, changed: pl.DataFrame, last: datetime | None, current: Reader
) -> Catalogue:
    known = held.hidden | held.base.row_of.keys()
    names = changed["id"].to_list()
    patch = _index(changed, current)
    return replace(
        held,
        index=PatchedIndex(held.base, patch, names),
        last=last,
        rows=held.base.size + len(held.hidden) + sum(name not in known for name in names),
    )


def _beside(current: Reader) -> None:
    """Read the whole census in a thread, unless one is at it."""
    if not _making.locked():
        beside(partial(_make_beside, current))


def _make_beside(current: Reader) -> None:
    if not _making.acquire(blocking=False):
        return
    try:
        columns = _columns()
        made = _of_columns(columns, current)
        with _patching:
            _hold(made)
        keep_columns(columns)
    finally:
        _making.release()


def _made(current: Reader, origin: str) -> Catalogue:
    """Read everything within the request."""
    with _making:
        held = _held.get(_home())
        if held is not None and _same(held, origin, current) and held.last == _last():
            return held
        if origin == COMPUTATION:
            frame = _computed_columns(current)
            base = _index(frame, current)
            return _hold(Catalogue(base, origin, current.computation_id, base))
        columns = _columns()
        if columns.frame.height > AT_ONCE:
            keep_columns(columns)
        return _hold(_of_columns(columns, current))


def _hold(made: Catalogue) -> Catalogue:
    _held.clear()
    _held[_home()] = made
    return made


def _columns() -> Columns:
    since = last_change()  # before reading: what changes meanwhile is laid over
    if since is None:
        raise Place.DoesNotExist
    return Columns(read_columns(), since)


def _of_columns(columns: Columns, current: Reader) -> Catalogue:
    base = _index(columns.frame, current)
    hidden = frozenset(columns.frame.filter(~pl.col("shown"))["id"].to_list())
    since = columns.since
    return Catalogue(
        base, CENSUS, current.computation_id, base, since, since,
        base.size + len(hidden), hidden, time.monotonic(),
    )  # fmt: skip


def _computed_columns(current: Reader) -> pl.DataFrame:
    rows = current.computation.table("places").to_dicts()
    columns = columns_of([of_row(row) for row in rows])
    told = [
        (row["id"], *(flat[name] for name in (*TEXTS[1:], "longitude", "latitude")),
         flat["updated"], False, True)
        for row, flat in zip(rows, columns, strict=True)
    ]  # fmt: skip
    return pl.DataFrame(told, schema=SCHEMA, orient="row")


def _index(frame: pl.DataFrame, current: Reader) -> SearchIndex:
    """Index the places shown; those without a position are at the point of their commune."""
    table = current.gazetteer.table.filter(pl.col("level") == "commune")
    points = table.select("commune", _x="longitude", _y="latitude").unique("commune")
    own = pl.all_horizontal(pl.col("longitude", "latitude").is_not_null())
    return SearchIndex(
        frame.filter("shown")
        .join(points, on="commune", how="left")
        .with_columns(
            longitude=pl.when(own).then("longitude").otherwise("_x"),
            latitude=pl.when(own).then("latitude").otherwise("_y"),
        )
        .drop("_x", "_y", "shown")
    )
