"""The commune of places that only give a position."""

from __future__ import annotations

import polars as pl

from portrea.territory.geometry import point_in, read_shapes


def with_communes(places: pl.DataFrame, contours: pl.DataFrame) -> pl.DataFrame:
    """Fill ``commune`` from the position, where it is null and a commune's contour holds it.

    Parameters
    ----------
    places
        Table ``places``.
    contours
        Table ``contours`` of communes; generalised outlines may give a place near a border to its
        neighbour, which is why a commune told by the producer is never changed.
    """
    lost = pl.col("commune").is_null() & pl.col("longitude").is_not_null()
    lost &= pl.col("latitude").is_not_null()
    astray = places.filter(lost)
    outlines = contours.filter(pl.col("level") == "commune")
    if astray.is_empty() or outlines.is_empty():
        return places
    shapes = read_shapes(outlines, "commune")
    found = astray.select("id").with_columns(
        point_in(astray["longitude"], astray["latitude"], shapes).alias("_found")
    )
    joined = places.join(found.unique("id"), on="id", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("commune", "_found").alias("commune")).drop("_found")
