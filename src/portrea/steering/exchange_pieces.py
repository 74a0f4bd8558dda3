"""Some places in each format, ready to be put one after the other: work that can be shared out.

A piece knows nothing of the others, but the rank of its rows in a workbook.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from portrea.offer.content import from_dict
from portrea.offer.exchange import capacity, geojson, mednum, mednum_former, sheets
from portrea.offer.exchange.context import Context, LeftOut
from portrea.offer.exchange.data_inclusion import to_data_inclusion
from portrea.sources.exports.tables import compact, csv_lines, json_items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from portrea.offer.record import Place

NUMBERS = frozenset({"latitude", "longitude"})
ROWS, STRUCTURES, SERVICES = "rows", "structures", "services"


class Told(NamedTuple):
    """A record as its JSON text, read only when it is written."""

    id: str
    text: str


@dataclass(slots=True)
class Piece:
    """What some places give: bytes by part of the file, and the places that have none."""

    read: int = 0
    written: int = 0
    parts: dict[str, bytes] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    box: geojson.Box | None = None


class Job(NamedTuple):
    """Places to write in a form (key of :data:`MAKERS`); ``starts``: first free row by sheet."""

    form: str
    places: Sequence[Place | Told]
    context: Context
    starts: Mapping[str, int]


def make(job: Job) -> Piece:
    """Write the places of a job."""
    piece = Piece(read=len(job.places))
    MAKERS[job.form](piece, map(place_of, job.places), job)
    return piece


def place_of(told: Place | Told) -> Place:
    """Return the record that a text tells."""
    return from_dict(json.loads(told.text)) if isinstance(told, Told) else told


def rows_by_sheet(told: Place | Told) -> Mapping[str, int]:
    """Return how many rows a place takes in each sheet of a workbook."""
    return sheets.rows_by_sheet(json.loads(told.text) if isinstance(told, Told) else told)


def _kept(places: Iterable[Place], convert: Callable[[Place], Any], piece: Piece) -> Iterator[Any]:
    for place in places:
        found = convert(place)
        if isinstance(found, LeftOut):
            piece.left_out.append(found)
            continue
        piece.written += 1
        yield found


def _all(places: Iterable[Place], piece: Piece) -> Iterator[Place]:
    for place in places:
        piece.written += 1
        yield place


# -- one maker per form ---------------------------------------------------------------------------


def _lines(
    piece: Piece,
    places: Iterable[Place],
    job: Job,
    *,
    columns: Sequence[str],
    convert: Callable[[Place, Context], Any],
) -> None:
    rows = _kept(places, lambda place: convert(place, job.context), piece)
    piece.parts[ROWS] = csv_lines(columns, rows)


def _items(
    piece: Piece,
    places: Iterable[Place],
    job: Job,
    *,
    convert: Callable[[Place, Context], Any],
) -> None:
    rows = _kept(places, lambda place: convert(place, job.context), piece)
    piece.parts[ROWS] = json_items(rows, numbers=NUMBERS)


def _data_inclusion(piece: Piece, places: Iterable[Place], job: Job) -> None:
    structures: list[str] = []
    services: list[str] = []
    for structure, offered in _kept(
        places, lambda place: to_data_inclusion(place, job.context), piece
    ):
        structures.append(compact(structure))
        services += map(compact, offered)
    piece.parts[STRUCTURES] = ",\n".join(structures).encode("utf-8", "replace")
    piece.parts[SERVICES] = ",\n".join(services).encode("utf-8", "replace")


def _geojson(piece: Piece, places: Iterable[Place], job: Job) -> None:
    del job
    features = [geojson.feature(place) for place in _all(places, piece)]
    piece.box = geojson.box_of(features)
    piece.parts[ROWS] = ",\n".join(map(compact, features)).encode("utf-8", "replace")


def _capacity(piece: Piece, places: Iterable[Place], job: Job) -> None:
    del job
    rows = (row for place in _all(places, piece) for row in capacity.lines_of(place))
    piece.parts[ROWS] = csv_lines(capacity.COLUMNS, rows)


def _workbook(piece: Piece, places: Iterable[Place], job: Job) -> None:
    from portrea.sources.exports.workbook import rows_xml

    rows = (row for place in _all(places, piece) for row in sheets.rows_of(place))
    widths = {name: len(columns) for name, columns in sheets.COLUMNS.items()}
    piece.parts = rows_xml(rows, widths, job.starts)


def _geoparquet(piece: Piece, places: Iterable[Place], job: Job) -> None:
    from portrea.offer.exchange.flat import flat_frame

    del job
    stream = BytesIO()
    flat_frame(list(_all(places, piece))).write_parquet(stream, compression="uncompressed")
    piece.parts[ROWS] = stream.getvalue()


MAKERS: dict[str, Callable[[Piece, Iterable[Place], Job], None]] = {
    "mednum": partial(_lines, columns=mednum.COLUMNS, convert=mednum.to_mednum),
    "mednum.json": partial(_items, convert=mednum.to_mednum),
    "mednum-5": partial(_lines, columns=mednum_former.COLUMNS, convert=mednum_former.to_former),
    "mednum-5.json": partial(_items, convert=mednum_former.to_former),
    "data-inclusion": _data_inclusion,
    "geojson": _geojson,
    "csv": _capacity,
    "xlsx": _workbook,
    "geoparquet": _geoparquet,
}
