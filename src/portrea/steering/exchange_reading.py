"""Read our own exports back: what they are is known, so nothing of them is guessed.

A workbook, a GeoJSON or a GeoParquet file of ours is known by its shape; a file in a national
standard, which anybody may have written, is ours when every identifier is that of a place of a
census of Portrea. Other files are lists like any other (:mod:`portrea.offer.importing`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.base.errors import DataError
from portrea.base.spreadsheets import alive
from portrea.offer.content import of_row
from portrea.offer.exchange import capacity, geojson, sheets
from portrea.offer.exchange.data_inclusion_reading import of_sheets
from portrea.offer.exchange.flat import GEOMETRY
from portrea.offer.exchange.mednum import of_mednum
from portrea.offer.exchange.mednum_former import of_former
from portrea.offer.importing.own import is_own
from portrea.offer.record import Place
from portrea.sources.conformance.reading import CAPACITY, FORMER, INCLUSION, read_document
from portrea.sources.lists import load_limits
from portrea.sources.lists.workbooks import read_workbook
from portrea.vocab.tables import PLACES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from portrea.sources.conformance.reading import Document

    Known = Callable[[Collection[str]], Mapping[str, Place]]

MOST_BYTES = load_limits().most_bytes


@dataclass(frozen=True, slots=True)
class OwnFile:
    """An export read back: of which standard, its places, and lines that speak of no known one."""

    standard: str
    places: tuple[Place, ...]
    unknown: tuple[str, ...] = ()


def read_own(path: Path, *, known: Known | None = None) -> OwnFile | None:
    """Return the places of one of our exports, ``None`` when the file is not one.

    Parameters
    ----------
    known
        Gives the places of the census by identifier: lines of capacity only speak of those.

    Raises
    ------
    DataError
        When it is ours and something of it is wrong; nothing is kept.
    """
    read = _READERS.get(path.suffix.lower())
    if read is None or not path.is_file() or path.stat().st_size > MOST_BYTES:
        return None
    return read(path, known or (lambda _: {}))


# -- one reader per kind of file ------------------------------------------------------------------


def _of_workbook(path: Path, known: Known) -> OwnFile | None:
    del known
    pages = {name: rows for name, rows, _ in read_workbook(path, path.name, load_limits())}
    wanted = [heading for heading, _, _ in sheets.COLUMNS[sheets.PLACES]]
    first = pages.get(sheets.PLACES, [[]])[0]
    if sheets.README not in pages or not {wanted[0], "Nom"} <= set(first):
        return None
    strange = [heading for heading in first if heading and heading not in wanted]
    if strange:
        raise DataError(
            f"Feuille « {sheets.PLACES} » : la colonne « {strange[0]} » n’existe pas.",
            remedy="Gardez les titres des colonnes de l’export.",
        )
    told = {name: _by_heading(rows) for name, rows in pages.items() if name in sheets.COLUMNS}
    return OwnFile("xlsx", tuple(sheets.of_sheets(told)))


def _by_heading(rows: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    heading, *lines = rows
    return [dict(zip(heading, line, strict=False)) for line in lines if any(line)]


def _of_json(path: Path, known: Known) -> OwnFile | None:
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None  # said better where any list is read
    features = told.get("features") if isinstance(told, dict) else None
    if isinstance(features, list) and features and all(map(_is_feature, features)):
        return OwnFile("geojson", tuple(geojson.of_feature(found) for found in features))
    return _of_document(path, known)


def _is_feature(found: Any) -> bool:
    told = found.get("properties") if isinstance(found, dict) else None
    return isinstance(told, dict) and {"id", "name", geojson.SITUATIONS} <= set(told)


def _of_document(path: Path, known: Known) -> OwnFile | None:
    try:
        document = read_document(path)
    except DataError:
        return None
    if document.standard == CAPACITY:
        return _of_capacity(document, known)
    if document.standard == INCLUSION:
        return _of_inclusion(document)
    if not _own_ids(row.get("id", "") for row in document.rows):
        return None
    read = of_former if document.standard == FORMER else of_mednum
    told = alive if path.suffix.lower() == ".csv" else str  # texts are only disarmed in CSV
    places = (read({name: told(cell) for name, cell in row.items()}) for row in document.rows)
    return OwnFile(document.standard, tuple(place for place in places if place))


def _own_ids(found: Iterable[str]) -> bool:
    ids = list(found)
    return bool(ids) and all(map(is_own, ids))


def _of_inclusion(document: Document) -> OwnFile | None:
    producers = {str(sheet.get("source")) for sheet in document.structures}
    if len(producers) != 1:
        return None
    (producer,) = producers
    local = (str(s.get("id")).removeprefix(f"{producer}--") for s in document.structures)
    if not _own_ids(local):
        return None
    places = of_sheets(document.structures, document.services, producer=producer)
    return OwnFile(INCLUSION, tuple(places))


def _of_capacity(document: Document, known: Known) -> OwnFile:
    """Return what the lines add to places of the census: their services, and nothing else."""
    told = capacity.of_lines(document.rows)
    names = {identifier: place.name for identifier, place in known(told).items()}
    places = tuple(
        Place(id=identifier, name=names[identifier], services=services)
        for identifier, services in told.items()
        if identifier in names
    )
    return OwnFile(CAPACITY, places, tuple(i for i in told if i not in names))


def _of_parquet(path: Path, known: Known) -> OwnFile | None:
    from portrea.sources.exports.parquet import read_parquet

    del known
    frame = read_parquet(path)
    if set(frame.columns) != {*PLACES.schema, GEOMETRY}:
        return None
    return OwnFile("geoparquet", tuple(of_row(row) for row in frame.iter_rows(named=True)))


_READERS = {
    ".xlsx": _of_workbook,
    ".json": _of_json,
    ".geojson": _of_json,
    ".csv": _of_document,
    ".parquet": _of_parquet,
}
