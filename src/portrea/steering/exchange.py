"""Write places in a standard: what was written, what could not be and why."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from portrea.base.errors import DataError, ParameterError, system_fault
from portrea.offer.exchange import capacity, geojson, mednum, mednum_former, sheets
from portrea.offer.exchange.context import Context, LeftOut
from portrea.sources.exports.tables import csv_lines
from portrea.steering.exchange_pieces import ROWS, SERVICES, STRUCTURES, Piece, Told, place_of
from portrea.steering.exchange_sharing import pieces, processors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from portrea.offer.record import Place

__all__ = ["STANDARDS", "ExportReport", "Told", "export", "write_to"]

MOST_LEFT_OUT = 10_000
SPOOL = 8 * 2**20
PART = 2**20
GROUP = 10_000


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

    def add(self, piece: Piece) -> None:
        """Note what became of the places of a piece."""
        self.read += piece.read
        self.written += piece.written
        for found in piece.left_out:
            self.leave(found)


@dataclass(frozen=True, slots=True)
class Standard:
    """One format: its name in French, its usual file extension, and who assembles it."""

    label: str
    extension: str
    assemble: Callable[[Iterator[Piece], IO[bytes], Context], None]
    as_json: Callable[[Iterator[Piece], IO[bytes], Context], None] | None = None


def export(
    places: Iterable[Place | Told],
    standard: str,
    target: Path,
    context: Context,
    *,
    processes: int | None = None,
) -> ExportReport:
    """Write places to a file, whole or not at all.

    Parameters
    ----------
    places
        Records, or their JSON texts; a second place of the same identifier is left out.
    processes
        How many may work at once; by default as many as processors.

    Raises
    ------
    ParameterError
        When the standard is unknown, or does not go with the file's extension.
    DataError
        When the file cannot be written there.
    """
    chosen = STANDARDS.get(standard)
    if chosen is None:
        known = ", ".join(STANDARDS)
        raise ParameterError(f"Standard inconnu : « {standard} ».", remedy=f"Standards : {known}.")
    report, form, assemble = ExportReport(), standard, chosen.assemble
    if target.suffix == ".json" and chosen.as_json:
        assemble = chosen.as_json
        form = standard if chosen.extension == "geojson" else f"{standard}.json"
    elif target.suffix not in ("", f".{chosen.extension}"):
        raise ParameterError(
            f"Le standard « {standard} » ne s’écrit pas dans un fichier « {target.suffix} ».",
            remedy=f"Donnez un nom en « .{chosen.extension} ».",
        )
    made = _noted(form, places, context, report, processes or processors())
    with _whole(target) as stream:
        assemble(made, stream, context)
    return report


def write_to(
    stream: IO[bytes], places: Iterable[Place | Told], standard: str, context: Context
) -> ExportReport:
    """Write places to an open stream, in this process only (the site)."""
    report = ExportReport()
    made = _noted(standard, places, context, report, 1)
    STANDARDS[standard].assemble(made, stream, context)
    return report


@contextmanager
def _whole(target: Path) -> Iterator[IO[bytes]]:
    """Write beside, then put in place: a failure leaves no half-written file."""
    try:
        stream = tempfile.NamedTemporaryFile(dir=target.parent, prefix=".export-", delete=False)  # noqa: SIM115
    except OSError as error:
        raise _unwritable(target, error) from error
    beside = Path(stream.name)
    try:
        with stream:
            yield stream
        beside.chmod(0o644)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise _unwritable(target, error) from error
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _unwritable(target: Path, error: OSError) -> DataError:
    return DataError(
        f"Le fichier {target} ne peut pas être écrit ({system_fault(error)}).",
        remedy="Choisissez un autre endroit avec -o FICHIER.",
    )


def _noted(
    form: str,
    places: Iterable[Place | Told],
    context: Context,
    report: ExportReport,
    processes: int,
) -> Iterator[Piece]:
    for piece in pieces(form, _once(places, report), context, processes=processes):
        report.add(piece)
        yield piece


def _once(places: Iterable[Place | Told], report: ExportReport) -> Iterator[Place | Told]:
    seen: set[str] = set()
    for told in places:
        if told.id in seen:
            report.read += 1
            name = place_of(told).name
            report.leave(LeftOut(told.id, name, "id", "identifiant déjà employé"))
            continue
        seen.add(told.id)
        yield told


# -- one assembler per kind of file ---------------------------------------------------------------


def _csv(columns: Sequence[str]) -> Callable[[Iterator[Piece], IO[bytes], Context], None]:
    def assemble(made: Iterator[Piece], stream: IO[bytes], context: Context) -> None:
        del context
        stream.write(csv_lines(columns, (), heading=True))
        stream.writelines(piece.parts[ROWS] for piece in made)

    return assemble


def _array(made: Iterator[Piece], stream: IO[bytes], context: Context) -> None:
    del context
    stream.write(b"[")
    stream.writelines(_between(piece.parts[ROWS] for piece in made))
    stream.write(b"\n]\n")


def _between(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the items of a JSON array, commas between."""
    start = b"\n"
    for part in parts:
        if part:
            yield start + part
            start = b",\n"


