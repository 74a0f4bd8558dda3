"""Places as the flat columns of a GeoParquet 1.1 file (table ``places``, and the point in WKB)."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from portrea.offer.content import from_dict, to_dict
from portrea.offer.exchange import contacts
from portrea.offer.rows import frame_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.offer.record import Place

GEOMETRY = "geometry"
_POINT = struct.Struct("<BIdd")


def flat_frame(places: Sequence[Place]) -> pl.DataFrame:
    """Return the table ``places`` with a column ``geometry`` (little-endian WKB points)."""
    points = [contacts.position(place.latitude, place.longitude) for place in places]
    places = [
        place if point else replace(place, latitude=None, longitude=None)
        for place, point in zip(places, points, strict=True)
    ]
    wkb = [_POINT.pack(1, 1, point[1], point[0]) if point else None for point in points]
    try:
        frame = frame_of(places)
    except UnicodeEncodeError:  # half a character, that JSON may hold and no file can
        frame = frame_of([_whole(place) for place in places])
    return frame.with_columns(pl.Series(GEOMETRY, wkb, dtype=pl.Binary))


def _whole(place: Place) -> Place:
    told = json.dumps(to_dict(place), ensure_ascii=False).encode("utf-8", "replace")
    return from_dict(json.loads(told))


def metadata(frame: pl.LazyFrame) -> dict[str, str]:
    """Return the ``geo`` metadata of GeoParquet 1.1.0 (no ``crs``: longitude-latitude, CRS84)."""
    column: dict[str, object] = {"encoding": "WKB", "geometry_types": ["Point"]}
    bounds = (
        frame.filter(pl.col(GEOMETRY).is_not_null())
        .select(
            pl.col("longitude").min().alias("w"),
            pl.col("latitude").min().alias("s"),
            pl.col("longitude").max().alias("e"),
            pl.col("latitude").max().alias("n"),
        )
        .collect(engine="streaming")
    )
    if bounds["w"][0] is not None:
        column["bbox"] = list(bounds.row(0))
    facts = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
    return {"geo": json.dumps(facts)}
