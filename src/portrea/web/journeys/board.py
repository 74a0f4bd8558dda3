"""Every door in the memory of each process: what an answer is read from, kept up to date.

The census speaks when it holds places, else the computation in force, as for the list of places.
A small territory is looked at again within the request that finds it changed. A large one makes
nobody wait: a process that starts reads what is kept on disk (:mod:`portrea.web.journeys.kept`),
the places that changed since are laid over it, and the whole is compared beside, place by place,
when much changed and once an hour. What is shown of a place is read from the census itself.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from portrea.offer.orientation.board import Board
from portrea.offer.orientation.typed import propose
from portrea.offer.rows import of_row
from portrea.web.journeys.doors import (
    alike,
    computed_doors,
    doors_told,
    joined,
    no_doors,
    record_of,
    told_of,
)
from portrea.web.journeys.kept import (
    keep_day,
    keep_doors,
    load_day,
    load_doors,
    name_of,
)
from portrea.web.offer.census import SHOWN
from portrea.web.offer.models import Place
from portrea.web.offer.reading import decoded, last_change, rows_of
from portrea.web.offer.search import CENSUS, COMPUTATION
from portrea.web.territories.beside import beside
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from portrea.offer.record import Place as Record

    Point = tuple[float, float]

AT_ONCE = 3_000
"""Places compared within the request that finds them changed."""
MOST_PATCHED = 500
"""Changes laid over a large board within a request."""
PAUSE = 1.0
"""Seconds between two patches, or two counts, of a large board."""
LOOK = 0.2
"""Seconds between two looks at the last change of a large census."""
WHOLE = 3600.0
"""Seconds after which a large board is compared with the census whatever happened."""
GLIMPSES, GLIMPSED = (0.1, 0.4, 2.0), 20
"""Half sides, in degrees, of the squares looked at before all is read, until so many places."""
REST = 0.05
"""Seconds left to visitors between two chunks of places read beside."""
AHEAD, BEHIND = timedelta(hours=14), timedelta(hours=12)
"""How far the clocks of France are from UTC, and the time to get tomorrow ready."""


@dataclass(frozen=True, slots=True)
class Held:
    """Every door, where places come from, and the state of that source it tells.

    ``rows`` finds a place in the computation; ``whole`` and ``made`` are clocks: when every place
    was compared, when the board was made.
    """

    board: Board
    doors: pl.DataFrame
    origin: str
    state: datetime | str
    rows: Mapping[str, int]
    whole: float
    made: float

    @property
    def places(self) -> int:
        """How many places it tells."""
        return len(self.board.ids)


_held: dict[str, Held] = {}
_counts: dict[str, float] = {}
_looks: dict[str, float] = {}
_dated: dict[date, dict[str, NDArray[np.int32]]] = {}
_making = threading.Lock()
_comparing = threading.Lock()


def board(*, at_once: bool = False, around: Point | None = None) -> Held:
    """Return every door as it is now; a large census is looked at now and then, or ``at_once``.

    ``around`` is where the person is: what a large census never read before shows at once.
    """
    held = _held.get(_home())
    if held is not None and not at_once and _just_looked(held):
        return held
    state = _state()
    if held is None or type(held.state) is not type(state):
        return _first(state, around)
    if held.state == state and not _miscounted(held):
        return held
    if isinstance(state, str):
        return _first(state, around)
    if held.places <= AT_ONCE:
        return _compared(state)
    return _patched(held, state, at_once=at_once)


def known_state() -> tuple[datetime | str, float] | None:
    """Return the state that answers tell now, and when it was read; ``None`` before it was."""
    if _home() not in _held:
        return None
    held = board()
    return held.state, held.made


def records(
    held: Held, ids: Sequence[str], named: Sequence[str] = ()
) -> tuple[dict[str, Record], dict[str, str]]:
    """Return records of places as they are now, and names of others; those closed are left out."""
    if held.origin == COMPUTATION:
        frame = reader().computation.table("places")
        rows = {key: frame.row(held.rows[key], named=True) for key in (*ids, *named)}
        return {key: of_row(rows[key]) for key in ids}, {key: rows[key]["name"] for key in named}
    # SQLite would read every shown place if the status were asked for too
    read = rows_of([*ids, *named], "pk", "status", "record")
    told = {pk: decoded(record) for pk, status, record in read if status == Place.Status.OPEN}
    found = {key: record_of(key, told[key]) for key in ids if key in told}
    return found, {key: told[key]["name"] for key in named if key in told}


def prepare() -> None:
    """Keep on disk the doors of many places and the openings of the days near."""
    held = board()
    if held.places > AT_ONCE:
        keep_doors(held.doors, held.state)
        warm_days(held)


def keep_ready(now: datetime | None = None) -> None:
    """Read before anybody asks what answers are made of: doors, days near, words."""
    held = board()
    warm_days(held, now)
    reader().gazetteer.search("montfort", limit=1)
    propose("loyer")


def warm_days(held: Held, now: datetime | None = None) -> None:
    """Work out the openings of every day it is somewhere in France, and of the one that comes."""
    moment = now or timezone.now()
    days = {(moment - BEHIND).date(), moment.date(), (moment + AHEAD).date()}
    for day in days:
        known = _dated.setdefault(day, {})
        if not known:
            known.update(load_day(day))
        before = len(known)
        held.board.on(day)
        if len(known) > before and held.places > AT_ONCE:
            keep_day(day, known)
    for old in set(_dated) - days:
        _dated.pop(old, None)


# -- the state of the places ----------------------------------------------------------------------


def _just_looked(held: Held) -> bool:
    """Whether the census of a large board was asked for its last change a moment ago."""
    home, now = _home(), time.monotonic()
    if held.origin == COMPUTATION or held.places <= AT_ONCE:
        return False
    if now - _looks.get(home, 0.0) < LOOK:
        return True
    _looks[home] = now
    return False


def _home() -> str:
    return str(settings.PORTREA_HOME)


def _state() -> datetime | str:
    """Return the last change of the census, or the computation in force without one."""
    try:
        last = last_change()
    except DatabaseError:  # a site whose database was never prepared still shows its computation
        last = None
    return reader().computation_id if last is None else last


def _miscounted(held: Held) -> bool:
    """Tell a small census whose number of places changed; a large one is compared beside."""
    if held.origin == COMPUTATION:
        return False
    home, now = _home(), time.monotonic()
    large = held.places > AT_ONCE
    if large and now - _counts.get(home, 0.0) < PAUSE:
        return False
    _counts[home] = now
    wrong = Place.objects.filter(status__in=SHOWN).count() != held.places
    if large and (wrong or now - held.whole > WHOLE):
        compare_beside()
    return wrong and not large


# -- making a board -------------------------------------------------------------------------------


def _first(state: datetime | str, around: Point | None) -> Held:
    """Take what is kept on disk, or read everything; meanwhile, a visitor sees what is around."""
    kept = load_doors(state)
    if isinstance(state, datetime) and kept is None:
        if around is not None and Place.objects.count() > AT_ONCE:
            compare_beside()
            return _glimpse(around, state)
        return _read(state)
    with _making:
        held = _held.get(_home())
        if held is not None and held.state == state:
            return held
        if isinstance(state, str):
            doors = kept[0] if kept else computed_doors()
            made = _hold(doors, state)
            if kept is None and made.places > AT_ONCE:
                keep_doors(doors, state)
            return made
        held = _hold(*kept)
    return _compared(state) if held.places <= AT_ONCE else _patched(held, state, at_once=True)


def _read(state: datetime) -> Held:
    """Read every place, once for all the threads that ask."""
    with _comparing:
        held = _held.get(_home())
        if held is not None and held.state == state:
            return held
        doors = alike(no_doors(), rest=0.0)
        with _making:
            return _hold(doors, state)


def _glimpse(around: Point, state: datetime) -> Held:
    """Return the doors of some places around a point, for one answer."""
    x, y = around
    for half in GLIMPSES:
        inside = Place.objects.filter(
            longitude__range=(x - half, x + half), latitude__range=(y - half, y + half)
        )
        told = list(told_of(inside, most=MOST_PATCHED))
        if len(told) > GLIMPSED:
            break
    doors = doors_told(told)
    return Held(Board(doors, dated=_dated), doors, CENSUS, state, {}, 0.0, 0.0)


def _compared(state: datetime | str) -> Held:
    """Compare every place of a small census within the request."""
    with _making:
        held = _held.get(_home())
        if held is not None and held.state == state and not _miscounted(held):
            return held
        return _hold(alike(held.doors if held else no_doors(), rest=0.0), state)


def _patched(held: Held, state: datetime, *, at_once: bool) -> Held:
    """Lay what changed over a large board; when it is much, that is done beside."""
    if not at_once and held.made - held.whole > 0 and time.monotonic() - held.made < PAUSE:
        return held
    if not _making.acquire(blocking=at_once):
        return held
    try:
        held = _held.get(_home(), held)
        if held.state == state:
            return held
        told = list(told_of(Place.objects.filter(changed__gt=held.state), most=MOST_PATCHED + 1))
        if len(told) > MOST_PATCHED:
            compare_beside()
            return held
        kept = held.doors.filter(~pl.col("id").is_in([pk for pk, *_ in told]))
        return _hold(joined([kept, doors_told(told)]), state, whole=held.whole)
    finally:
        _making.release()


def compare_beside() -> None:
    """Compare every place in a thread, unless one is at it."""
    if not _comparing.locked():
        beside(_compare_all)


def _compare_all() -> None:
    if not _comparing.acquire(blocking=False):
        return
    try:
        since, held = last_change(), _held.get(_home())
        if since is None:
            return
        kept = load_doors(since)  # another process perhaps compared them
        newer = kept is not None and (held is None or name_of(held.state) < name_of(kept[1]))
        doors = kept[0] if kept and newer else held.doors if held else no_doors()
        doors = alike(doors, rest=REST)
        with _making:
            made = _hold(doors, since)
        warm_days(made)
        keep_doors(doors, since)
    finally:
        _comparing.release()


def _hold(doors: pl.DataFrame, state: datetime | str, whole: float | None = None) -> Held:
    now = time.monotonic()
    origin = COMPUTATION if isinstance(state, str) else CENSUS
    ids = reader().computation.table("places")["id"].to_list() if origin == COMPUTATION else ()
    rows = {key: rank for rank, key in enumerate(ids)}
    made = Board(doors, dated=_dated)
    held = Held(made, doors, origin, state, rows, now if whole is None else whole, now)
    _held.clear()
    _held[_home()] = held
    return held
