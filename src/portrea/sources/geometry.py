"""Read polygons of any format and projection; give longitude-latitude shapes, areas and points.

Everything is vectorised: all the IRIS of France (about 49,000) take a few seconds.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyogrio
import pyproj
import shapely

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.peek import open_binary, truncated
from portrea.sources.reading import location, unpacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.sources.source import Peek

WGS84 = pyproj.CRS.from_epsg(4326)
EQUAL_AREA = pyproj.CRS.from_epsg(6933)
"""Cylindrical equal-area projection of the whole Earth: one area rule, overseas included."""
GEOMETRY_COLUMNS = ("geometry", "geom", "wkb_geometry", "the_geom", "geo_shape")
LAYERS = ("gpkg", "shp", "geojson")
POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
BEARABLE = 0.01
"""Share of areas without a usable outline above which a file is refused."""
HEAD_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Layer:
    """Attributes (one row per feature), shapes in the same order, and the projection."""

    frame: pl.DataFrame
    shapes: NDArray[Any]
    crs: pyproj.CRS


@dataclass(frozen=True, slots=True)
class Outlines:
    """One row per area: ``code`` and the attributes kept, WKB, point inside, area in km².

    Columns added: ``geometry`` (WKB, EPSG:4326, null without outline), ``longitude``, ``latitude``,
    ``area_km2``.
    """

    frame: pl.DataFrame
    remarks: tuple[Diagnostic, ...] = ()


def geometry_column(peek: Peek) -> bool:
    """Tell whether the table has shapes: a geographic file, or parquet with a known column."""
    if peek.container in LAYERS:
        return True
    names = {name.lower() for name in peek.columns}
    return peek.container in ("parquet", "geoparquet") and bool(names & set(GEOMETRY_COLUMNS))


def surfaces(peek: Peek) -> bool:
    """Tell whether the first shapes of a geographic file are surfaces (places are points)."""
    if peek.container in ("gpkg", "shp"):
        kind = str(pyogrio.read_info(location(peek), layer=peek.sheet)["geometry_type"])
        return "Polygon" in kind or kind in ("Unknown", "GeometryCollection")
    if peek.container != "geojson" or peek.member:
        return geometry_column(peek)
    with open_binary(peek.path) as stream:
        head = stream.read(HEAD_BYTES).decode("utf-8", errors="ignore")
    kinds = re.findall(r'"(Point|MultiPoint|LineString|Polygon|MultiPolygon)"', head)
    return not kinds or kinds[0].endswith("Polygon") or "Polygon" in kinds[:3]


def read_layer(peek: Peek) -> Layer:
    """Read attributes and shapes.

    Raises
    ------
    DataError
        The file is damaged, or does not say its projection.
    """
    layer = _read_parquet(peek) if peek.container not in LAYERS else _read_ogr(peek)
    if not layer.frame.height:
        raise DataError(
            f"Le fichier {peek.name} ne contient aucun contour.",
            remedy="Téléchargez-le de nouveau auprès du producteur.",
        )
    return layer


def _read_ogr(peek: Peek) -> Layer:
    path = location(peek)
    if path.endswith(".gz"):
        path = f"/vsigzip/{path}"
    try:
        meta, _, wkb, columns = pyogrio.raw.read(path, layer=peek.sheet, force_2d=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise truncated(peek.path, error) from error
    frame = pl.DataFrame(
        {str(name): _texts(values) for name, values in zip(meta["fields"], columns, strict=True)}
    )
    crs = pyproj.CRS.from_user_input(meta["crs"]) if meta["crs"] else None
    if crs is None and peek.container == "geojson":
        crs = WGS84
    return Layer(frame, shapely.from_wkb(wkb), _known(crs, peek))


def _texts(values: NDArray[Any]) -> pl.Series:
    absent = (None, "nan", "NaT")
    return pl.Series([None if v is None or str(v) in absent else str(v) for v in values])


def _read_parquet(peek: Peek) -> Layer:
    with unpacked(peek.path, peek.member) as plain:
        try:
            frame = pl.read_parquet(plain)
            meta = pl.read_parquet_metadata(plain).get("geo")
        except (pl.exceptions.PolarsError, OSError) as error:
            raise truncated(peek.path, error) from error
    column = next(name for name in frame.columns if name.lower() in GEOMETRY_COLUMNS)
    shapes = frame[column]
    if isinstance(shapes.dtype, pl.Extension):
        shapes = shapes.ext.storage()
    if shapes.dtype != pl.Binary:
        raise DataError(
            f"Le fichier {peek.name} ne contient pas ses contours en WKB (colonne « {column} » :"
            f" {shapes.dtype}).",
            remedy="Exportez-le en GeoParquet, GeoPackage ou GeoJSON.",
        )
    crs = _known(_geoparquet_crs(meta, column), peek)
    return Layer(frame.drop(column), shapely.from_wkb(shapes.to_numpy()), crs)


def _geoparquet_crs(meta: str | None, column: str) -> pyproj.CRS | None:
    """Return the projection of a GeoParquet column; absent means longitude-latitude (its rule)."""
    if not meta:
        return None
    card = json.loads(meta)["columns"].get(column, {})
    if "crs" not in card:
        return WGS84
    return pyproj.CRS.from_user_input(card["crs"]) if card["crs"] else None


def _known(crs: pyproj.CRS | None, peek: Peek) -> pyproj.CRS:
    if crs is None:
        raise DataError(
            f"Le fichier {peek.name} ne dit pas dans quelle projection sont ses contours.",
            remedy="Joignez le fichier .prj du shapefile, ou exportez-le en GeoPackage.",
        )
    return crs


def outlines(frame: pl.DataFrame, shapes: NDArray[Any], crs: pyproj.CRS, *, where: str) -> Outlines:
    """Return one outline per code: mended, merged, in longitude-latitude, with point and area.

    Parameters
    ----------
    frame
        Attributes with a column ``code``; rows of the same code are merged (their first attributes
        are kept).

    Raises
    ------
    DataError
        More than 1 % of the areas have no usable outline, or coordinates leave the Earth.
    """
    shapes, faulty = _mend(shapes)
    mended = frame["code"].filter(pl.Series(faulty)).unique(maintain_order=True)
    frame, shapes, merged = _merge(frame, shapes)
    lonlat = _to_lonlat(shapes, crs, where)
    usable = ~(shapely.is_missing(lonlat) | shapely.is_empty(lonlat))
    absent = frame["code"].filter(pl.Series(~usable)).sort()
    _refuse_absent(absent, frame.height, where)
    lonlat[~usable] = None
    points = _points_inside(lonlat)
    done = frame.with_columns(
        geometry=pl.Series(list(shapely.to_wkb(lonlat)), dtype=pl.Binary),
        longitude=pl.Series(shapely.get_x(points)).fill_nan(None),
        latitude=pl.Series(shapely.get_y(points)).fill_nan(None),
        area_km2=pl.Series(np.where(usable, areas_km2(lonlat), np.nan)).fill_nan(None),
    )
    return Outlines(done, tuple(_remarks(mended.to_list(), merged, absent.to_list())))


def _mend(shapes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return valid surfaces, and which ones had to be mended (lines and points dropped)."""
    given = ~shapely.is_missing(shapes)
    surface = np.isin(shapely.get_type_id(shapes), POLYGONS)
    faulty = given & ~(surface & shapely.is_valid(shapes))
    shapes = shapes.copy()
    for rank in np.flatnonzero(faulty):
        shapes[rank] = _surface_of(shapely.make_valid(shapes[rank]))
    return shapes, faulty & ~shapely.is_missing(shapes)


