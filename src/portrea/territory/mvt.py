"""Vector tiles: write many polygons as Mapbox Vector Tile geometry at once.

Geometry commands are computed for a whole layer in arrays (the encoder of ``mapbox_vector_tile``
walks point by point, five times slower); its protocol-buffer messages carry them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping

MOVE_TO_ONE = 1 << 3 | 1
LINE_TO = 2
CLOSE_PATH = 1 << 3 | 7


def encode(layers: Mapping[str, tuple[np.ndarray, np.ndarray]], *, extent: int) -> bytes:
    """Return the bytes of a tile.

    Parameters
    ----------
    layers
        Layer name → (codes, polygons): polygons in tile steps, x eastwards and y southwards.
    extent
        Steps of a tile's side.

    Notes
    -----
    Mapbox Vector Tile Specification 2.1, section 4.3. Exterior rings have a positive area in tile
    coordinates (clockwise on screen), interior rings a negative one.
    """
    tile = vector_tile_pb2.tile()
    for name, (codes, polygons) in layers.items():
        commands, starts = polygon_commands(polygons)
        layer = tile.layers.add(name=name, version=2, extent=extent, keys=["code"])
        stream = commands.tolist()
        for rank, code in enumerate(codes.tolist()):
            layer.values.add(string_value=code)
            geometry = stream[starts[rank] : starts[rank + 1]]
            layer.features.add(type=vector_tile_pb2.tile.Polygon, tags=(0, rank), geometry=geometry)
    encoded: bytes = tile.SerializeToString()
    return encoded


def polygon_commands(polygons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all geometry integers end to end, and where each polygon's begin (and the end).

    Rings reduced to fewer than three points are left out.
    """
    parts, owner = shapely.get_parts(shapely.orient_polygons(polygons), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = _open_rings(rings)
    feature = owner[part][ring]
    size = np.bincount(ring, minlength=len(rings))
    first = np.diff(ring, prepend=-1) != 0
    before = np.where((np.diff(feature, prepend=-1) != 0)[:, None], 0, np.roll(xy, 1, axis=0))
    delta = xy - before
    zigzag = (delta << 1) ^ (delta >> 63)

    length = np.where(size > 0, 2 * size + 3, 0)
    offset = np.cumsum(length) - length
    rank = np.arange(len(xy)) - np.flatnonzero(first)[np.cumsum(first) - 1]
    place = offset[ring] + 1 + 2 * rank + (rank > 0)
    commands = np.empty(length.sum(), dtype=np.int64)
    kept = size > 0
    commands[offset[kept]] = MOVE_TO_ONE
    commands[offset[kept] + 3] = (size[kept] - 1) << 3 | LINE_TO
    commands[offset[kept] + length[kept] - 1] = CLOSE_PATH
    commands[place], commands[place + 1] = zigzag[:, 0], zigzag[:, 1]
    per_feature = np.bincount(owner[part], length, minlength=len(polygons)).astype(np.int64)
    return commands, np.concatenate([[0], np.cumsum(per_feature)])


def _open_rings(rings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole coordinates without the closing point, without repeats, with their ring's rank."""
    raw, ring = shapely.get_coordinates(rings, return_index=True)
    xy = np.rint(raw).astype(np.int64)
    closing = np.diff(ring, append=-1) != 0
    moves = np.any(xy != np.roll(xy, -1, axis=0), axis=1)
    kept = ~closing & moves
    size = np.bincount(ring[kept], minlength=len(rings))
    kept &= (size >= 3)[ring]
    return xy[kept], ring[kept]
