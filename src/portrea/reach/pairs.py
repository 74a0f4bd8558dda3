"""Pairs of points of the Earth nearer than a radius, found block by block without a matrix."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from portrea.reach.travel import chord_to_km, sphere_points

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Kept = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]

BLOCK = 1 << 20
"""Candidate pairs looked at in one go: a few tens of MiB."""
TURN = 1080.0
"""Degrees between two bands in the sorted key: three turns, so that they never mix."""
MARGIN = 1e-7
"""Degrees (1 cm) added to every window: what is too far is left out afterwards."""
THINNEST = 0.01
BANDS_PER_RADIUS = 8


@dataclass(frozen=True, slots=True)
class Points:
    """Longitudes and latitudes in degrees, all finite."""

    longitude: Floats
    latitude: Floats


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Places by bands of latitude, by longitude in each; those near ±180° stand there twice."""

    key: Floats
    column: NDArray[np.int32]
    points: Floats
    height: float


def pairs_within(
    start: Points,
    stop: Points,
    radius_km: Floats,
    keep: Callable[[NDArray[np.int64], Floats], tuple[NDArray[np.bool_], Floats]],
    *,
    earth_km: float,
) -> Kept:
    """Return rows, columns and values of the pairs that ``keep`` keeps, ordered by row.

    Parameters
    ----------
    start, stop
        Points of departure (rows) and of arrival (columns).
    radius_km
        Radius around each point of departure; negative: nothing.
    keep
        Receives rows and great-circle km of candidates (a few lie beyond the radius); returns which
        are kept and the value of each candidate.
    earth_km
        Radius of the Earth.

    Notes
    -----
    The places are cut in bands of latitude and sorted by longitude inside each. Around a point, the
    window of longitudes of a circle in a band is known exactly, so that few candidates are refused.
    """
    angle = np.clip(np.degrees(radius_km / earth_km), -1.0, 180.0)
    if not stop.longitude.size or not (angle >= 0).any():
        return np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32)
    widest = float(angle.max())
    held = _sorted(stop, height=max(widest / BANDS_PER_RADIUS, THINNEST), widest=widest)
    low, count = _windows(start, angle, held)
    points = sphere_points(start.longitude, start.latitude)

    def look(part: slice) -> Kept:
        row, at = _spread(low[part], count[part], part.start)
        chord = np.sqrt(np.square(points[row] - held.points[at]).sum(axis=1))
        kept, values = keep(row, chord_to_km(chord, radius_km=earth_km))
        return row[kept], held.column[at[kept]], values[kept].astype(np.float32)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(look, _blocks(count.sum(axis=1))))
    rows, columns, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return rows, columns, values


def _sorted(stop: Points, *, height: float, widest: float) -> _Sorted:
    longitude = (stop.longitude + 180.0) % 360.0 - 180.0
    band = np.floor((stop.latitude + 90.0) / height)
    column = np.arange(longitude.size)
    nearest_pole = min(90.0, float(np.abs(stop.latitude).max()) + widest)
    edge = 180.0 - min(180.0, widest / max(np.cos(np.radians(nearest_pole)), 1e-9))
    east, west = longitude >= edge, longitude <= -edge
    again = np.concatenate((column, column[east], column[west]))
    shifted = np.concatenate((longitude, longitude[east] - 360.0, longitude[west] + 360.0))
    key = band[again] * TURN + shifted
    order = np.argsort(key, kind="stable")
    column = again[order]
    points = sphere_points(stop.longitude, stop.latitude)[column]
    return _Sorted(key[order], column.astype(np.int32), points, height)


def _windows(
    start: Points, angle: Floats, held: _Sorted
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return first position and count of the candidates of each origin in each band it crosses."""
    latitude, longitude = start.latitude, (start.longitude + 180.0) % 360.0 - 180.0
    most = np.maximum(angle, 0.0)
    first = np.floor((latitude - most - MARGIN + 90.0) / held.height)
    crossed = np.arange(2.0 + np.ceil(2.0 * (float(most.max()) + MARGIN) / held.height))
    band = first[:, None] + crossed
    wide = _half_width(latitude, most, band * held.height - 90.0, held.height)
    inside = (band * held.height - 90.0 <= (latitude + most + MARGIN)[:, None]) & (angle >= 0)[
        :, None
    ]
    whole = wide >= 180.0 - MARGIN
    west = np.where(whole, -180.0, longitude[:, None] - wide - MARGIN)
    east = np.where(whole, 180.0 - MARGIN, longitude[:, None] + wide + MARGIN)
    low = np.searchsorted(held.key, band * TURN + west, side="left")
    high = np.searchsorted(held.key, band * TURN + east, side="right")
    return low, np.where(inside, np.maximum(high - low, 0), 0)


def _half_width(latitude: Floats, angle: Floats, south: Floats, height: float) -> Floats:
    """Return the half-width in degrees of longitude of circles inside bands of latitude.

    On the parallel φ, ``cos Δλ = (cos δ − sin φ₀ sin φ) / (cos φ₀ cos φ)``; the circle is widest
    where ``sin φ = sin φ₀ / cos δ``, and the nearest parallel of the band to that one counts.
    """
    centre, radius = np.radians(latitude)[:, None], np.radians(angle)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        widest = np.arcsin(np.clip(np.sin(centre) / np.cos(radius), -1.0, 1.0))
        parallel = np.clip(widest, np.radians(south), np.radians(south + height))
        gap = np.cos(radius) - np.sin(centre) * np.sin(parallel)
        ratio = gap / np.maximum(np.cos(centre) * np.cos(parallel), 1e-15)
    wide: Floats = np.degrees(np.arccos(np.clip(np.nan_to_num(ratio, nan=-1.0), -1.0, 1.0)))
    return wide


def _spread(
    low: NDArray[np.int64], count: NDArray[np.int64], first: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the row and the position of every candidate of a block of rows."""
    row = np.repeat(np.arange(first, first + low.shape[0]), count.sum(axis=1))
    low, count = low.ravel(), count.ravel()
    before = np.cumsum(count) - count
    return row, np.arange(row.size) + np.repeat(low - before, count)


def _blocks(counts: NDArray[np.int64]) -> Iterator[slice]:
    """Cut rows so that each block has about :data:`BLOCK` candidates."""
    total = np.cumsum(counts)
    cuts = np.searchsorted(total, np.arange(BLOCK, int(total[-1]) + BLOCK, BLOCK)) + 1
    edges = np.unique(np.concatenate(([0], np.minimum(cuts, counts.size), [counts.size])))
    for start, stop in pairwise(edges):
        yield slice(int(start), int(stop))
