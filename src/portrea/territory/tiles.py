"""The map of all communes as one PMTiles file: contours only, values stay apart.

For each zoom, from the finest: simplify the whole coverage together (shared borders stay shared),
round to the tile grid, clip, encode. Every code of a layer is kept at every zoom of that layer: a
shape too small for the grid becomes a tiny square.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
import yaml
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from portrea.base.progress import silent
from portrea.territory.codes import Level
from portrea.territory.geometry import Shapes, bounds, read_shapes, unite
from portrea.territory.mvt import encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from portrea.base.progress import Progress

LAYERS = {Level.COMMUNE: "communes", Level.EPCI: "epci", Level.DEPARTEMENT: "departements"}
"""Level → layer name in the tiles. Each feature has one property, ``code``."""

FORMAT = 2
"""Increased when the same contours must give other tiles."""

Tile = tuple[int, int]
Layer = tuple[np.ndarray, np.ndarray]
"""Codes and their polygons."""


@dataclass(frozen=True, slots=True)
class TileReport:
    """What was written: file size and largest tile in bytes, tiles and codes counted."""

    path: Path
    size: int
    tiles: int
    largest: int
    codes: int


@dataclass(frozen=True, slots=True)
class _Settings:
    min_zoom: int
    communes_from: int
    max_zoom: int
    extent: int
    tolerance: float
    coarse_extent: int
    coarse_tolerance: float
    snapping: float
    buffer: int

    def coarse(self) -> _Settings:
        """Return the settings of the first zooms, where one tile holds half the country."""
        buffer = self.buffer * self.coarse_extent // self.extent
        return replace(
            self, extent=self.coarse_extent, tolerance=self.coarse_tolerance, buffer=buffer
        )


@dataclass(slots=True)
class _Archive:
    """Compressed tiles by identifier."""

    tiles: dict[int, bytes] = field(default_factory=dict)

    def add(self, zoom: int, tile: Tile, layers: Mapping[str, Layer], extent: int) -> None:
        data = encode(layers, extent=extent)
        self.tiles[zxy_to_tileid(zoom, *tile)] = gzip.compress(data, 9, mtime=0)


def digest(contours: pl.DataFrame, parents: pl.DataFrame) -> str:
    """Return a short name for these contours, parents and settings: same name, same tiles."""
    whole = hashlib.sha256(f"{FORMAT} {settings()}".encode())
    for frame in (contours.select("level", "code", "geometry"), parents):
        whole.update(frame.hash_rows(seed=1).sort().to_numpy().tobytes())
    return whole.hexdigest()[:12]


@cache
def settings() -> _Settings:
    """Return the drawing settings (``params/tiles.yaml``)."""
    raw = yaml.safe_load(
        files("portrea.territory").joinpath("params/tiles.yaml").read_text("utf-8")
    )
    return _Settings(**{name: card["value"] for name, card in raw.items()})


def latest(folder: Path) -> Path | None:
    """Return the newest tile file of a folder, ``None`` before the first one."""
    found = sorted(folder.glob("communes-*.pmtiles"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None


def build_tiles(
    contours: pl.DataFrame,
    path: Path,
    *,
    parents: pl.DataFrame | None = None,
    progress: Progress = silent,
) -> TileReport:
    """Build the tiles of all communes, and of the epci and departements they make.

    Parameters
    ----------
    contours
        Rows of the table ``contours`` at level ``commune``.
    path
        File to write; it appears only once complete.
    parents
        Columns ``code`` (commune), ``epci``, ``departement``: without it, communes only.

    Raises
    ------
    TerritoryError
        No contour of commune, or one that cannot be read.
    """
    communes = read_shapes(contours, Level.COMMUNE)
    rules, archive = settings(), _Archive()
    polygons = shapely.transform(communes.polygons, _mercator)
    polygons = _scaled(polygons, 2.0**rules.max_zoom * rules.extent)
    progress(0.02, "raccord des contours")
    clean = shapely.coverage_clean(polygons, snapping_distance=rules.snapping)
    polygons = _or_else(clean, polygons)
    zooms = list(range(rules.max_zoom, rules.min_zoom - 1, -1))
    for rank, zoom in enumerate(zooms):
        progress(0.2 + 0.75 * rank / len(zooms), f"zoom {zoom}")
        here = rules.coarse() if zoom <= rules.communes_from else rules
        simple = _or_else(shapely.coverage_simplify(polygons, here.tolerance), polygons)
        drawn = _scaled(simple, here.extent / rules.extent)
        layers = dict(_layers(communes.codes, drawn, parents, whole=zoom >= rules.communes_from))
        _encode(archive, zoom, layers, here)
        polygons = _scaled(simple, 0.5)
    progress(0.98, "écriture")
    size = _write(archive, path, communes, rules)
    largest = max(len(data) for data in archive.tiles.values())
    return TileReport(path, size, len(archive.tiles), largest, len(communes))


def _scaled(shapes: np.ndarray, factor: float) -> np.ndarray:
    scaled: np.ndarray = shapely.transform(shapes, lambda xy: xy * factor)
    return scaled


def _or_else(shapes: np.ndarray, former: np.ndarray) -> np.ndarray:
    """Return the shapes, the former one where nothing is left of it."""
    return np.where(shapely.is_empty(shapes), former, shapes)


def _mercator(lonlat: np.ndarray) -> np.ndarray:
    """Project on the unit square of web maps: x eastwards, y southwards."""
    north = np.arcsinh(np.tan(np.radians(lonlat[:, 1]))) / np.pi
    return np.column_stack([(lonlat[:, 0] + 180) / 360, (1 - north) / 2])


def _layers(
    codes: np.ndarray, polygons: np.ndarray, parents: pl.DataFrame | None, *, whole: bool
) -> Iterator[tuple[str, Layer]]:
    """Yield layer name, codes and shapes on the grid; larger levels are unions of the communes."""
    if whole:
        yield LAYERS[Level.COMMUNE], (codes, _to_grid(polygons))
    if parents is None:
        return
    for level in (Level.EPCI, Level.DEPARTEMENT):
        owner = dict(parents.select("code", level.value).drop_nulls().iter_rows())
        owners = np.array([owner.get(code, "") for code in codes])
        order = np.argsort(owners, kind="stable")
        order = order[owners[order] != ""]
        names, starts = np.unique(owners[order], return_index=True)
        if not len(names):
            continue
        groups = np.split(polygons[order], starts[1:])
        united = np.array([unite(group, step=1.0) for group in groups], dtype=object)
        yield LAYERS[level], (names.astype(object), _to_grid(united))


def _to_grid(polygons: np.ndarray) -> np.ndarray:
    """Round to whole steps; shapes that vanish become a square of two steps."""
    rounded: np.ndarray = shapely.set_precision(polygons, 1.0, mode="pointwise")
    broken = ~shapely.is_valid(rounded) | (shapely.area(rounded) == 0)
    rounded[broken] = shapely.set_precision(shapely.make_valid(polygons[broken]), 1.0)
    tiny = shapely.area(rounded) == 0
    xy = np.floor(shapely.get_coordinates(shapely.point_on_surface(polygons[tiny])))
    rounded[tiny] = shapely.box(xy[:, 0], xy[:, 1], xy[:, 0] + 2, xy[:, 1] + 2)
    return rounded


def _encode(
    archive: _Archive,
    zoom: int,
    layers: Mapping[str, Layer],
    rules: _Settings,
) -> None:
    by_tile: dict[Tile, dict[str, Layer]] = {}
    for name, (codes, polygons) in layers.items():
        seen: set[str] = set()
        for tile, layer in _cut(codes, polygons, rules):
            by_tile.setdefault(tile, {})[name] = layer
            seen.update(layer[0].tolist())
        if len(seen) != len(codes):
            raise RuntimeError(f"codes lost at zoom {zoom}: {sorted(set(codes) - seen)[:5]}")
    for tile in sorted(by_tile):
        archive.add(zoom, tile, by_tile[tile], rules.extent)


def _cut(codes: np.ndarray, polygons: np.ndarray, rules: _Settings) -> Iterator[tuple[Tile, Layer]]:
    """Yield each tile with its codes and shapes, clipped and in the tile's own steps."""
    owners, tiles = _touched(polygons, rules)
    order = np.lexsort((owners, tiles[:, 1], tiles[:, 0]))
    owners, tiles = owners[order], tiles[order]
    starts = np.flatnonzero(np.any(np.diff(tiles, axis=0, prepend=-1) != 0, axis=1))
    for rows, tile in zip(np.split(owners, starts[1:]), tiles[starts].tolist(), strict=True):
        origin = np.array(tile) * rules.extent
        local = shapely.transform(polygons[rows], lambda xy, o=origin: xy - o)
        clipped = _clip(local, -rules.buffer, rules.extent + rules.buffer)
        # a tip cut off by the edge may be thinner than a step: nothing of it would be written
        kept = shapely.area(shapely.transform(clipped, np.rint)) > 0
        if kept.any():
            yield (tile[0], tile[1]), (codes[rows[kept]], clipped[kept])


