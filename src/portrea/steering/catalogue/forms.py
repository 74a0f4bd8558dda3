"""A table as files: CSV, workbook, Parquet (GeoParquet 1.1 when it has outlines), GeoJSON."""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING

import polars as pl
import shapely

from portrea.base.spreadsheets import inert
from portrea.sources.exports.workbook import rows_xml, write_workbook
from portrea.steering.catalogue.entries import SEPARATOR
from portrea.steering.catalogue.made import GEOMETRY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from portrea.steering.catalogue.made import Made

CHUNK = 10_000
RISKY = r"^[^\p{L}\p{N}]"
"""What :func:`inert` may change: a text that begins with neither a letter nor a digit."""
TABLE, DICTIONARY, README = "Données", "Dictionnaire", "À lire"
HEADINGS = ("Colonne", "Libellé", "Type", "Unité", "Définition", "Secret")


def forms_of(made: Made) -> Mapping[str, Callable[[Made, Path, Sequence[str]], None]]:
    """Return the forms in which a table is given, each with what writes it."""
    geographic = {"geojson": _geojson} if made.geometry is not None else {}
    return {"csv": _csv, "xlsx": _xlsx, **geographic, "parquet": _parquet}


def write(made: Made, form: str, target: Path, lines: Sequence[str]) -> None:
    """Write a table in a form; ``lines`` say in a workbook what it is."""
    forms_of(made)[form](made, target, lines)


# -- text -----------------------------------------------------------------------------------------


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Put the values of a list in one cell."""
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    return frame.with_columns(pl.col(name).list.join(SEPARATOR) for name in lists)


def _harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Let no text be run as a formula by a spreadsheet."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    risky = [name for name in texts if frame[name].str.contains(RISKY).any()]
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(RISKY))
        .then(pl.col(name).map_elements(inert, return_dtype=pl.String))
        .otherwise(pl.col(name))
        for name in risky
    )


def _csv(made: Made, target: Path, _lines: Sequence[str]) -> None:
    _harmless(_flat(made.frame)).write_csv(target, line_terminator="\r\n", null_value="")


# -- workbook -------------------------------------------------------------------------------------


def _xlsx(made: Made, target: Path, lines: Sequence[str]) -> None:
    headings = {TABLE: made.frame.columns, DICTIONARY: HEADINGS}
    with target.open("wb") as stream:
        write_workbook(stream, headings, _sheets(made), readme=(README, lines))


def _sheets(made: Made) -> Iterator[Mapping[str, bytes]]:
    words = [
        (DICTIONARY, (v.name, v.label, v.kind, v.unit, v.meaning, v.secrecy))
        for v in made.variables
    ]
    widths = {TABLE: made.frame.width, DICTIONARY: len(HEADINGS)}
    yield rows_xml(words, widths, {TABLE: 0, DICTIONARY: 0})
    for start in range(0, made.frame.height, CHUNK):
        cells = _cells(made.frame[start : start + CHUNK])
        rows = ((TABLE, row) for row in cells.iter_rows())
        yield rows_xml(rows, widths, {TABLE: start, DICTIONARY: len(words)})


def _cells(part: pl.DataFrame) -> pl.DataFrame:
    """Return the cells as texts and numbers."""
    flat = _flat(part)
    return flat.with_columns(
        pl.col(pl.Date).dt.to_string("%Y-%m-%d"),
        pl.col(pl.Boolean).replace_strict(
            {True: "oui", False: "non"}, return_dtype=pl.String, default=None
        ),
    )


# -- for machines ---------------------------------------------------------------------------------


def _parquet(made: Made, target: Path, _lines: Sequence[str]) -> None:
    if made.geometry is None:
        made.frame.write_parquet(target, row_group_size=CHUNK)
        return
    table = made.frame.with_columns(made.geometry.alias(GEOMETRY))
    table.write_parquet(target, row_group_size=CHUNK, metadata={"geo": json.dumps(_geo(made))})


def _geo(made: Made) -> dict[str, object]:
    """Return the ``geo`` metadata of GeoParquet 1.1.0 (no ``crs``: longitude-latitude, CRS84)."""
    column: dict[str, object] = {"encoding": "WKB", "geometry_types": made.kinds()}
    box = made.box()
    if box is not None:
        column["bbox"] = list(box)
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def _geojson(made: Made, target: Path, _lines: Sequence[str]) -> None:
    box, shaped = made.box(), made.geometry
    if shaped is None:
        return
    with target.open("wb") as stream:
        head = f'"bbox":{json.dumps(list(box))},' if box else ""
        stream.write(f'{{"type":"FeatureCollection",{head}"features":['.encode())
        between = b"\n"
        for start in range(0, made.frame.height, CHUNK):
            between = _features(made, shaped, start, stream, between)
        stream.write(b"\n]}\n")


def _features(
    made: Made, shaped: pl.Series, start: int, stream: IO[bytes], between: bytes
) -> bytes:
    part = made.frame[start : start + CHUNK]
    shapes = shapely.from_wkb(shaped[start : start + CHUNK].to_numpy())
    told = part.write_ndjson().encode().splitlines()
    for properties, text in zip(told, shapely.to_geojson(shapes), strict=True):
        geometry = b"null" if text is None else text.encode()
        stream.write(between)
        stream.write(b'{"type":"Feature","geometry":' + geometry + b',"properties":')
        stream.write(properties + b"}")
        between = b",\n"
    return between
