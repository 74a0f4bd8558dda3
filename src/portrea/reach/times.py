"""Travel times from origins to places: one object, whatever the engine that measured them.

Every engine returns :class:`Times`: :func:`portrea.reach.engines.crow_fly_times` (default model),
:func:`portrea.reach.od_table.table_times` (a user's own table), ``portrea.reach.network`` (roads).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

LEAST = np.float32(0.01)
"""Smallest stored time in minutes: a zero would mean « out of reach » in a sparse matrix."""
DIGITS = 16


@dataclass(frozen=True)
class Times:
    """Minutes from each origin to each place within ``t_max``.

    ``origins`` and ``places`` are codes, in the order asked; ``minutes`` is sparse (origins ×
    places, float32, columns sorted in each row): only pairs at most ``t_max`` minutes apart are
    stored, every one > 0. An origin or a place without position has an empty row or column.
    ``engine`` is crow_fly, table, network or osrm; ``profile`` is a code of ``profiles.yaml``;
    ``version`` is a digest of all that made the times.
    """

    origins: NDArray[np.str_]
    places: NDArray[np.str_]
    minutes: csr_array
    t_max: float
    engine: str
    profile: str
    version: str

    @classmethod
    def of_pairs(
        cls,
        codes: tuple[ArrayLike, ArrayLike],
        pairs: tuple[ArrayLike, ArrayLike, ArrayLike],
        *,
        t_max: float,
        engine: str,
        profile: str,
        version: str,
    ) -> Times:
        """Build the times from pairs, each at most once, in any order.

        Parameters
        ----------
        codes
            Codes of the origins and of the places.
        pairs
            Row, column, minutes: pairs beyond ``t_max`` or not finite are left out.
        t_max, engine, profile, version
            See the class.
        """
        origins, places = (np.asarray(names, dtype=np.str_) for names in codes)
        row, column, minutes = (np.asarray(values) for values in pairs)
        kept = minutes <= t_max
        values = np.clip(minutes[kept].astype(np.float32), LEAST, None)
        where = (row[kept].astype(np.int32), column[kept].astype(np.int32))
        matrix = csr_array((values, where), shape=(origins.size, places.size))
        matrix.sort_indices()
        return cls(origins, places, matrix, t_max, engine, profile, version)

    def table(self) -> pl.DataFrame:
        """Return one row per pair within ``t_max``: origin, place, minutes."""
        row = np.repeat(np.arange(self.origins.size), np.diff(self.minutes.indptr))
        origins, places = (pl.Series(codes.tolist(), dtype=pl.String) for codes in self.codes)
        return pl.DataFrame(
            {
                "origin": origins.gather(row),
                "place": places.gather(self.minutes.indices),
                "minutes": self.minutes.data,
            }
        )

    @property
    def codes(self) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
        """Codes of the origins, codes of the places."""
        return self.origins, self.places

    def part(
        self, rows: NDArray[np.integer | np.bool_], columns: NDArray[np.integer | np.bool_]
    ) -> Times:
        """Return some origins × some places (positions or masks), unchanged otherwise."""
        matrix = csr_array(self.minutes[rows][:, columns])
        matrix.sort_indices()
        return Times(
            self.origins[rows],
            self.places[columns],
            matrix,
            self.t_max,
            self.engine,
            self.profile,
            self.version,
        )


def times_around(
    measure: Callable[[pl.DataFrame, pl.DataFrame], Times],
    origins: pl.DataFrame,
    places: pl.DataFrame,
    *,
    inside: Sequence[str],
) -> Times:
    """Return all the times that the access of a territory depends on, and no more.

    The places its origins reach, beyond its border included; every origin that reaches one of these
    places, since it shares their supply; and the other places those may choose instead. The access
    of an origin inside is then the same as with all of France, wherever the border passes, by any
    floating catchment; that of the origins outside is not complete.

    Parameters
    ----------
    measure
        An engine: origins, places → times; for instance
        ``partial(crow_fly_times, t_max=45)``.
    origins, places
        All those known.
    inside
        Codes of the origins of the territory.
    """
    within = origins["code"].is_in(list(inside))
    mine = measure(origins.filter(within), places)
    reached = np.zeros(mine.places.size, dtype=bool)
    reached[mine.minutes.indices] = True
    rivals = measure(origins, places.filter(pl.Series(reached)))
    sharing = (np.diff(rivals.minutes.indptr) > 0) | within.to_numpy()
    whole = measure(origins.filter(pl.Series(sharing)), places)
    chosen = np.unique(whole.minutes.indices)
    return whole.part(np.arange(whole.origins.size), chosen)


def rings_around(
    measure: Callable[[pl.DataFrame, pl.DataFrame], Times],
    origins: pl.DataFrame,
    places: pl.DataFrame,
    *,
    inside: Sequence[str],
    rings: int,
) -> list[Times]:
    """Return the times around a territory, wider and wider: each ring adds those who may meet.

    The first one is :func:`times_around`; each other one is that of all the origins of the ring
    before. Where people choose by how crowded places are, neighbours of neighbours matter, less
    and less.
    """
    found: list[Times] = []
    for _ in range(rings):
        found.append(times_around(measure, origins, places, inside=inside))
        inside = found[-1].origins.tolist()
    return found


def version_of(
    engine: str, parameters: Mapping[str, Any], frames: Sequence[pl.DataFrame] = ()
) -> str:
    """Return a digest of an engine, its parameters and its inputs: same digest, same times.

    Parameters
    ----------
    engine
        Name of the engine and of the edition of its method.
    parameters
        Anything JSON can write.
    frames
        Tables, in the order of their rows.
    """
    digest = hashlib.sha256(engine.encode())
    digest.update(json.dumps(parameters, sort_keys=True, default=str).encode())
    for frame in frames:
        for column in frame:
            digest.update(f"|{column.name}|{column.len()}|".encode())
            digest.update(_bytes(column))
    return digest.hexdigest()[:DIGITS]


def _bytes(column: pl.Series) -> bytes:
    if column.dtype.is_numeric():
        return column.cast(pl.Float64).fill_null(float("nan")).to_numpy().tobytes()
    return "\x1f".join(column.cast(pl.String).fill_null("").to_list()).encode()
