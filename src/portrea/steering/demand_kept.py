"""Draws of the need kept on disk, so that a page of access does not make them again.

One folder by computation and measure under ``$PORTREA_HOME/cache/demand``, read where it lies:
a territory takes the rows of its zones. Only those of the computation in force are kept. Erasing
the folder is safe: draws are then made again, the same, in some seconds.
"""

from __future__ import annotations

import shutil
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.progress import silent
from portrea.needs.tables import UNITS
from portrea.reach.demand import Demand
from portrea.sources.arrays import ArrayShelf
from portrea.sources.store import Computation
from portrea.steering.computation import gather_inputs, settings_of
from portrea.steering.demand import DRAWS, demand_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from portrea.base.progress import Progress
    from portrea.sources.store import Store
    from portrea.steering.reading import Reader

    Steps = tuple[NDArray[np.uint16], NDArray[np.float64]]

FOLDER = "cache/demand"
MEASURES = ("c", "a2", "a1", "a3")
"""Measures that pages count, in the order in which they are kept."""
FORMAT = 1
MOST = 65535
"""Steps between nobody and the greatest draw of a zone: two bytes by draw."""
CHUNK = 4096


def demand_in_force(
    reader: Reader, zones: Sequence[str], measure: str, *, draws: int = DRAWS
) -> Demand:
    """Return the people of some IRIS as the computation in force counts them, with their draws.

    Those kept on disk where there are some, else made again (:func:`demand_of`).
    """
    kept = read_kept(reader, zones, measure) if draws == DRAWS else None
    return kept or demand_of(reader.store, zones, measure, draws=draws).at(zones)


def read_kept(reader: Reader, zones: Sequence[str], measure: str) -> Demand | None:
    """Return the people of some IRIS from what is kept, ``None`` when nothing is."""
    found = _shelf(reader.store).read(version_of(reader.computation_id, measure))
    if found is None:
        return None
    arrays, facts = found
    wanted = np.asarray(zones, dtype=np.str_)
    codes = arrays["codes"]
    row = np.minimum(np.searchsorted(codes, wanted), max(codes.size - 1, 0))
    known = codes[row] == wanted if codes.size else np.zeros(wanted.size, dtype=bool)
    where = row[known]
    drawn = np.zeros((wanted.size, facts["columns"]), dtype=np.float32)
    persons = np.zeros(wanted.size)
    if where.size:
        drawn[known] = from_steps(arrays["steps"][where], arrays["step"][where])
        persons[known] = arrays["persons"][where]
    return Demand(wanted, persons, drawn, measure, UNITS[measure], facts["sides"], ~known)


def keep_demands(store: Store, *, progress: Progress = silent) -> tuple[str, ...]:
    """Keep the draws of the computation in force that are not kept yet; return their measures.

    Raises
    ------
    StoreError
        When a dataset cannot be read.
    """
    computation = store.current()
    if computation is None:
        return ()
    missing = missing_measures(store)
    if missing:
        inputs, settings = gather_inputs(store), settings_of(computation)
    for rank, measure in enumerate(missing):
        progress(rank / len(missing), f"tirages de {measure.upper()}")
        made = demand_of(store, None, measure, inputs=inputs, settings=settings)
        _write(_shelf(store), version_of(computation.id, measure), made)
    _forget(store, computation)
    progress(1.0, "tirages gardés")
    return missing


def missing_measures(store: Store) -> tuple[str, ...]:
    """Return the measures of the computation in force whose draws are not kept."""
    computation = store.current()
    if computation is None:
        return ()
    absent = [m for m in MEASURES if not _shelf(store).has(version_of(computation.id, m))]
    if not absent:
        return ()
    known = _estimated(computation.folder)
    return tuple(measure for measure in absent if measure in known)


@lru_cache(maxsize=2)
def _estimated(folder: Path) -> frozenset[str]:
    """Return the measures that a computation estimates somewhere."""
    rows = Computation(folder.name, folder).scan("estimates")
    known = rows.filter((pl.col("level") == "iris") & pl.col("n").is_not_null())
    found = known.select(pl.col("measure").unique()).collect(engine="streaming")
    return frozenset(found["measure"].to_list())


def version_of(computation: str, measure: str) -> str:
    """Return the name under which draws are kept."""
    return f"{computation}-{measure}-{DRAWS}-{FORMAT}"


def to_steps(draws: NDArray[np.floating]) -> Steps:
    """Return draws (zones × draws) as whole steps, and the step of each zone.

    Notes
    -----
    ``q = round(draw / step)``, ``step = greatest draw of the zone / 65535``: a draw read back is
    off by half a step at most, 8 millionths of the greatest one.
    """
    step = draws.max(axis=1, initial=0.0).astype(np.float64) / MOST
    inverse = np.divide(1.0, step, out=np.zeros_like(step), where=step > 0)
    kept = np.empty(draws.shape, dtype=np.uint16)
    for first in range(0, len(draws), CHUNK):
        part = slice(first, first + CHUNK)
        kept[part] = np.rint(draws[part] * inverse[part, None])
    return kept, step


def from_steps(kept: NDArray[np.uint16], step: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the draws of steps (:func:`to_steps`)."""
    found = kept.astype(np.float32)
    found *= step.astype(np.float32)[:, None]
    return found


def _write(shelf: ArrayShelf, version: str, made: Demand) -> None:
    assert made.draws is not None
    rows = np.flatnonzero(made.known)
    rows = rows[np.argsort(made.codes[rows], kind="stable")]
    steps, step = to_steps(made.draws[rows])
    arrays = {"codes": made.codes[rows], "persons": made.persons[rows], "step": step}
    facts = {"sides": made.sides, "columns": int(made.draws.shape[1])}
    shelf.write(version, arrays | {"steps": steps}, facts)


def _forget(store: Store, computation: Computation) -> None:
    """Erase the draws of the other computations."""
    for folder in (store.home / FOLDER).glob("*-*"):
        if not folder.name.startswith((f"{computation.id}-", ".")):
            shutil.rmtree(folder, ignore_errors=True)


def _shelf(store: Store) -> ArrayShelf:
    return ArrayShelf(store.home / FOLDER)
