"""Pairs of points of the Earth nearer than a radius, found block by block without a matrix."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from portrea.reach.travel import sphere_points

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Axes = tuple[Floats, ...]

BLOCK = 1 << 18
"""Candidate pairs looked at in one go: a few MiB, that stay near the processor."""
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
    points: Axes
    height: float


def pairs_within(
    start: Points,
    stop: Points,
    radius_km: Floats,
    value: Callable[[NDArray[np.int32], Floats], Floats],
    *,
    most: float,
    earth_km: float,
) -> csr_array:
    """Return the values, at most ``most``, of pairs of points: a sparse matrix, columns sorted.

    Parameters
    ----------
    start, stop
        Points of departure (rows) and of arrival (columns).
    radius_km
        Radius around each point of departure that holds all its pairs; negative: none.
    value
        Value of candidates, given their rows and great-circle lengths in km.
    most
        Largest value kept.
    earth_km
        Radius of the Earth.

    Notes
    -----
    The places are cut in bands of latitude and sorted by longitude inside each. Around a point, the
    window of longitudes of a circle in a band is known exactly, so that few candidates are refused.
    """
    shape = (start.longitude.size, stop.longitude.size)
    angle = np.clip(np.degrees(radius_km / earth_km), -1.0, 180.0)
    mine = np.flatnonzero(_may_reach(start, angle, stop)).astype(np.int32)
    if not mine.size:
        return csr_array(shape, dtype=np.float32)
    if mine.size < shape[0]:
        part = Points(start.longitude[mine], start.latitude[mine])
        found = pairs_within(
            part, stop, radius_km[mine], lambda row, km: value(mine[row], km),
            most=most, earth_km=earth_km,
        )  # fmt: skip
        counts = np.zeros(shape[0], dtype=np.int64)
        counts[mine] = np.diff(found.indptr)
        return sparse_rows(found.data, found.indices, counts, shape)
    widest = float(angle.max())
    held = _sorted(stop, height=max(widest / BANDS_PER_RADIUS, THINNEST), widest=widest)
    low, count = _windows(start, angle, held)
    points = _axes(start)

    def look(part: slice) -> csr_array:
        row, at = _spread(low[part], count[part])
        mine = tuple(axis[part] for axis in points)
        values = value(row + np.int32(part.start), _lengths(mine, held.points, row, at, earth_km))
        kept = values <= most
        return _matrix(row[kept], held.column.take(at[kept]), values[kept], part, shape[1])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return _stack(list(pool.map(look, _blocks(count.sum(axis=1)))), shape)


def _may_reach(start: Points, angle: Floats, stop: Points) -> NDArray[np.bool_]:
    """Tell the points of departure whose circle touches the rectangle of the points of arrival.

    A circle of radius δ around the latitude φ is widest at ``arcsin(sin δ / cos φ)``.
    """
    if not stop.longitude.size:
        return np.zeros(start.longitude.size, dtype=bool)
    south, north = np.min(stop.latitude) - MARGIN, np.max(stop.latitude) + MARGIN
    west, east = float(np.min(stop.longitude)), float(np.max(stop.longitude))
    lean = np.abs(start.latitude) + angle < 90.0  # else the circle goes around a pole
    cosine = np.maximum(np.cos(np.radians(start.latitude)), 1e-15)
    ratio = np.sin(np.radians(np.clip(angle, 0.0, 90.0))) / cosine
    wide = np.where(lean, np.degrees(np.arcsin(np.minimum(ratio, 1.0))), 180.0)
    away = np.abs((start.longitude - (west + east) / 2 + 180.0) % 360.0 - 180.0)
    found: NDArray[np.bool_] = (angle >= 0) & (start.latitude + angle >= south)
    found &= start.latitude - angle <= north
    found &= away <= (east - west) / 2 + wide + MARGIN
    return found


def _lengths(
    mine: Axes, theirs: Axes, row: NDArray[np.int32], at: NDArray[np.int32], earth_km: float
) -> Floats:
    """Return great-circle lengths in km: ``2R·arcsin(chord / 2)``."""
    square = np.zeros(row.size)
    for left, right in zip(mine, theirs, strict=True):
        gap = right.take(at)
        gap -= left.take(row)
        gap *= gap
        square += gap
    half = np.minimum(np.sqrt(square, out=square) / 2.0, 1.0)
    return np.arcsin(half, out=half) * (2.0 * earth_km)


def _matrix(
    row: NDArray[np.int32], column: NDArray[np.int32], values: Floats, part: slice, width: int
) -> csr_array:
    """Return the rows of a block; there and back by columns sorts them in two passes."""
    height = part.stop - part.start
    ends = np.append(0, np.cumsum(np.bincount(row, minlength=height))).astype(np.int32)
    block = csr_array((values.astype(np.float32), column, ends), shape=(height, width))
    return block.tocsc().tocsr()


def _stack(blocks: list[csr_array], shape: tuple[int, int]) -> csr_array:
    counts = np.concatenate([np.diff(block.indptr) for block in blocks])
    data = np.concatenate([block.data for block in blocks])
    indices = np.concatenate([block.indices for block in blocks])
    return sparse_rows(data, indices, counts, shape)


def sparse_rows(
    data: NDArray[np.float32],
    indices: NDArray[np.int32],
    counts: NDArray[np.integer],
    shape: tuple[int, int],
) -> csr_array:
    """Return a sparse matrix of rows of ``counts`` values, sorted, without copying them.

    SciPy would copy the indices to 64 bits if the ends of the rows were, needed or not.
    """
    ends = np.append(0, np.cumsum(counts, dtype=np.int64))
    small = ends[-1] <= np.iinfo(np.int32).max
    matrix = csr_array((data, indices, ends.astype(np.int32) if small else ends), shape=shape)
    matrix.has_sorted_indices = True
    return matrix


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
    points = tuple(axis[column] for axis in _axes(stop))
    return _Sorted(key[order], column.astype(np.int32), points, height)


def _axes(points: Points) -> Axes:
    """Return x, y and z on the unit sphere, each in one piece: gathered faster than rows of 3."""
    return tuple(np.ascontiguousarray(sphere_points(points.longitude, points.latitude).T))


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
    low: NDArray[np.int64], count: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the row (in its block) and the position of every candidate of a block of rows."""
    row = np.repeat(np.arange(low.shape[0], dtype=np.int32), count.sum(axis=1))
    low, count = low.ravel(), count.ravel()
    shift = (low - (np.cumsum(count) - count)).astype(np.int32)
    return row, np.arange(row.size, dtype=np.int32) + np.repeat(shift, count)


def _blocks(counts: NDArray[np.int64]) -> Iterator[slice]:
    """Cut rows so that each block has about :data:`BLOCK` candidates."""
    total = np.cumsum(counts)
    cuts = np.searchsorted(total, np.arange(BLOCK, int(total[-1]) + BLOCK, BLOCK)) + 1
    edges = np.unique(np.concatenate(([0], np.minimum(cuts, counts.size), [counts.size])))
    for start, stop in pairwise(edges):
        yield slice(int(start), int(stop))
