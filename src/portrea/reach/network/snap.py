"""Stand people and places on the nearest road."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.reach.network.rules import network_parameters
from portrea.reach.travel import default_travel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.network.graph import Graph

UNIT = 1e-7
NONE = -1


@dataclass(frozen=True, slots=True)
class Snapped:
    """Points on the roads.

    Attributes
    ----------
    pieces
        Directed pieces that each point stands on, (points, 2); −1 where there is none.
    along, rest
        Seconds from the beginning of the piece to the point, and from the point to its end.
    metres
        Distance to the road; infinite for a point without position.
    position
        Longitude and latitude on the road, (points, 2).
    """

    pieces: NDArray[np.int32]
    along: NDArray[np.float64]
    rest: NDArray[np.float64]
    metres: NDArray[np.float64]
    position: NDArray[np.float64]

    @property
    def on_road(self) -> NDArray[np.bool_]:
        """Whether each point stands on a road."""
        found: NDArray[np.bool_] = (self.pieces != NONE).any(axis=1)
        return found


def snap(graph: Graph, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> Snapped:
    """Return where points stand on the roads, at most ``snap_max_m`` away (as the crow flies).

    The time to walk up to the road is not counted: the point of a commune or of an IRIS is not a
    door, and OSRM does not count it either.
    """
    size = longitude.size
    pieces = np.full((size, 2), NONE, dtype=np.int32)
    along, rest = np.full((size, 2), np.nan), np.full((size, 2), np.nan)
    metres = np.full(size, np.inf)
    position = np.full((size, 2), np.nan)
    known = np.flatnonzero(np.isfinite(longitude) & np.isfinite(latitude))
    if known.size and graph.x.size:
        point, segment, share, distance = _nearest(graph, longitude[known], latitude[known])
        point = known[point]
        metres[point] = distance
        x, y = graph.x[segment] * UNIT, graph.y[segment] * UNIT
        position[point, 0] = x[:, 0] + share * (x[:, 1] - x[:, 0])
        position[point, 1] = y[:, 0] + share * (y[:, 1] - y[:, 0])
        pieces[point] = graph.pieces[segment]
        before, after = graph.before[segment], graph.after[segment]
        # A backward piece meets the segment from its end.
        moved = np.column_stack((share, 1.0 - share))
        along[point] = before + moved * (after - before)
        rest[point] = _whole(graph, pieces[point]) - along[point]
    return Snapped(pieces, along, np.maximum(rest, 0.0), metres, position)


def _whole(graph: Graph, pieces: NDArray[np.int32]) -> NDArray[np.float64]:
    whole: NDArray[np.float64] = np.where(pieces == NONE, np.nan, graph.seconds[pieces])
    return whole


def _nearest(
    graph: Graph, longitude: NDArray[np.float64], latitude: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return, for the points near a road: their rank, the segment, the share along it, metres.

    A large part of the network is preferred to a stray piece of road, as OSRM does; an island too
    far from the rest keeps its own roads.
    """
    most = float(network_parameters()["snap_max_m"]["value"])
    metre = np.radians(1.0) * default_travel().earth_radius_km * 1000.0
    # The middle of the roads, whoever is asked about: a point stands where it stands alone too.
    middle = (float(np.min(graph.y)) + float(np.max(graph.y))) / 2.0 * UNIT
    scale = np.array([metre * np.cos(np.radians(middle)), metre])
    points = np.column_stack((longitude, latitude)) * scale
    low, high = (points.min(axis=0) - most) / scale, (points.max(axis=0) + most) / scale
    ends = np.stack((graph.x, graph.y), axis=-1)
    inside = (ends.max(axis=1) * UNIT >= low) & (ends.min(axis=1) * UNIT <= high)
    near = np.flatnonzero(inside.all(axis=1))
    lines = ends[near] * UNIT * scale
    segment = np.full(len(points), NONE)
    distance = np.full(len(points), np.inf)
    for chosen in (graph.large[near], ~graph.large[near]):
        lost = np.flatnonzero(segment == NONE)
        segment[lost], distance[lost] = _closest(points[lost], lines, np.flatnonzero(chosen), most)
    point = np.flatnonzero(segment != NONE)
    line = segment[point]
    start, way = lines[line, 0], lines[line, 1] - lines[line, 0]
    length = np.maximum((way**2).sum(axis=1), 1e-12)
    share = ((points[point] - start) * way).sum(axis=1) / length
    return point, near[line], np.clip(share, 0.0, 1.0), distance[point]


def _closest(
    points: NDArray[np.float64], lines: NDArray[np.float64], chosen: NDArray[np.int64], most: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the closest of the chosen lines within ``most`` metres, and its distance."""
    import shapely

    segment = np.full(len(points), NONE)
    distance = np.full(len(points), np.inf)
    if not chosen.size or not len(points):
        return segment, distance
    tree = shapely.STRtree(shapely.linestrings(lines[chosen]))
    (point, line), metres = tree.query_nearest(
        shapely.points(points), max_distance=most, return_distance=True, all_matches=True
    )
    # Of lines equally near (a corner), the first one: the answer is the same everywhere.
    order = np.lexsort((line, np.round(metres, 6), point))[::-1]
    segment[point[order]] = chosen[line[order]]
    distance[point[order]] = metres[order]
    return segment, distance