def _touched(polygons: np.ndarray, rules: _Settings) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (shape, tile) whose boxes meet, the tile widened by its buffer."""
    box = shapely.bounds(polygons)
    low = np.floor((box[:, :2] - rules.buffer) / rules.extent).astype(np.int64)
    high = np.floor((box[:, 2:] + rules.buffer) / rules.extent).astype(np.int64)
    wide = high - low + 1
    count = wide[:, 0] * wide[:, 1]
    owners = np.repeat(np.arange(len(polygons)), count)
    rank = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    across = wide[owners, 0]
    return owners, low[owners] + np.column_stack([rank % across, rank // across])


def _clip(polygons: np.ndarray, low: int, high: int) -> np.ndarray:
    box = shapely.bounds(polygons)
    out = (box[:, :2] < low).any(axis=1) | (box[:, 2:] > high).any(axis=1)
    clipped = polygons.copy()
    cut = shapely.clip_by_rect(polygons[out], low, low, high, high)
    mixed = shapely.get_type_id(cut) == shapely.GeometryType.GEOMETRYCOLLECTION
    cut[mixed] = [_polygons_of(shape) for shape in cut[mixed]]
    clipped[out] = cut
    return clipped


def _polygons_of(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def _write(archive: _Archive, path: Path, communes: Shapes, rules: _Settings) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            writer: Any = Writer(stream)  # type: ignore[no-untyped-call]
            for identifier in sorted(archive.tiles):
                writer.write_tile(identifier, archive.tiles[identifier])
            writer.finalize(_header(communes), _metadata(rules))
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return path.stat().st_size


def _header(communes: Shapes) -> dict[str, Any]:
    west, south, east, north = (round(edge * 10_000_000) for edge in bounds(communes))
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": 5,
        "center_lon_e7": 25_000_000,
        "center_lat_e7": 465_000_000,
    }


def _metadata(rules: _Settings) -> dict[str, Any]:
    first = {LAYERS[Level.COMMUNE]: rules.communes_from}
    layers = [
        {
            "id": name,
            "minzoom": first.get(name, rules.min_zoom),
            "maxzoom": rules.max_zoom,
            "fields": {"code": "String"},
        }
        for name in LAYERS.values()
    ]
    return {"name": "Portrea – communes", "format": "pbf", "vector_layers": layers}