def _surface_of(shape: Any) -> Any:
    """Return the surface part of any shape, ``None`` when it has none."""
    parts = shapely.get_parts(shape)
    while np.isin(shapely.get_type_id(parts), (shapely.GeometryType.GEOMETRYCOLLECTION,)).any():
        parts = shapely.get_parts(parts)
    polygons = parts[np.isin(shapely.get_type_id(parts), POLYGONS)]
    return shapely.union_all(polygons) if len(polygons) else None


def _merge(
    frame: pl.DataFrame, shapes: NDArray[Any]
) -> tuple[pl.DataFrame, NDArray[Any], list[str]]:
    """Merge the rows of the same code (islands published apart, arrondissements)."""
    ranked = frame.with_row_index("_rank")
    groups = ranked.group_by("code", maintain_order=True).agg(pl.col("_rank"))
    firsts = groups["_rank"].list.first()
    several = groups.filter(pl.col("_rank").list.len() > 1)
    shapes = shapes.copy()
    for ranks in several["_rank"]:
        shapes[ranks[0]] = shapely.union_all(shapes[ranks.to_numpy()])
    kept = firsts.to_numpy()
    return frame[kept], shapes[kept], several["code"].to_list()


def _to_lonlat(shapes: NDArray[Any], crs: pyproj.CRS, where: str) -> NDArray[Any]:
    projected = _project(shapes, crs, WGS84)
    known = projected[~shapely.is_missing(projected)]
    if not len(known):
        return projected
    bounds = shapely.total_bounds(known)
    inside = np.isfinite(bounds).all() and (np.abs(bounds) <= [180, 90, 180, 90]).all()
    if not inside:
        raise DataError(
            f"Les coordonnées du fichier {where} ne correspondent pas à la projection qu’il annonce"
            f" ({crs.name}).",
            remedy="Vérifiez la projection du fichier (Lambert 93 : EPSG:2154).",
        )
    return projected


