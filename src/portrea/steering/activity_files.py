"""Files of records of activity: ours, the interface of the Coop, the first national log.

A line keeps its number from one reading to the next: that which the file gives, else one drawn
from what the line says. So the same file read twice adds nothing.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from xlsxwriter import Workbook

from portrea.action.activity_records import read_coop, read_former
from portrea.action.activity_tables import (
    COLUMNS,
    codes,
    counting,
    identifier_in,
    is_table,
    read_row,
    titles,
)
from portrea.base.errors import DataError
from portrea.base.spreadsheets import alive, inert
from portrea.sources.lists import load_limits, read_lists
from portrea.sources.lists.writing import csv_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from portrea.action.activity import Activity

OURS, COOP, FORMER = "tableau", "coop", "cra"
_SPACE = UUID("6b2b6f0e-4a34-5f0e-9a51-0f8a4a3f6c11")
_FORMER = ("canal", "activite", "nb_participants", "date_accompagnement")
_MOVING = ("imported_at", "updated_at")
"""Columns of the first national log that change from one export to the next."""
_REMEDY = (
    "Attendu : un tableau (CSV ou classeur) avec les colonnes Type, Date et Lieu ; une page"
    " JSON de l’interface de la Coop ; ou l’export de la première version (colonne « canal »)."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number there, its own number, what it says or why it cannot be."""

    number: int
    uuid: UUID
    activity: Activity | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A file as read: its form, its lines, how many the Coop says removed."""

    form: str
    lines: tuple[Line, ...]
    removed: int = 0


def read_activities(path: Path) -> Listing:
    """Return the records of a file.

    Raises
    ------
    DataError
        It cannot be opened, or it is none of the three forms.
    """
    if path.name.lower().endswith(".json"):
        return _read_json(path)
    for listing in read_lists(path):
        rows = _rows(listing.columns, listing.rows, listing.lines)
        if set(_FORMER) <= set(listing.columns):
            return Listing(FORMER, tuple(_lines(rows, read_former, drop=_MOVING)))
        if is_table(listing.columns):
            return Listing(OURS, tuple(_lines(rows, read_row)))
    raise DataError(
        f"« {path.name} » n’est pas une liste de comptes rendus que l’on reconnaisse.",
        remedy=_REMEDY,
    )


def workbook_of(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return lines (:func:`~portrea.action.activity_tables.write_row`) as a workbook.

    Counts are numbers, everything else is text that nothing runs; a second sheet tells the codes.
    """
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True})
    bold, columns = book.add_format({"bold": True}), titles()
    page = _sheet(book, "Comptes rendus", columns, bold)
    numbers = {one.title for one in COLUMNS if one.kind == "number"} | set(counting())
    for line, row in enumerate(rows, start=1):
        for rank, title in enumerate(columns):
            cell = row.get(title, "")
            if cell and title in numbers:
                page.write_number(line, rank, int(cell))
            elif cell:
                page.write_string(line, rank, inert(cell))
    told = _sheet(book, "Codes", ["Colonne", "Code", "Libellé"], bold)
    for line, cells in enumerate(codes(), start=1):
        for rank, cell in enumerate(cells):
            told.write_string(line, rank, cell)
    book.close()
    return content.getvalue()


def csv_of(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return lines as CSV: semicolons, UTF-8 with its mark, which spreadsheets need."""
    columns = titles()
    cells = ([inert(row.get(title, "")) for title in columns] for row in rows)
    return csv_text(columns, cells).encode("utf-8-sig")


def _sheet(book: Any, name: str, columns: Sequence[str], bold: Any) -> Any:
    page = book.add_worksheet(name)
    page.freeze_panes(1, 0)
    for rank, title in enumerate(columns):
        page.write_string(0, rank, title, bold)
    return page


def _rows(
    columns: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int]
) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in zip(numbers, rows, strict=True):
        told = {name: alive(cell.strip()) for name, cell in zip(columns, cells, strict=False)}
        yield number, told


def _lines(
    rows: Iterable[tuple[int, dict[str, str]]],
    read: Callable[[Mapping[str, str]], Activity],
    drop: Sequence[str] = (),
) -> Iterator[Line]:
    met: Counter[str] = Counter()
    for number, row in rows:
        said = json.dumps({k: v for k, v in row.items() if k not in drop}, sort_keys=True)
        met[said] += 1
        yield _line(number, _number(identifier_in(row), f"{said}#{met[said]}"), read, row)


def _line(number: int, uuid: UUID, read: Callable[[Any], Activity], told: Any) -> Line:
    try:
        return Line(number, uuid, read(told))
    except DataError as error:
        return Line(number, uuid, fault=f"{error.message} {error.remedy}")


def _number(identifier: str, said: str) -> UUID:
    """Return the number that a line gives, else one drawn from what it says."""
    try:
        return UUID(identifier)
    except ValueError:
        return uuid5(_SPACE, identifier or said)


def _read_json(path: Path) -> Listing:
    if path.stat().st_size > load_limits().most_bytes:
        raise DataError(f"« {path.name} » est trop gros.", remedy="Exportez-le par périodes.")
    try:
        told = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"« {path.name} » n’est pas un fichier JSON lisible ({error}).", remedy=_REMEDY
        ) from error
    items = told.get("data") if isinstance(told, dict) else told
    if not isinstance(items, list):
        raise DataError(f"« {path.name} » n’est pas une liste d’activités.", remedy=_REMEDY)
    lines = [_of_coop(rank, item) for rank, item in enumerate(items, start=1)]
    kept = tuple(one for one in lines if one is not None)
    return Listing(COOP, kept, len(lines) - len(kept))


def _of_coop(rank: int, item: Any) -> Line | None:
    """Return one activity of a page of the Coop, ``None`` when it says that it was removed."""
    attributes = item.get("attributes", item) if isinstance(item, dict) else None
    said = json.dumps(item, sort_keys=True)
    if not isinstance(attributes, dict):
        return Line(rank, uuid5(_SPACE, said), fault=f"Ce n’est pas une activité : {said[:80]}.")
    if attributes.get("suppression"):
        return None
    return _line(rank, _number(str(item.get("id") or ""), said), read_coop, attributes)
