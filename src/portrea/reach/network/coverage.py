"""What the roads of an extract leave out, said in French: the sea, an island, another country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from portrea.reach.network.rules import network_parameters
from portrea.reach.network.times import snapped

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from portrea.reach.network.graph import Graph
    from portrea.reach.network.snap import Snapped

MOST = 5
"""Codes named in a sentence."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Codes of the points that the roads cannot serve.

    Attributes
    ----------
    origins_off, places_off
        No road within ``snap_max_m``, or no position.
    cut_off
        Origins on a road from which no road leads to any place: an island without bridge or boat.
    origins, places
        How many there are in all.
    """

    origins_off: tuple[str, ...]
    places_off: tuple[str, ...]
    cut_off: tuple[str, ...]
    origins: int
    places: int

    def sentences(self) -> tuple[str, ...]:
        """Return one French sentence per thing left out, none when all is served."""
        metres = f"{network_parameters()['snap_max_m']['value']}"
        km = f"{float(metres) / 1000:g}".replace(".", ",")
        away = (
            f"aucune route à moins de {km} km (mer, autre pays, zone sans route ou sans position)"
        )
        return tuple(
            sentence
            for codes, total, what, why in (
                (self.origins_off, self.origins, "point(s) de départ", away),
                (self.places_off, self.places, "lieu(x)", away),
                (
                    self.cut_off,
                    self.origins,
                    "point(s) de départ",
                    "des routes, mais aucune ne mène à un lieu (île sans pont ni bac dans "
                    "l’extrait, réseau coupé)",
                ),
            )
            if (sentence := _sentence(codes, total, what, why))
        )


def coverage(graph: Graph, origins: pl.DataFrame, places: pl.DataFrame) -> Coverage:
    """Return what the roads of one mode leave out.

    Parameters
    ----------
    graph
        Roads of one mode.
    origins, places
        As for ``network_times``.
    """
    starts, ends = snapped(graph, origins), snapped(graph, places)
    part = _parts(graph)
    served = np.unique(part[ends.pieces[ends.pieces >= 0]])
    linked = np.isin(_part_of(starts, part), served)
    codes, names = (frame[key].to_numpy() for frame, key in ((origins, "code"), (places, "id")))
    return Coverage(
        origins_off=tuple(codes[~starts.on_road]),
        places_off=tuple(names[~ends.on_road]),
        cut_off=tuple(codes[starts.on_road & ~linked]),
        origins=origins.height,
        places=places.height,
    )


def _parts(graph: Graph) -> NDArray[np.int32]:
    """Return the part of each piece: parts that no road links, in any direction."""
    size = graph.seconds.size
    ones = np.ones(graph.turn_from.size, np.int8)
    arcs = csr_array((ones, (graph.turn_from, graph.turn_to)), shape=(size, size))
    _, part = connected_components(arcs, directed=True, connection="weak")
    found: NDArray[np.int32] = part
    return found


def _part_of(points: Snapped, part: NDArray[np.int32]) -> NDArray[np.int64]:
    piece = points.pieces.max(axis=1)
    return np.where(piece >= 0, part[piece], -1)


def _sentence(codes: tuple[str, ...], total: int, what: str, why: str) -> str:
    if not codes:
        return ""
    named = ", ".join(codes[:MOST]) + ("…" if len(codes) > MOST else "")
    return f"{len(codes)} {what} sur {total} : {why} : {named}."