def _data_inclusion(made: Iterator[Piece], stream: IO[bytes], context: Context) -> None:
    """Write ``{"structures": […], "services": […]}``; services wait in a file, not in memory."""
    del context
    with tempfile.SpooledTemporaryFile(SPOOL) as services:

        def structures() -> Iterator[bytes]:
            start = b"\n"
            for piece in made:
                if piece.parts[SERVICES]:
                    services.write(start + piece.parts[SERVICES])
                    start = b",\n"
                yield piece.parts[STRUCTURES]

        stream.write(b'{"structures":[')
        stream.writelines(_between(structures()))
        stream.write(b'\n],"services":[')
        services.seek(0)
        while part := services.read(PART):
            stream.write(part)
        stream.write(b"\n]}\n")


def _geojson(made: Iterator[Piece], stream: IO[bytes], context: Context) -> None:
    del context
    box: geojson.Box | None = None

    def features() -> Iterator[bytes]:
        nonlocal box
        for piece in made:
            box = geojson.united(box, piece.box)
            yield piece.parts[ROWS]

    stream.write(geojson.START)
    stream.writelines(_between(features()))
    stream.write(geojson.end(box))


def _workbook(made: Iterator[Piece], stream: IO[bytes], context: Context) -> None:
    from portrea.sources.exports.workbook import write_workbook

    headings = {name: [column[0] for column in cols] for name, cols in sheets.COLUMNS.items()}
    day = f"Écrit par Portrea le {context.today.isoformat()}."
    readme = (sheets.README, (day, *sheets.EXPLAINED))
    write_workbook(stream, headings, (piece.parts for piece in made), readme=readme)


def _geoparquet(made: Iterator[Piece], stream: IO[bytes], context: Context) -> None:
    from portrea.offer.exchange.flat import flat_frame, metadata
    from portrea.sources.exports.parquet import write_groups

    del context
    parts = (piece.parts[ROWS] for piece in made)
    write_groups(stream, flat_frame([]), parts, metadata, size=GROUP)


STANDARDS = {
    "mednum": Standard("Lieux de médiation numérique 1.0.2", "csv", _csv(mednum.COLUMNS), _array),
    "mednum-5": Standard(
        "Lieux de médiation numérique 0.1, pour les cartes 5.x",
        "csv",
        _csv(mednum_former.COLUMNS),
        _array,
    ),
    "data-inclusion": Standard("data·inclusion, version 1", "json", _data_inclusion),
    "geojson": Standard("GeoJSON", "geojson", _geojson, _geojson),
    "xlsx": Standard("Classeur", "xlsx", _workbook),
    "geoparquet": Standard("GeoParquet 1.1", "parquet", _geoparquet),
    "csv": Standard("Capacité des services", "csv", _csv(capacity.COLUMNS)),
}
