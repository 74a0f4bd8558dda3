"""Write places in a standard: what was written, what could not be and why."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from portrea.base.errors import ParameterError
from portrea.offer.exchange import capacity, geojson, mednum, mednum_former, sheets
from portrea.offer.exchange.context import Context, LeftOut
from portrea.offer.exchange.data_inclusion import to_data_inclusion
from portrea.offer.exchange.flat import flat_frame, metadata
from portrea.sources.exports.tables import compact, csv_bytes, json_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from portrea.offer.record import Place

MOST_LEFT_OUT = 10_000
NUMBERS = frozenset({"latitude", "longitude"})
SPOOL = 8 * 2**20
CHUNK = 5000


@dataclass(slots=True)
class ExportReport:
    """How many places were written; those that the standard cannot hold (the first thousands)."""

    read: int = 0
    written: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def leave(self, found: LeftOut) -> None:
        """Note a place that the standard cannot hold."""
        self.reasons[found.reason] += 1
        if len(self.left_out) < MOST_LEFT_OUT:
            self.left_out.append(found)


@dataclass(frozen=True, slots=True)
class Standard:
    """One format: its name in French, its usual file extension, and who writes it."""

    label: str
    extension: str
    write: Callable[[Iterable[Place], IO[bytes], Context, ExportReport], None]
    as_json: Callable[[Iterable[Place], IO[bytes], Context, ExportReport], None] | None = None


def export(places: Iterable[Place], standard: str, target: Path, context: Context) -> ExportReport:
    """Write places to a file, whole or not at all.

    Raises
    ------
    ParameterError
        When the standard is unknown, or does not go with the file's extension.
    """
    chosen = STANDARDS.get(standard)
    if chosen is None:
        known = ", ".join(STANDARDS)
        raise ParameterError(f"Standard inconnu : « {standard} ».", remedy=f"Standards : {known}.")
    report, write = ExportReport(), chosen.write
    if target.suffix == ".json" and chosen.as_json:
        write = chosen.as_json
    elif target.suffix not in ("", f".{chosen.extension}"):
        raise ParameterError(
            f"Le standard « {standard} » ne s’écrit pas dans un fichier « {target.suffix} ».",
            remedy=f"Donnez un nom en « .{chosen.extension} ».",
        )
    with _whole(target) as stream:
        write(_counted(places, report), stream, context, report)
    return report


def write_to(
    stream: IO[bytes], places: Iterable[Place], standard: str, context: Context
) -> ExportReport:
    """Write places to an open stream (the site)."""
    report = ExportReport()
    STANDARDS[standard].write(_counted(places, report), stream, context, report)
    return report


@contextmanager
def _whole(target: Path) -> Iterator[IO[bytes]]:
    """Write beside, then put in place: a failure leaves no half-written file."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".export-", delete=False) as stream:
        beside = Path(stream.name)
        try:
            yield stream
            stream.flush()
            beside.chmod(0o644)
            beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def _counted(places: Iterable[Place], report: ExportReport) -> Iterator[Place]:
    for place in places:
        report.read += 1
        yield place


def _kept(
    places: Iterable[Place], convert: Callable[[Place], Any], report: ExportReport
) -> Iterator[Any]:
    seen: set[str] = set()
    for place in places:
        found: Any = LeftOut(place.id, place.name, "id", "identifiant déjà employé")
        if place.id not in seen:
            seen.add(place.id)
            found = convert(place)
        if isinstance(found, LeftOut):
            report.leave(found)
            continue
        report.written += 1
        yield found


# -- one writer per standard ----------------------------------------------------------------------


def _lines(
    columns: tuple[str, ...], convert: Callable[[Place, Context], Any], *, as_json: bool = False
) -> Callable[[Iterable[Place], IO[bytes], Context, ExportReport], None]:
    def write(
        places: Iterable[Place], stream: IO[bytes], context: Context, report: ExportReport
    ) -> None:
        rows = _kept(places, lambda place: convert(place, context), report)
        parts = json_bytes(rows, numbers=NUMBERS) if as_json else csv_bytes(columns, rows)
        stream.writelines(parts)

    return write


