"""Overseas territories beside the mainland: at their own place and scale a map would be all sea."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from portrea.territory.drawing import METROPOLE
from portrea.territory.geometry import Shapes

if TYPE_CHECKING:
    from portrea.territory.drawing import Drawing

CELL_WIDTH = 1.9
CELL_HEIGHT = 1.25
"""Size of an inset on the map, degrees of longitude and latitude."""


@dataclass(frozen=True, slots=True)
class Inset:
    """One overseas territory: where it lies, where its middle is drawn (degrees)."""

    name: str
    west: float
    south: float
    east: float
    north: float
    longitude: float
    latitude: float

    def move(self, lonlat: np.ndarray) -> np.ndarray:
        """Bring coordinates into the inset, shape kept, as large as the cell allows."""
        middle = np.array([(self.west + self.east) / 2, (self.south + self.north) / 2])
        narrow = np.cos(np.radians(middle[1])) / np.cos(np.radians(self.latitude))
        width = (self.east - self.west) * narrow
        scale = min(CELL_WIDTH / width, CELL_HEIGHT / (self.north - self.south))
        centred = (lonlat - middle) * np.array([narrow * scale, scale])
        return np.asarray(centred + np.array([self.longitude, self.latitude]))

    def holds(self, lonlat: np.ndarray) -> np.ndarray:
        """Return which points lie in the territory."""
        x, y = lonlat[:, 0], lonlat[:, 1]
        inside = (x > self.west) & (x < self.east) & (y > self.south) & (y < self.north)
        return np.asarray(inside)


INSETS = (
    Inset("Guadeloupe", -61.95, 15.75, -60.95, 16.6, -6.2, 46.35),
    Inset("Martinique", -61.3, 14.3, -60.75, 14.95, -4.0, 46.35),
    Inset("Guyane", -54.7, 2.0, -51.5, 5.9, -6.2, 44.75),
    Inset("La Réunion", 55.15, -21.45, 55.9, -20.8, -4.0, 44.75),
    Inset("Mayotte", 44.95, -13.1, 45.35, -12.55, -6.2, 43.15),
)
"""The five overseas départements, in the Bay of Biscay."""


@lru_cache(maxsize=32)
def gathered(shapes: Shapes) -> tuple[Shapes, tuple[Inset, ...]]:
    """Bring overseas shapes beside the mainland when a map shows both, else change nothing."""
    middles = _middles(shapes)
    mainland = _on_mainland(middles)
    if mainland.all() or not mainland.any():
        return shapes, ()
    polygons = shapes.polygons.copy()
    used = []
    for inset in INSETS:
        rows = np.flatnonzero(inset.holds(middles))
        if len(rows):
            polygons[rows] = shapely.transform(polygons[rows], inset.move)
            used.append(inset)
    return Shapes(shapes.level, shapes.codes, polygons), tuple(used)


def gathered_points(lonlat: np.ndarray, insets: tuple[Inset, ...]) -> np.ndarray:
    """Bring points into the insets of a map."""
    moved = lonlat.copy()
    for inset in insets:
        rows = inset.holds(lonlat)
        moved[rows] = inset.move(lonlat[rows])
    return moved


def names_of(insets: tuple[Inset, ...], drawing: Drawing) -> list[tuple[float, float, str]]:
    """Return where the name of each inset is written on the drawing: x, y, words."""
    if not insets:
        return []
    longitudes = np.array([inset.longitude for inset in insets])
    latitudes = np.array([inset.latitude + CELL_HEIGHT / 2 + 0.06 for inset in insets])
    places = drawing.place(longitudes, latitudes).tolist()
    return [(x, y, inset.name) for (x, y), inset in zip(places, insets, strict=True)]


def _middles(shapes: Shapes) -> np.ndarray:
    edges = shapely.bounds(shapes.polygons)
    return np.column_stack([(edges[:, 0] + edges[:, 2]) / 2, (edges[:, 1] + edges[:, 3]) / 2])


def _on_mainland(lonlat: np.ndarray) -> np.ndarray:
    west, south, east, north = METROPOLE
    x, y = lonlat[:, 0], lonlat[:, 1]
    return np.asarray((x > west) & (x < east) & (y > south) & (y < north))
