"""Static maps: project shapes and write them as SVG paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from portrea.territory.geometry import FLATTENING, SEMI_MAJOR, Shapes, bounds

if TYPE_CHECKING:
    from collections.abc import Mapping

METROPOLE = (-7.0, 40.0, 12.0, 53.0)
"""West, south, east, north of the area drawn in Lambert 93 (degrees)."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes ready for an SVG of ``width`` × ``height`` units: code → value of the ``d`` attribute.

    ``metres_per_unit`` gives the scale bar; ``frame`` is the projected top-left corner (metres).
    """

    width: float
    height: float
    paths: Mapping[str, str]
    metres_per_unit: float
    projection: str
    frame: tuple[float, float]

    def place(self, longitudes: np.ndarray, latitudes: np.ndarray) -> np.ndarray:
        """Return the drawing coordinates (x, y) of places, one row each."""
        lonlat = np.column_stack([longitudes, latitudes])
        return _page(_project(lonlat, self.projection), self.frame, self.metres_per_unit)


def draw(
    shapes: Shapes, *, width: float = 600.0, margin: float = 8.0, tolerance: float = 0.35
) -> Drawing:
    """Project and simplify shapes together for a static map.

    Parameters
    ----------
    width
        Width of the drawing, in its own units (pixels of an SVG viewBox).
    margin
        Empty border, same unit.
    tolerance
        Detail left out: square root of the area of the smallest kept triangle, same unit.

    Notes
    -----
    Lambert 93 (conic conformal, GRS 80) for metropolitan France; elsewhere a plane tangent at the
    middle of the shapes (equirectangular), exact enough for an island.
    """
    west, south, east, north = bounds(shapes)
    inside = (
        west > METROPOLE[0]
        and east < METROPOLE[2]
        and south > METROPOLE[1]
        and north < METROPOLE[3]
    )
    projection = (
        "lambert93" if inside else f"local:{(west + east) / 2:.4f}:{(south + north) / 2:.4f}"
    )
    planar = shapely.transform(shapes.polygons, lambda xy: _project(xy, projection))
    x0, y0, x1, y1 = shapely.total_bounds(planar).tolist()
    scale = max(x1 - x0, 1.0) / (width - 2 * margin)
    frame = (x0 - margin * scale, y1 + margin * scale)
    simple = shapely.coverage_simplify(planar, tolerance * scale)
    lost = shapely.is_empty(simple)
    simple[lost] = planar[lost]
    paged = shapely.transform(simple, lambda xy: _page(xy, frame, scale))
    paths = {code: svg_path(shape) for code, shape in zip(shapes.codes, paged, strict=True)}
    height = (y1 - y0) / scale + 2 * margin
    return Drawing(width, round(height, 1), paths, scale, projection, frame)


def svg_path(shape: shapely.Geometry, *, decimals: int = 1) -> str:
    """Write a polygon or multipolygon as an SVG path, fill rule even-odd."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    return "".join(_ring(shapely.get_coordinates(ring), decimals) for ring in rings)


def _ring(xy: np.ndarray, decimals: int) -> str:
    rounded = np.round(xy, decimals)
    changed = np.any(np.diff(rounded, axis=0) != 0, axis=1)
    kept = rounded[np.concatenate([[True], changed])]
    kept = kept if len(kept) > 3 else rounded
    text = "L".join(f"{x:g} {y:g}" for x, y in kept[:-1].tolist())
    return f"M{text}Z"


def _page(xy: np.ndarray, frame: tuple[float, float], scale: float) -> np.ndarray:
    return np.column_stack([(xy[:, 0] - frame[0]) / scale, (frame[1] - xy[:, 1]) / scale])


def _project(lonlat: np.ndarray, projection: str) -> np.ndarray:
    if projection == "lambert93":
        return lambert93(lonlat)
    _, longitude, latitude = projection.split(":")
    degree = SEMI_MAJOR * np.pi / 180
    scale = np.array([degree * np.cos(np.radians(float(latitude))), degree])
    metres: np.ndarray = (lonlat - np.array([float(longitude), float(latitude)])) * scale
    return metres


def lambert93(lonlat: np.ndarray) -> np.ndarray:
    """Project longitude-latitude (degrees) in Lambert 93 (EPSG:2154), metres.

    Notes
    -----
    Lambert conformal conic with two standard parallels, 44° and 49° N, origin 46.5° N 3° E,
    false easting 700 km, false northing 6 600 km (Snyder 1987, eq. 15-1 to 15-11; parameters of
    EPSG:2154).
    """
    n, factor = _cone()
    radius = SEMI_MAJOR * factor * _isometric(np.radians(lonlat[:, 1])) ** n
    origin = SEMI_MAJOR * factor * _isometric(np.radians(np.array([46.5]))) ** n
    angle = n * np.radians(lonlat[:, 0] - 3.0)
    x = 700_000.0 + radius * np.sin(angle)
    return np.column_stack([x, 6_600_000.0 + origin - radius * np.cos(angle)])


def _cone() -> tuple[float, float]:
    parallels = np.radians(np.array([44.0, 49.0]))
    square = FLATTENING * (2 - FLATTENING)
    m = np.cos(parallels) / np.sqrt(1 - square * np.sin(parallels) ** 2)
    t = _isometric(parallels)
    n = float(np.log(m[0] / m[1]) / np.log(t[0] / t[1]))
    return n, float(m[0] / (n * t[0] ** n))


def _isometric(latitude: np.ndarray) -> np.ndarray:
    e = np.sqrt(FLATTENING * (2 - FLATTENING))
    sine = np.sin(latitude)
    result: np.ndarray = np.tan(np.pi / 4 - latitude / 2) / (
        ((1 - e * sine) / (1 + e * sine)) ** (e / 2)
    )
    return result
