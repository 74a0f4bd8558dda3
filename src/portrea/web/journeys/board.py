"""Every door in the memory of each process: what an answer is read from, kept up to date."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portrea.offer.content import from_dict
from portrea.offer.orientation.board import Board, entry_of
from portrea.offer.rows import of_row
from portrea.web.offer.census import SHOWN, census_state
from portrea.web.offer.models import Place
from portrea.web.offer.search import CENSUS, census_origin
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from portrea.offer.record import Place as Record


@dataclass(frozen=True, slots=True)
class Held:
    """Every door, where places come from, and the state of that source it tells."""

    board: Board
    origin: str
    state: str
    rows: Mapping[str, int] = field(default_factory=dict)


_held: dict[str, Held] = {}
_making = threading.Lock()


def board() -> Held:
    """Return every door of the census when it has places, of the computation in force otherwise."""
    current = reader()
    origin = census_origin()
    state = f"{current.store.home} {current.computation_id}"
    if origin == CENSUS:
        state += f" {census_state()}"
    held = _held.get(origin)
    if held is not None and held.state == state:
        return held
    with _making:
        held = _held.get(origin)
        if held is None or held.state != state:
            held = _held[origin] = _of_census(state) if origin == CENSUS else _of_computation(state)
    return held


def records(held: Held, ids: Sequence[str]) -> dict[str, Record]:
    """Return the records of places as they are now, those no longer shown left out."""
    if held.origin != CENSUS:
        frame = _computed()
        return {key: of_row(frame.row(held.rows[key], named=True)) for key in ids}
    # SQLite would read every shown place if the status were asked for too
    told = Place.objects.filter(pk__in=ids).order_by().values_list("pk", "record", "status")
    return {pk: _named(pk, record) for pk, record, status in told if status == Place.Status.OPEN}


def _of_census(state: str) -> Held:
    told = Place.objects.filter(status__in=SHOWN).order_by()
    rows = told.values_list("pk", "record", "status").iterator(2000)
    closed = Place.Status.CLOSED
    made = Board(
        entry_of(_named(pk, record), closed=status == closed) for pk, record, status in rows
    )
    return Held(made, CENSUS, state)


def _of_computation(state: str) -> Held:
    rows = _computed().iter_rows(named=True)
    ranks = {key: rank for rank, key in enumerate(_computed()["id"].to_list())}
    return Held(Board(entry_of(of_row(row)) for row in rows), "", state, ranks)


def _named(pk: str, record: Mapping[str, Any]) -> Record:
    return from_dict({**record, "id": pk})


def _computed() -> pl.DataFrame:
    return reader().computation.table("places")
