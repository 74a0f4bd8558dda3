"""The default engine of travel times: crow-fly × detour ÷ speed, from points (``travel.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.reach.islands import shores
from portrea.reach.pairs import Points, pairs_within, sparse_rows
from portrea.reach.times import LEAST, Times, version_of
from portrea.reach.travel import default_travel, inner_km, pace

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from portrea.reach.travel import Pace, Travel

CROW_FLY = "crow_fly"
EDITION = "crow_fly 2"
"""Changes with the formula, so that times kept on disk are measured again."""
ORIGIN = ("code", "longitude", "latitude", "persons", "area_km2")
ORIGIN_CLASS = ("class_persons", "class_area_km2")
PLACE = ("id", "longitude", "latitude")


def crow_fly_times(
    origins: pl.DataFrame,
    places: pl.DataFrame,
    *,
    t_max: float,
    profile: str = "car",
    travel: Travel | None = None,
) -> Times:
    """Return the times of the default model between all origins and places within ``t_max``.

    Parameters
    ----------
    origins
        ``code``, ``longitude``, ``latitude`` (degrees), ``persons`` and ``area_km2`` (null when
        unknown), which make the density class and the time imposed inside the zone. Optional
        ``class_persons``, ``class_area_km2``: those of its commune, when the density class is not
        to be read on the zone itself, and ``commune``: no time crosses the sea to an island.
    places
        ``id``, ``longitude``, ``latitude``, and ``commune`` if it is known.
    t_max
        Longest time kept, in minutes.
    profile
        Code of ``profiles.yaml``: car, no_car, walk, walk_slow, bicycle.
    travel
        Parameters; the shipped ones by default.

    Notes
    -----
    The same formula as :func:`portrea.reach.travel.travel_minutes`.
    """
    travel = travel or default_travel()
    moving, inner = zone_pace(origins, profile=profile, travel=travel)
    start, mine = _located(origins)
    stop, theirs = _located(places)
    moving, inner = moving.of(mine), inner[mine]

    def minutes(row: NDArray[np.int32], km: NDArray[np.float64]) -> NDArray[np.float64]:
        return moving.of(row).minutes(np.maximum(km, inner.take(row), out=km))

    radius = moving.km_within(t_max)
    radius[inner > radius] = -1.0
    found = pairs_within(start, stop, radius, minutes, most=t_max, earth_km=travel.earth_radius_km)
    np.maximum(found.data, LEAST, out=found.data)
    found = _ashore(found, shores(origins)[mine], shores(places)[theirs])
    return Times(
        np.asarray(origins["code"].to_list(), dtype=np.str_),
        np.asarray(places["id"].to_list(), dtype=np.str_),
        _among_all(found, mine, theirs, (origins.height, places.height)),
        float(t_max),
        CROW_FLY,
        profile,
        crow_fly_version(origins, places, t_max=t_max, profile=profile, travel=travel),
    )


def zone_pace(
    origins: pl.DataFrame, *, profile: str = "car", travel: Travel | None = None
) -> tuple[Pace, NDArray[np.float64]]:
    """Return what distance costs from each origin, and its imposed distance in km (0: unknown).

    ``persons``, ``area_km2`` and their classes may be absent: they are then unknown.
    """
    absent = {name: pl.lit(None) for name in ORIGIN if name not in origins.columns}
    zones = origins.with_columns(**absent)
    class_of = [name if name in zones.columns else name[6:] for name in ORIGIN_CLASS]
    moving = pace(*(_floats(zones, name) for name in class_of), profile=profile, travel=travel)
    return moving, np.nan_to_num(inner_km(_floats(zones, "area_km2")))


def _ashore(found: csr_array, mine: NDArray[np.int16], theirs: NDArray[np.int16]) -> csr_array:
    """Leave out the pairs whose ends are not on the same shore."""
    if not (mine.any() or theirs.any()):
        return found
    counts = np.diff(found.indptr)
    kept = np.repeat(mine, counts) == theirs[found.indices]
    before = np.concatenate(([0], np.cumsum(kept)))[found.indptr]
    return sparse_rows(found.data[kept], found.indices[kept], np.diff(before), found.shape)


def _among_all(
    found: csr_array, rows: NDArray[np.int64], columns: NDArray[np.int64], shape: tuple[int, int]
) -> csr_array:
    """Put back the empty rows and columns of what has no position."""
    if found.shape == shape:
        return found
    counts = np.zeros(shape[0], dtype=np.int64)
    counts[rows] = np.diff(found.indptr)
    indices = columns.astype(np.int32).take(found.indices)
    return sparse_rows(found.data, indices, counts, shape)


def crow_fly_version(
    origins: pl.DataFrame,
    places: pl.DataFrame,
    *,
    t_max: float,
    profile: str = "car",
    travel: Travel | None = None,
) -> str:
    """Return the version :func:`crow_fly_times` would have, without measuring anything."""
    travel = travel or default_travel()
    parameters = {
        "t_max": float(t_max),
        "detour": travel.detour,
        "classes": travel.classes,
        "unknown": travel.unknown,
        "earth_radius_km": travel.earth_radius_km,
        "profile": profile,
        "ways": [(way.mode, way.wait, way.speeds) for way in travel.profile(profile).ways],
    }
    known = [name for name in (*ORIGIN, *ORIGIN_CLASS) if name in origins.columns]
    frames = [
        frame.select(names).with_columns(shore=pl.Series(shores(frame)))
        for frame, names in ((origins, known), (places, list(PLACE)))
    ]
    return version_of(EDITION, parameters, frames)


def _located(frame: pl.DataFrame) -> tuple[Points, NDArray[np.int64]]:
    """Return the points of a frame that has some, and their rows."""
    longitude, latitude = _floats(frame, "longitude"), _floats(frame, "latitude")
    rows = np.flatnonzero(np.isfinite(longitude) & np.isfinite(latitude))
    return Points(longitude[rows], latitude[rows]), rows


def _floats(frame: pl.DataFrame, name: str) -> NDArray[np.float64]:
    return frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
