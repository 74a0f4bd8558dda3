"""The graph of one mode: directed pieces of road, and the turns from one to the next.

A vertex is a piece of road travelled in one direction, between two points where something may
happen (a junction, a light, a gate); an arc is a turn. Forbidden turns and the time that a turn
takes then need nothing special. Everything is arrays, built without a loop over roads.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from portrea.reach.network.rules import mode_rules, network_parameters, way_speeds
from portrea.reach.network.turns import Turns, bearings, turns_of
from portrea.reach.travel import default_travel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from portrea.vocab.roads import Roads

UNIT = 1e-7
"""Degrees per unit of the coordinates of OpenStreetMap."""
NONE = -1


@dataclass(frozen=True, slots=True)
class Graph:
    """Directed pieces of road (``seconds``), turns between them, and segments to snap onto.

    Attributes
    ----------
    seconds
        Time along each directed piece, in seconds.
    turn_from, turn_to, turn_seconds
        Turns: from a directed piece, onto another one, and the seconds lost.
    x, y
        Ends of each segment on the ground, (segments, 2), in units of 10⁻⁷ degree. Only segments
        where somebody may start or end are kept.
    large
        Whether each segment is in a part of the network that is more than a stray piece.
    pieces
        Directed pieces of each segment, forward and backward (−1: not travelled that way).
    before, after
        Seconds from the beginning of each directed piece to the segment's beginning and end, in
        the direction of the piece: (segments, 2 directions).
    """

    mode: str
    seconds: NDArray[np.float64]
    turn_from: NDArray[np.int32]
    turn_to: NDArray[np.int32]
    turn_seconds: NDArray[np.float32]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    large: NDArray[np.bool_]
    pieces: NDArray[np.int32]
    before: NDArray[np.float32]
    after: NDArray[np.float32]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what is to be kept on disk."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "mode"}

    @classmethod
    def of_arrays(cls, mode: str, arrays: Mapping[str, NDArray[np.generic]]) -> Graph:
        """Make again a graph kept on disk."""
        return cls(mode, **{f.name: arrays[f.name] for f in fields(cls) if f.name != "mode"})  # type: ignore[arg-type]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the segments, in degrees."""
        if not self.x.size:
            return (np.nan,) * 4
        edges = np.min(self.x), np.min(self.y), np.max(self.x), np.max(self.y)
        west, south, east, north = (float(value) * UNIT for value in edges)
        return west, south, east, north


@dataclass(frozen=True, slots=True)
class _Segments:
    """Straight segments of the ways that are travelled, in order along each way."""

    row: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    km: NDArray[np.float64]


def build_graph(roads: Roads, mode: str) -> Graph:
    """Return the graph of one mode of travel.

    Parameters
    ----------
    roads
        Roads of an extract.
    mode
        ``car``, ``walk`` or ``bicycle``.
    """
    speeds = way_speeds(roads.ways, mode)
    marks = _marks(roads.marks, mode)
    segments = _segments(roads.links, speeds)
    kmh = _kmh(segments, speeds)
    cut = np.concatenate([marks["node"].to_numpy(), roads.bans["via"].to_numpy()])
    piece, first, last = _pieces(segments, cut)
    seconds = 3600.0 * segments.km[:, None] / np.where(kmh > 0, kmh, np.nan)
    turns = turns_of(
        Turns(
            way=roads.ways["way"].to_numpy()[segments.row[first]],
            start=segments.start[first],
            end=segments.end[last],
            bearing_out=bearings(segments.x[first], segments.y[first]),
            bearing_in=bearings(segments.x[last], segments.y[last]),
            open=np.isfinite(seconds[first]),
        ),
        marks,
        roads.bans,
        mode_rules(mode),
    )
    snap = speeds["snap"].to_numpy()
    return Graph(mode, **_assemble(segments, (piece, first), seconds, turns, snap=snap))


def _marks(marks: pl.DataFrame, mode: str) -> pl.DataFrame:
    """Return the points that stop or slow this mode: ``node``, ``blocked``, ``seconds``."""
    rules = mode_rules(mode)
    access = pl.coalesce(rules["access"])
    barrier = pl.col("barrier")
    if "barriers_open" in rules:
        wall = barrier.is_not_null() & ~barrier.is_in(rules["barriers_open"])
    else:
        wall = barrier.is_in(rules["barriers_closed"])
    blocked = pl.when(access.is_not_null()).then(access.is_in(rules["forbidden"])).otherwise(wall)
    gates = barrier.replace_strict(
        rules["barrier_seconds"], default=0.0, return_dtype=pl.Float64
    ).fill_null(0.0)
    lights = (pl.col("highway") == "traffic_signals").fill_null(value=False)
    frame = marks.select(
        "node",
        blocked=blocked.fill_null(value=False),
        seconds=pl.when(access.is_null()).then(gates).otherwise(0.0)
        + lights.cast(pl.Float64) * float(rules["signal_seconds"]),
    )
    return frame.filter(pl.col("blocked") | (pl.col("seconds") > 0))


