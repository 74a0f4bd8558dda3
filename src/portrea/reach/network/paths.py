"""Fastest times between snapped points: Dijkstra (SciPy) on directed pieces of road."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, csr_array, vstack
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from portrea.reach.network.graph import Graph
    from portrea.reach.network.snap import Snapped

ROOM = 16_000_000
"""Times held at once: more sources are computed in several batches."""
LEAST = 1e-6
"""A stored zero would be read as no road: seconds."""


@dataclass(frozen=True, slots=True)
class _Search:
    """A graph with one more vertex per starting point, and what to take off at arrival.

    ``back`` is the same arcs by the piece they lead to.
    """

    arcs: csr_array
    back: csc_array
    pieces: int
    targets: NDArray[np.int32]
    off: NDArray[np.float64]


def fastest_seconds(graph: Graph, starts: Snapped, ends: Snapped, *, limit: float) -> csr_array:
    """Return seconds from ``starts`` to ``ends``, where at most ``limit``; zero time is kept tiny.

    The search runs from whichever are fewer; from the ends, it goes up the roads.
    """
    reverse = ends.pieces.shape[0] < starts.pieces.shape[0]
    sources, targets = (ends, starts) if reverse else (starts, ends)
    search = _search(graph, sources, targets, reverse=reverse)
    rows = list(_rows(search, sources, limit))
    shape = (sources.pieces.shape[0], targets.pieces.shape[0])
    found = vstack(rows, format="csr") if rows else csr_array(shape, dtype=np.float32)
    return csr_array(found.T) if reverse else csr_array(found)


def _search(graph: Graph, sources: Snapped, targets: Snapped, *, reverse: bool) -> _Search:
    """Prepare the arcs.

    Forward, the time at a piece is the one at its end; a target takes off what is left of the
    piece. Reversed, it is the one from its beginning, and a target takes off what it is past.
    """
    count = graph.seconds.size
    tail, head = graph.turn_from, graph.turn_to
    if reverse:
        tail, head = head, tail
    weight = graph.turn_seconds + graph.seconds[head]
    first = sources.along if reverse else sources.rest
    row, side = np.nonzero(sources.pieces >= 0)
    start = np.concatenate([tail, count + row])
    end = np.concatenate([head, sources.pieces[row, side]])
    cost = np.maximum(np.concatenate([weight, first[row, side]]), LEAST)
    size = count + sources.pieces.shape[0]
    arcs = csr_array((cost, (start, end)), shape=(size, size))
    off = targets.along if reverse else targets.rest
    return _Search(arcs, arcs.tocsc(), count, targets.pieces, off)


def _rows(search: _Search, sources: Snapped, limit: float) -> Iterator[csr_array]:
    """Yield the times from batches of sources."""
    batch = max(1, ROOM // max(search.arcs.shape[0], 1))
    most = limit + float(np.nanmax(search.off, initial=0.0, where=np.isfinite(search.off)))
    for begin in range(0, sources.pieces.shape[0], batch):
        ranks = np.arange(begin, min(begin + batch, sources.pieces.shape[0]))
        times = dijkstra(search.arcs, indices=search.pieces + ranks, limit=most)
        best = np.minimum(*(_arrivals(search, times, side) for side in (0, 1)))
        kept = best <= limit
        data = np.maximum(best[kept], LEAST)
        ends = np.append(0, np.cumsum(np.count_nonzero(kept, axis=1)))
        yield csr_array((data, np.nonzero(kept)[1], ends), shape=best.shape)


def _arrivals(search: _Search, times: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Return the times at the targets through one side of their road; infinite without it.

    A target just behind the start on the same piece has a negative time: one must come round.
    """
    missing = search.targets[:, side] < 0
    piece = np.where(missing, 0, search.targets[:, side])
    off = np.where(missing, -np.inf, search.off[:, side])
    reached = times.take(piece, axis=1)
    reached -= off
    row, column = np.nonzero(reached < -LEAST)
    for i, j in zip(row, column, strict=True):
        before, cost = _into(search, piece[j])
        reached[i, j] = (times[i, before] + cost).min(initial=np.inf) - off[j]
    return reached


def _into(search: _Search, piece: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the pieces that lead to one, and the cost of doing so."""
    begin, end = search.back.indptr[piece : piece + 2]
    before, cost = search.back.indices[begin:end], search.back.data[begin:end]
    road = before < search.pieces
    return before[road], cost[road]
