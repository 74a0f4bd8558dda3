"""Give away the other things shown on a portrait: every table as it is read, and the whole places.

The estimates themselves, area by area, are in :mod:`portrea.steering.opendata`.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl
from xlsxwriter import Workbook

from portrea.steering.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portrea.steering.document import Portrait
    from portrea.steering.reading import Reader
    from portrea.territory.hierarchy import Selection, Territory

FORMS = ("pdf", "docx", "odt", "xlsx", "csv", "json")
"""Of any document: to be printed, to be edited, its tables, everything."""
LONGEST_SHEET = 31
"""Signs in the name of a sheet."""
TABLE_COLUMNS = ("section", "table", "line", "column", "text")
"""One row per cell: ``line`` is the first cell of its row."""


def tables_csv(portrait: Portrait) -> str:
    """Return every cell of every table of a portrait as CSV; what it hides stays hidden."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(TABLE_COLUMNS)
    for section in portrait.walk():
        for table in section.tables:
            for row in table.rows:
                writer.writerows(
                    (section.id, table.id, row[0].text, column.title, cell.text)
                    for column, cell in zip(table.columns, row, strict=True)
                )
    return text.getvalue()


def tables_xlsx(portrait: Portrait) -> bytes:
    """Return every table as a workbook: one sheet by table, texts as they are read.

    The same document gives the same bytes: the date of the file is that of the computation.
    """
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stream, options) as book:
        book.set_properties({"title": portrait.full_title, "created": _day(portrait)})
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        first = book.add_worksheet("À lire")
        first.set_column(0, 0, 110, wrapped)
        for rank, line in enumerate(_read_first(portrait)):
            first.write_string(rank, 0, line)
        for table in portrait.tables():
            sheet = book.add_worksheet(table.id[:LONGEST_SHEET])
            sheet.freeze_panes(2, 1)
            sheet.set_column(0, len(table.columns) - 1, 24)
            sheet.write_string(0, 0, table.caption, bold)
            for place, column in enumerate(table.columns):
                sheet.write_string(1, place, column.title, bold)
            for rank, row in enumerate(table.rows, 2):
                for place, cell in enumerate(row):
                    sheet.write_string(rank, place, cell.text)
    return stream.getvalue()


def _day(portrait: Portrait) -> datetime:
    return datetime.fromisoformat(portrait.computed_on or "2020-01-01")


def _read_first(portrait: Portrait) -> Iterator[str]:
    yield portrait.full_title
    yield portrait.headline.text
    yield f"Calcul {portrait.computation_id}, {portrait.computed_on}."
    yield "Les intervalles sont justes 95 fois sur 100."
    yield from (f"{letter} : {meaning}" for letter, meaning in portrait.quality_legend)
    yield from (f"{source.citation()}. {source.licence}" for source in portrait.sources)


def document_file(portrait: Portrait, form: str) -> bytes:
    """Return a portrait or a pack in one of the :data:`FORMS`."""
    from portrea.steering.docx import portrait_docx
    from portrea.steering.odt import portrait_odt
    from portrea.steering.opendata import to_json
    from portrea.steering.pdf import portrait_pdf

    writers: dict[str, Callable[[Portrait], bytes]] = {
        "pdf": portrait_pdf,
        "docx": portrait_docx,
        "odt": portrait_odt,
        "xlsx": tables_xlsx,
        "csv": lambda told: tables_csv(told).encode(),
        "json": lambda told: to_json(told).encode(),
    }
    return writers[form](portrait)


def portrait_file(reader: Reader, selection: Selection, form: str) -> bytes:
    """Return the portrait of a territory in one of the :data:`FORMS`, or as ``geojson``.

    ``csv`` and ``geojson`` hold the estimates, area by area.
    """
    from portrea.steering import opendata
    from portrea.steering.portrait import compose

    if form == "csv":
        return opendata.to_csv(reader, selection).encode()
    if form == "geojson":
        return opendata.to_geojson(reader, selection).encode()
    return document_file(compose(Subject.of(reader, selection)), form)


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