def _segments(links: pl.DataFrame, speeds: pl.DataFrame) -> _Segments:
    used = (speeds["forward"] > 0) | (speeds["backward"] > 0)
    rows = links["row"].to_numpy()
    kept = links.filter(pl.Series(used.to_numpy()[rows]))
    row, node, x, y = (kept[name].to_numpy() for name in ("row", "node", "x", "y"))
    same = (row[1:] == row[:-1]) & (node[1:] != node[:-1])
    begin = np.flatnonzero(same)
    ends = np.column_stack((begin, begin + 1))
    return _Segments(
        row[begin].astype(np.int64),
        node[begin],
        node[begin + 1],
        x[ends],
        y[ends],
        _km(x[ends], y[ends]),
    )


def _km(x: NDArray[np.int32], y: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the length of short segments, in km (haversine)."""
    lon, lat = np.radians(x * UNIT), np.radians(y * UNIT)
    dlon, dlat = (lon[:, 1] - lon[:, 0]) / 2, (lat[:, 1] - lat[:, 0]) / 2
    a = np.sin(dlat) ** 2 + np.cos(lat[:, 0]) * np.cos(lat[:, 1]) * np.sin(dlon) ** 2
    km: NDArray[np.float64] = 2 * default_travel().earth_radius_km * np.arcsin(np.sqrt(a))
    return km


def _kmh(segments: _Segments, speeds: pl.DataFrame) -> NDArray[np.float64]:
    """Return the speed of each segment both ways, (segments, 2); a written duration decides."""
    kmh = speeds.select("forward", "backward").to_numpy()
    total = np.bincount(segments.row, weights=segments.km, minlength=speeds.height)
    written = speeds["seconds"].to_numpy()
    timed = np.isfinite(written) & (written > 0) & (total > 0)
    kmh = np.where(
        timed[:, None] & (kmh > 0), (3600 * total / np.where(timed, written, 1))[:, None], kmh
    )
    found: NDArray[np.float64] = kmh[segments.row]
    return found


def _pieces(
    segments: _Segments, cut: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the piece of each segment, and the first and last segment of each piece.

    A piece ends where its way ends, where ways meet, and at the points of ``cut``.
    """
    nodes = np.concatenate([segments.start, segments.end])
    unique, index, count = np.unique(nodes, return_inverse=True, return_counts=True)
    size = segments.start.size
    follows = np.zeros(size, dtype=bool)
    follows[1:] = (segments.row[1:] == segments.row[:-1]) & (
        segments.start[1:] == segments.end[:-1]
    )
    # A point inside one way is met twice: as an end, then as a start.
    junction = (count > 2) | np.isin(unique, cut)
    opens = ~follows | junction[index[:size]]
    piece = np.cumsum(opens) - 1
    first = np.flatnonzero(opens)
    last = np.append(first[1:], size) - 1
    return piece, first, last


def _assemble(
    segments: _Segments,
    parts: tuple[NDArray[np.int64], NDArray[np.int64]],
    seconds: NDArray[np.float64],
    turns: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    *,
    snap: NDArray[np.bool_],
) -> dict[str, NDArray[Any]]:
    """Return the arrays of the graph: directed pieces that are travelled, segments to snap onto."""
    piece, first = parts
    total = np.add.reduceat(seconds, first, axis=0) if first.size else np.empty((0, 2))
    opened = np.isfinite(total)
    number = np.full(total.shape, NONE, dtype=np.int32)
    number[opened] = np.arange(opened.sum())
    before, after = _along(np.nan_to_num(seconds), np.nan_to_num(total), piece, first)
    arcs = (number.ravel()[turns[0]], number.ravel()[turns[1]])
    km = np.bincount(piece, weights=segments.km, minlength=first.size)
    kept = snap[segments.row]
    return {
        "seconds": total[opened],
        "turn_from": arcs[0],
        "turn_to": arcs[1],
        "turn_seconds": turns[2].astype(np.float32),
        "x": segments.x[kept],
        "y": segments.y[kept],
        "large": _large(number, arcs, km)[piece][kept],
        "pieces": number[piece][kept],
        "before": before[kept].astype(np.float32),
        "after": after[kept].astype(np.float32),
    }


def _along(
    seconds: NDArray[np.float64],
    total: NDArray[np.float64],
    piece: NDArray[np.int64],
    first: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the seconds from the beginning of each directed piece to the ends of its segments.

    Along the backward piece, a segment is met from its end to its beginning.
    """
    if not first.size:
        return seconds, seconds
    done = np.cumsum(seconds, axis=0)
    until = done - (done - seconds)[first][piece]
    since, whole = until - seconds, total[piece]
    before = np.column_stack((since[:, 0], (whole - until)[:, 1]))
    after = np.column_stack((until[:, 0], (whole - since)[:, 1]))
    return before, after


def _large(
    number: NDArray[np.int32],
    arcs: tuple[NDArray[np.int32], NDArray[np.int32]],
    km: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Tell which pieces are in a large part of the network: one can go from any to any other."""
    opened = number >= 0
    size = int(opened.sum())
    if not size:
        return np.zeros(len(number), dtype=bool)
    matrix = csr_array((np.ones(arcs[0].size, np.int8), arcs), shape=(size, size))
    _, part = connected_components(matrix, directed=True, connection="strong")
    both_ways = np.broadcast_to(km[:, None], number.shape)[opened]
    length = np.bincount(part, weights=both_ways) / 2.0
    # Of a small extract, the largest part is the network.
    large = length >= min(network_parameters()["large_km"]["value"], float(np.max(length)) / 2.0)
    result = np.zeros(number.shape, dtype=bool)
    result[opened] = large[part]
    kept: NDArray[np.bool_] = result.any(axis=1)
    return kept
