"""Travel times for every door: which engine, measured once, kept on disk by version."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from portrea.reach.engines import CROW_FLY, crow_fly_times, crow_fly_version
from portrea.reach.network.times import NETWORK, Network, network_times, network_version
from portrea.reach.od_table import table_times
from portrea.reach.times import Times
from portrea.reach.travel import default_travel
from portrea.sources.arrays import ArrayShelf
from portrea.sources.peek import peek
from portrea.sources.reading import read_table
from portrea.steering.networks import find_network, left_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.sources.store import Store

FOLDER = "cache/times"
TABLES = (".csv", ".xlsx", ".xls", ".ods", ".parquet", ".zip")
FARTHEST_KM = 100.0
"""Nobody goes farther in 45 minutes: the fastest roads are driven at 130 km/h."""
KM_BY_DEGREE = 111.0
"""A little less than a degree of latitude."""
WORTH = 50_000_000
"""Origins × places below which crow-fly times are faster measured again than read."""


@dataclass(frozen=True, slots=True)
class CrowFly:
    """The default engine, as :func:`portrea.reach.times.times_around` wants it.

    Times of a large part of France are kept on disk; those of a territory are measured at once.
    """

    store: Store
    t_max: float
    profile: str = "car"

    def __call__(self, origins: pl.DataFrame, places: pl.DataFrame) -> Times:
        """Return the times between all origins and places within ``t_max``."""

        def measure() -> Times:
            return crow_fly_times(origins, places, t_max=self.t_max, profile=self.profile)

        if origins.height * places.height < WORTH:
            return measure()
        version = crow_fly_version(origins, places, t_max=self.t_max, profile=self.profile)
        return kept_times(self.store, version, measure)


@dataclass(frozen=True, slots=True)
class Roads:
    """Times along the roads of a network of the house, kept on disk."""

    store: Store
    network: Network
    t_max: float
    profile: str = "car"
    engine: str = NETWORK

    def __call__(self, origins: pl.DataFrame, places: pl.DataFrame) -> Times:
        """Return the times between all origins and places within ``t_max``."""
        version = network_version(
            self.network,
            origins,
            places,
            t_max=self.t_max,
            profile=self.profile,
            engine=self.engine,
        )

        def measure() -> Times:
            return network_times(
                self.network,
                origins,
                places,
                t_max=self.t_max,
                profile=self.profile,
                engine=self.engine,
            )

        return kept_times(self.store, version, measure)

    def told(self, origins: pl.DataFrame, places: pl.DataFrame) -> tuple[str, ...]:
        """Say in French which of these points the roads cannot serve."""
        return left_out(self.network, origins, places, profile=self.profile)


@dataclass(frozen=True)
class OwnTable:
    """Times of a user's own file: CSV, spreadsheet or parquet, long or wide."""

    path: Path
    t_max: float
    profile: str = "car"

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The file, read once."""
        return read_table(peek(self.path)[0])

    def __call__(self, origins: pl.DataFrame, places: pl.DataFrame) -> Times:
        """Return the times of the file between origins and places within ``t_max``."""
        return table_times(
            self.frame, origins=origins, places=places, t_max=self.t_max, profile=self.profile
        )


def engine_named(
    store: Store, name: str = "", *, t_max: float, profile: str = "car"
) -> CrowFly | Roads | OwnTable:
    """Return what measures times, by the name a user gives it.

    Parameters
    ----------
    store
        The house: its networks, its cache.
    name
        Nothing or ``crow_fly``: the default model; a file: the user's own table; ``osrm:NAME`` or
        ``NAME``: a network added by ``portrea reach network add``.
    t_max
        Longest time kept, in minutes.
    profile
        Code of ``profiles.yaml``.

    Raises
    ------
    PortreaError
        No such profile, network or file.
    """
    default_travel().profile(profile)
    if name in ("", CROW_FLY):
        return CrowFly(store, t_max, profile)
    path = Path(name)
    if path.suffix.lower() in TABLES or path.is_file():
        return OwnTable(path, t_max, profile)
    engine, _, network = name.rpartition(":")
    known = find_network(store, network)
    return Roads(store, known, t_max, profile, engine or NETWORK)


def near(points: pl.DataFrame, others: pl.DataFrame, km: float = FARTHEST_KM) -> pl.Series:
    """Tell the points that may be within the longest time kept of some others, at once.

    Those farther than ``km`` from the rectangle of the others are not, nor those without position.
    """
    box = others.select(
        south=pl.col("latitude").min(), north=pl.col("latitude").max(),
        west=pl.col("longitude").min(), east=pl.col("longitude").max(),
    ).row(0, named=True)  # fmt: skip
    if box["south"] is None:
        return pl.Series([False]).new_from_index(0, points.height)
    tall = km / KM_BY_DEGREE
    highest = min(max(abs(box["south"]), abs(box["north"])) + tall, 89.0)
    wide = tall / math.cos(math.radians(highest))
    inside = pl.col("latitude").is_between(box["south"] - tall, box["north"] + tall)
    inside &= pl.col("longitude").is_between(box["west"] - wide, box["east"] + wide)
    return points.select(inside.fill_null(value=False)).to_series()


def kept_times(store: Store, version: str, measure: Callable[[], Times]) -> Times:
    """Return the times of a version from disk, or measure and keep them.

    Parameters
    ----------
    store
        Whose home has the cache.
    version
        What :func:`portrea.reach.engines.crow_fly_version` or
        :func:`portrea.reach.network.times.network_version` returns.
    measure
        Called when they are not kept, or damaged.
    """
    shelf = ArrayShelf(store.home / FOLDER)
    return _read(shelf, version) or _measured(shelf, version, measure())


def _read(shelf: ArrayShelf, version: str) -> Times | None:
    found = shelf.read(version)
    if found is None:
        return None
    arrays, facts = found
    shape = (arrays["origins"].size, arrays["places"].size)
    try:
        matrix = csr_array((arrays["data"], arrays["indices"], arrays["indptr"]), shape=shape)
    except ValueError:
        return None
    matrix.has_sorted_indices = True
    return Times(
        np.array(arrays["origins"]),
        np.array(arrays["places"]),
        matrix,
        facts["t_max"],
        facts["engine"],
        facts["profile"],
        version,
    )


def _measured(shelf: ArrayShelf, version: str, times: Times) -> Times:
    facts = {"t_max": times.t_max, "engine": times.engine, "profile": times.profile}
    arrays = {
        "origins": times.origins,
        "places": times.places,
        "data": times.minutes.data,
        "indices": times.minutes.indices,
        "indptr": times.minutes.indptr,
    }
    shelf.write(version, arrays, facts)
    return times