def _data_inclusion(
    places: Iterable[Place], stream: IO[bytes], context: Context, report: ExportReport
) -> None:
    """Write ``{"structures": […], "services": […]}``; services wait in a file, not in memory."""
    with tempfile.SpooledTemporaryFile(SPOOL) as services:
        stream.write(b'{"structures":[')
        first, between = True, b"\n"
        kept = _kept(places, lambda place: to_data_inclusion(place, context), report)
        for structure, offered in kept:
            stream.write((b"\n" if first else b",\n") + _bytes(structure))
            first = False
            for service in offered:
                services.write(between + _bytes(service))
                between = b",\n"
        stream.write(b'\n],"services":[')
        services.seek(0)
        while part := services.read(2**20):
            stream.write(part)
        stream.write(b"\n]}\n")


def _bytes(value: Any) -> bytes:
    return compact(value).encode("utf-8", "replace")


def _geojson(
    places: Iterable[Place], stream: IO[bytes], context: Context, report: ExportReport
) -> None:
    del context
    kept = _kept(places, lambda place: place, report)
    stream.writelines(part.encode("utf-8", "replace") for part in geojson.collection(kept))


def _capacity(
    places: Iterable[Place], stream: IO[bytes], context: Context, report: ExportReport
) -> None:
    del context
    kept = _kept(places, lambda place: place, report)
    rows = (row for place in kept for row in capacity.lines_of(place))
    stream.writelines(csv_bytes(capacity.COLUMNS, rows))


def _workbook(
    places: Iterable[Place], stream: IO[bytes], context: Context, report: ExportReport
) -> None:
    from portrea.sources.exports.workbook import write_workbook

    kept = _kept(places, lambda place: place, report)
    rows = (row for place in kept for row in sheets.rows_of(place))
    headings = {name: [column[0] for column in cols] for name, cols in sheets.COLUMNS.items()}
    day = f"Écrit par Portrea le {context.today.isoformat()}."
    write_workbook(stream, headings, rows, readme=(sheets.README, (day, *sheets.EXPLAINED)))


def _geoparquet(
    places: Iterable[Place], stream: IO[bytes], context: Context, report: ExportReport
) -> None:
    from portrea.sources.exports.parquet import write_groups

    del context
    kept = _kept(places, lambda place: place, report)
    frames = (flat_frame(chunk) for chunk in _chunks(kept))
    write_groups(stream, frames, metadata, size=CHUNK)


def _chunks(places: Iterator[Place]) -> Iterator[list[Place]]:
    """Yield places by thousands, at least once."""
    chunk = list(islice(places, CHUNK))
    yield chunk
    while chunk := list(islice(places, CHUNK)):
        yield chunk


STANDARDS = {
    "mednum": Standard(
        "Lieux de médiation numérique 1.0.2",
        "csv",
        _lines(mednum.COLUMNS, mednum.to_mednum),
        _lines(mednum.COLUMNS, mednum.to_mednum, as_json=True),
    ),
    "mednum-5": Standard(
        "Lieux de médiation numérique 0.1, pour les cartes 5.x",
        "csv",
        _lines(mednum_former.COLUMNS, mednum_former.to_former),
        _lines(mednum_former.COLUMNS, mednum_former.to_former, as_json=True),
    ),
    "data-inclusion": Standard("data·inclusion, version 1", "json", _data_inclusion),
    "geojson": Standard("GeoJSON", "geojson", _geojson, _geojson),
    "xlsx": Standard("Classeur", "xlsx", _workbook),
    "geoparquet": Standard("GeoParquet 1.1", "parquet", _geoparquet),
    "csv": Standard("Capacité des services", "csv", _capacity),
}