def _project(shapes: NDArray[Any], source: pyproj.CRS, target: pyproj.CRS) -> NDArray[Any]:
    if source.equals(target, ignore_axis_order=True):
        return np.array(shapely.force_2d(shapes))
    transformer = pyproj.Transformer.from_crs(source, target, always_xy=True)

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return np.array(shapely.transform(shapes, move))


def areas_km2(lonlat: NDArray[Any]) -> NDArray[np.float64]:
    """Return the areas of longitude-latitude shapes, in km² of an equal-area projection."""
    return np.asarray(shapely.area(_project(lonlat, WGS84, EQUAL_AREA)) / 1e6, dtype=np.float64)


def _points_inside(lonlat: NDArray[Any]) -> NDArray[Any]:
    """Return the centroid where it lies inside the outline, a point of the surface elsewhere."""
    points = shapely.centroid(lonlat)
    outside = ~shapely.contains(lonlat, points) & ~shapely.is_missing(lonlat)
    points[outside] = shapely.point_on_surface(lonlat[outside])
    return np.array(points)


def _refuse_absent(absent: pl.Series, total: int, where: str) -> None:
    if absent.len() > BEARABLE * total:
        raise DataError(
            f"Dans le fichier {where}, {absent.len()} zone(s) sur {total} n’ont pas de contour"
            f" utilisable : {_listed(absent.to_list())}.",
            remedy="Téléchargez de nouveau les contours auprès du producteur.",
        )


def _remarks(mended: list[str], merged: list[str], absent: list[str]) -> list[Diagnostic]:
    sentences = (
        ("mended-outline", "zone(s) dont le contour invalide a été réparé", mended),
        ("merged-outline", "zone(s) en plusieurs morceaux réunis", merged),
        ("missing-outline", "zone(s) sans contour, laissées hors de la carte", absent),
    )
    return [
        Diagnostic(code, f"{len(areas)} {words} : {_listed(areas)}")
        for code, words, areas in sentences
        if areas
    ]


def _listed(codes: Sequence[str], most: int = 8) -> str:
    return ", ".join(codes[:most]) + ("…" if len(codes) > most else "")
