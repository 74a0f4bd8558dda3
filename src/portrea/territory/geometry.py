"""Contours: read, dissolve, simplify, measure, join points, draw.

Contours travel as WKB in longitude-latitude (table ``contours``); inside, :class:`Shapes` keeps
them decoded, one level at a time. A territory without a contour is said, never drawn empty.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import shapely

from portrea.base.errors import TerritoryError
from portrea.territory.codes import Level

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SEMI_MAJOR = 6_378_137.0
"""Semi-major axis of WGS 84, metres."""
FLATTENING = 1 / 298.257223563


@dataclass(frozen=True, eq=False)
class Shapes:
    """Polygons of one level, in longitude-latitude, with their codes (sorted)."""

    level: Level
    codes: np.ndarray
    polygons: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Code → position."""
        return {code: row for row, code in enumerate(self.codes.tolist())}

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Spatial index of the polygons."""
        return shapely.STRtree(self.polygons)

    def pick(self, codes: Collection[str]) -> Shapes:
        """Return these codes only; raise :class:`TerritoryError` naming those without contour."""
        missing = self.missing(codes)
        if missing:
            raise _without_contour(self.level, missing)
        rows = sorted(self.rows[code] for code in set(codes))
        return Shapes(self.level, self.codes[rows], self.polygons[rows])

    def missing(self, codes: Collection[str]) -> list[str]:
        """Return the codes that have no contour, sorted."""
        return sorted(set(codes) - self.rows.keys())

    def to_contours(self) -> pl.DataFrame:
        """Return the rows of a ``contours`` table."""
        return pl.DataFrame(
            {
                "level": [self.level.value] * len(self),
                "code": self.codes.tolist(),
                "geometry": list(shapely.to_wkb(self.polygons)),
            },
            schema={"level": pl.String, "code": pl.String, "geometry": pl.Binary},
        )


def read_shapes(contours: pl.DataFrame, level: Level | str) -> Shapes:
    """Decode the contours of a level; the newest ``vintage`` wins when a code stands twice.

    Parameters
    ----------
    contours
        Rows of ``contours``, WKB in EPSG:4326, with or without a ``vintage`` column.

    Raises
    ------
    TerritoryError
        No contour of this level, or a geometry that cannot be read.
    """
    level = Level(level)
    frame = contours.filter((pl.col("level") == level) & pl.col("geometry").is_not_null())
    order = ["vintage", "dataset"] if {"vintage", "dataset"} <= set(frame.columns) else []
    frame = frame.sort("code", *order, descending=[False, *[True for _ in order]])
    frame = frame.unique("code", keep="first", maintain_order=True)
    if frame.is_empty():
        raise _without_contour(level, [])
    polygons = shapely.from_wkb(frame["geometry"].to_numpy(), on_invalid="ignore")
    unreadable = shapely.is_missing(polygons) | shapely.is_empty(polygons)
    codes = np.array(frame["code"].to_list(), dtype=object)
    if unreadable.any():
        raise TerritoryError(
            f"Contour illisible pour {level.label} : {', '.join(codes[unreadable][:5])}.",
            remedy="Rechargez le fichier de contours avec « portrea data add FICHIER ».",
        )
    broken = ~shapely.is_valid(polygons)
    polygons[broken] = shapely.make_valid(polygons[broken])
    return Shapes(level, codes, polygons)


def dissolve(shapes: Shapes, parents: Mapping[str, str], level: Level | str) -> Shapes:
    """Unite shapes by parent: communes into epci, departements or regions.

    Parameters
    ----------
    parents
        Code → code of the parent; shapes without a parent are left out.
    """
    owner = np.array([parents.get(code) or "" for code in shapes.codes], dtype=object)
    order = np.argsort(owner, kind="stable")
    order = order[owner[order] != ""]
    codes, starts = np.unique(owner[order].astype(str), return_index=True)
    groups = np.split(shapes.polygons[order], starts[1:]) if len(codes) else []
    united = [unite(group, step=1e-7) for group in groups]
    return Shapes(Level(level), codes.astype(object), np.array(united, dtype=object))


def unite(polygons: np.ndarray, *, step: float) -> shapely.Geometry:
    """Return the union of shapes side by side; where they overlap, on a grid of ``step``."""
    try:
        united = shapely.coverage_union_all(polygons)
    except shapely.GEOSException:
        united = None
    usable = united is not None and shapely.is_valid(united)
    return united if usable else shapely.union_all(polygons, grid_size=step)


def neighbours(
    shapes: Shapes, codes: Collection[str] | None = None, *, gap: float = 0.0
) -> pl.DataFrame:
    """Return pairs of shapes side by side.

    Parameters
    ----------
    codes
        Shapes whose neighbours are wanted, all by default.
    gap
        Widest gap between two neighbours, in degrees, for outlines simplified apart. At 0 they must
        share a border, not a mere corner.

    Returns
    -------
    Columns ``code``, ``neighbour``, sorted.
    """
    wanted = shapes.rows if codes is None else codes
    rows = np.array([shapes.rows[c] for c in wanted if c in shapes.rows], dtype=np.intp)
    search = {"predicate": "dwithin", "distance": gap} if gap else {"predicate": "intersects"}
    left, right = shapes.tree.query(shapes.polygons[rows], **search)
    left = rows[left]
    left, right = left[left != right], right[left != right]
    if not gap:
        borders = shapely.intersection(shapes.polygons[left], shapes.polygons[right])
        shared = shapely.length(borders) > 0
        left, right = left[shared], right[shared]
    pairs = {"code": shapes.codes[left].tolist(), "neighbour": shapes.codes[right].tolist()}
    schema = {"code": pl.String, "neighbour": pl.String}
    return pl.DataFrame(pairs, schema=schema).sort("code", "neighbour")


def points(shapes: Shapes) -> pl.DataFrame:
    """Return a point inside each shape: columns ``code``, ``longitude``, ``latitude`` (degrees)."""
    xy = shapely.get_coordinates(shapely.point_on_surface(shapes.polygons))
    return pl.DataFrame(
        {"code": shapes.codes.tolist(), "longitude": xy[:, 0], "latitude": xy[:, 1]}
    )


def areas(shapes: Shapes) -> pl.DataFrame:
    """Return the area of each shape: columns ``code``, ``area_km2``."""
    planar = shapely.transform(shapes.polygons, _equal_area)
    return pl.DataFrame({"code": shapes.codes.tolist(), "area_km2": shapely.area(planar) / 1e6})


def _equal_area(lonlat: np.ndarray) -> np.ndarray:
    """Project on a cylinder that keeps areas (authalic latitude, WGS 84), metres.

    Notes
    -----
    ``x = a·λ``, ``y = a·q(φ)/2`` with
    ``q = (1−e²)·(sin φ/(1−e²·sin²φ) − ln((1−e·sin φ)/(1+e·sin φ))/(2e))`` (Snyder 1987, eq. 3-12).
    """
    square = FLATTENING * (2 - FLATTENING)
    e, sine = np.sqrt(square), np.sin(np.radians(lonlat[:, 1]))
    logarithm = np.log((1 - e * sine) / (1 + e * sine)) / (2 * e)
    q = (1 - square) * (sine / (1 - square * sine**2) - logarithm)
    return np.column_stack([SEMI_MAJOR * np.radians(lonlat[:, 0]), SEMI_MAJOR * q / 2])


def bounds(shapes: Shapes) -> tuple[float, float, float, float]:
    """Return west, south, east, north (degrees) of all the shapes together."""
    west, south, east, north = shapely.total_bounds(shapes.polygons).tolist()
    return west, south, east, north


def simplify(shapes: Shapes, tolerance: float) -> Shapes:
    """Simplify shapes together, so that shared borders stay shared.

    Parameters
    ----------
    tolerance
        Square root of the area of the smallest kept triangle, in metres (Visvalingam-Whyatt).
    """
    scale = _local_scale(shapes)
    metres = shapely.transform(shapes.polygons, lambda xy: xy * scale)
    simple = shapely.coverage_simplify(metres, tolerance)
    lost = shapely.is_empty(simple)
    simple[lost] = metres[lost]
    degrees = shapely.transform(simple, lambda xy: xy / scale)
    return Shapes(shapes.level, shapes.codes, degrees)


def _local_scale(shapes: Shapes) -> np.ndarray:
    _, south, _, north = bounds(shapes)
    degree = SEMI_MAJOR * np.pi / 180
    return np.array([degree * np.cos(np.radians((south + north) / 2)), degree])


def point_in(longitudes: pl.Series, latitudes: pl.Series, shapes: Shapes) -> pl.Series:
    """Return the code of the shape that holds each point, null outside them all.

    A point on a shared border gets the smallest code, so that the answer does not depend on order.
    """
    known = longitudes.is_not_null() & latitudes.is_not_null()
    where = np.flatnonzero(known.to_numpy())
    xy = shapely.points(longitudes.filter(known).to_numpy(), latitudes.filter(known).to_numpy())
    hit, shape = shapes.tree.query(xy, predicate="intersects")
    best = np.full(len(longitudes), len(shapes), dtype=np.int64)
    np.minimum.at(best, where[hit], shape)
    names = np.append(shapes.codes, None)
    return pl.Series("code", names[best].tolist(), dtype=pl.String)


def geojson(
    shapes: Shapes, properties: Mapping[str, Mapping[str, Any]] | None = None, *, decimals: int = 5
) -> dict[str, Any]:
    """Return a GeoJSON FeatureCollection with coordinates rounded to ``decimals`` (5 ≈ 1 m).

    Parameters
    ----------
    properties
        Code → properties of the feature; ``code`` is always there.
    """
    rounded = shapely.set_precision(shapes.polygons, 10.0**-decimals, mode="pointwise")
    features = [
        {
            "type": "Feature",
            "properties": {"code": code} | dict((properties or {}).get(code, {})),
            "geometry": _rounded(json.loads(text), decimals),
        }
        for code, text in zip(shapes.codes.tolist(), shapely.to_geojson(rounded), strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _rounded(geometry: dict[str, Any], decimals: int) -> dict[str, Any]:
    def cut(part: Any) -> Any:
        if isinstance(part, list):
            return [cut(item) for item in part]
        return round(part, decimals)

    return geometry | {"coordinates": cut(geometry["coordinates"])}


def _without_contour(level: Level, codes: Collection[str]) -> TerritoryError:
    listed = sorted(codes)
    more = "…" if len(listed) > 5 else ""
    which = f" pour : {', '.join(listed[:5])}{more}" if listed else ""
    return TerritoryError(
        f"Aucun contour de niveau « {level.label} »{which}.",
        remedy="Chargez un fichier de contours (GeoPackage, shapefile, GeoJSON ou GeoParquet) avec "
        "« portrea data add FICHIER ».",
    )
