"""Rights followed as a file: read line by line, written as a workbook or as CSV."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from xlsxwriter import Workbook

from portrea.base.errors import DataError
from portrea.base.spreadsheets import alive, inert
from portrea.rights.outcome_tables import codes, identifier_in, is_table, read_row, titles
from portrea.sources.lists import read_lists
from portrea.sources.lists.writing import csv_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from portrea.rights.outcomes import Case

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SPACE = UUID("0f0a8e6e-5a5d-5b0a-8a54-6a5d3f0f2c31")
_AMOUNTS = ("Montant par mois (€)", "Rappel versé (€)")
LONGEST_NAME = 31
"""Letters that the name of a sheet may have."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its number there, its identifier, what it says or why it cannot be.

    ``said`` is drawn from what the line says: the same file read twice is the same lines.
    """

    number: int
    said: UUID
    identifier: str = ""
    case: Case | None = None
    fault: str = ""


def read_cases(path: Path) -> list[Line]:
    """Return the lines of a file.

    Raises
    ------
    DataError
        It cannot be opened, or holds no table with the columns Droit and Repéré le.
    """
    for listing in read_lists(path):
        if is_table(listing.columns):
            return list(_lines(listing.columns, listing.rows, listing.lines))
    raise DataError(
        f"« {path.name} » n’est pas une liste de droits suivis que l’on reconnaisse.",
        remedy="Attendu : un tableau (CSV ou classeur) avec les colonnes Droit et Repéré le. "
        "Le modèle à remplir se télécharge sur cette page.",
    )


def _lines(
    columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int]
) -> Iterator[Line]:
    met: Counter[str] = Counter()
    for number, cells in zip(numbers, rows, strict=True):
        told = {name: alive(cell.strip()) for name, cell in zip(columns, cells, strict=False)}
        said = json.dumps(told, sort_keys=True)
        met[said] += 1
        drawn = uuid5(_SPACE, f"{said}#{met[said]}")
        try:
            yield Line(number, drawn, identifier_in(told), read_row(told))
        except DataError as error:
            yield Line(number, drawn, fault=error.message)


def workbook_of(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return lines (``outcome_tables.write_row``) as a workbook; a second sheet tells the codes."""
    told = [[_cell(title, row.get(title, "")) for title in titles()] for row in rows]
    lists = [[inert(cell) for cell in cells] for cells in codes()]
    return sheets([("Droits suivis", [titles(), *told]),
                   ("Codes", [["Colonne", "Code", "Libellé"], *lists])])  # fmt: skip


def csv_of(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return lines as CSV: semicolons, UTF-8 with its mark, which spreadsheets need."""
    cells = ([inert(row.get(title, "")) for title in titles()] for row in rows)
    return csv_text(titles(), cells).encode("utf-8-sig")


def sheets(pages: Sequence[tuple[str, Sequence[Sequence[Any]]]]) -> bytes:
    """Return tables as a workbook, a sheet each, the first line being the heading."""
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True})
    bold = book.add_format({"bold": True})
    for name, rows in pages:
        page = book.add_worksheet(name[:LONGEST_NAME])
        page.freeze_panes(1, 0)
        page.set_column(0, 0, 32)
        for line, row in enumerate(rows):
            for rank, cell in enumerate(row):
                number = isinstance(cell, int | float)
                put = page.write_number if number else page.write_string
                put(line, rank, cell if number else str(cell), None if line else bold)
    book.close()
    return content.getvalue()


def _cell(title: str, cell: str) -> str | float:
    return float(cell) if cell and title in _AMOUNTS else inert(cell)
