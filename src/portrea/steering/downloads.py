"""Give away the other things shown on a portrait: every table as it is read, and the whole places.

The estimates themselves, area by area, are in :mod:`portrea.steering.opendata`.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.steering.subject import Subject

if TYPE_CHECKING:
    from portrea.steering.document import Portrait
    from portrea.steering.reading import Reader
    from portrea.territory.hierarchy import Selection, Territory

TABLE_COLUMNS = ("section", "table", "line", "column", "text")
"""One row per cell: ``line`` is the first cell of its row."""


def tables_csv(portrait: Portrait) -> str:
    """Return every cell of every table of a portrait as CSV; what it hides stays hidden."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(TABLE_COLUMNS)
    for section in portrait.sections:
        for table in section.tables:
            for row in table.rows:
                writer.writerows(
                    (section.id, table.id, row[0].text, column.title, cell.text)
                    for column, cell in zip(table.columns, row, strict=True)
                )
    return text.getvalue()


def places_csv(reader: Reader, target: Territory | Selection) -> str:
    """Return every place of a territory as CSV; several values of a field are joined by ``|``."""
    frame = Subject.of(reader, target).places
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    flat = frame.with_columns(pl.col(name).list.join("|") for name in lists)
    return flat.write_csv(line_terminator="\r\n")


def places_geojson(reader: Reader, target: Territory | Selection) -> str:
    """Return the places of a territory as points; those without a position come last, without one.

    Coordinates are longitude and latitude, WGS 84.
    """
    frame = Subject.of(reader, target).places.sort(
        pl.col("longitude").is_null(), maintain_order=True
    )
    content = {
        "type": "FeatureCollection",
        "features": [_point(row) for row in frame.iter_rows(named=True)],
        "computation": reader.computation_id,
    }
    return json.dumps(content, ensure_ascii=False, default=str)


def _point(row: dict[str, Any]) -> dict[str, Any]:
    longitude, latitude = row.pop("longitude"), row.pop("latitude")
    known = longitude is not None and latitude is not None
    point = {"type": "Point", "coordinates": [longitude, latitude]} if known else None
    return {"type": "Feature", "geometry": point, "properties": row}
