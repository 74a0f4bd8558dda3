"""Workbooks written row after row, texts as texts: nothing in them is ever run."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from xlsxwriter import Workbook

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(
    stream: IO[bytes],
    headings: Mapping[str, Sequence[str]],
    rows: Iterable[tuple[str, Sequence[str | float | None]]],
    *,
    readme: tuple[str, Sequence[str]],
) -> None:
    """Write a workbook: sheets with a frozen heading, and a first sheet that explains.

    Parameters
    ----------
    rows
        (sheet, cells), in any order of sheets.
    readme
        Name and lines of the explaining sheet.
    """
    with Workbook(stream, OPTIONS) as book:
        bold = book.add_format({"bold": True})
        notes = book.add_worksheet(readme[0])
        notes.set_column(0, 0, 110)
        for rank, text in enumerate(readme[1]):
            notes.write_string(rank, 0, text)
        sheets = {name: book.add_worksheet(name) for name in headings}
        for name, sheet in sheets.items():
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(headings[name]) - 1, 18)
            for column, heading in enumerate(headings[name]):
                sheet.write_string(0, column, heading, bold)
        filled = dict.fromkeys(headings, 0)
        for name, cells in rows:
            filled[name] += 1
            if filled[name] >= MOST_ROWS:
                raise DataError(
                    f"Trop de lignes pour la feuille « {name} » : {MOST_ROWS} au plus.",
                    remedy="Exportez un territoire plus petit, ou en CSV.",
                )
            _write(sheets[name], filled[name], cells)


def _write(sheet: Worksheet, row: int, cells: Sequence[str | float | None]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            if cell:
                sheet.write_string(row, column, cell)
        elif cell is not None:
            sheet.write_number(row, column, cell)
