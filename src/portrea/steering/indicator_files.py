"""Indicators as files: a workbook whose numbers are numbers, CSV, JSON; the same cells as the page.

Each file says what is counted, how, and what that does not say.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from portrea.steering.indicators import indicators

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portrea.steering.document import Cell, Section, Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8", "json": "application/json"}
LONGEST_SHEET = 31
CSV_COLUMNS = ("indicateur", "tableau", "ligne", "colonne", "texte", "valeur")
_RISKY = "=+-@\t\r"
"""Signs that a spreadsheet would take for the beginning of a formula."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: a title, lines said first (label, words), sections, a crossed table."""

    title: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    crossed: Table | None = None


def indicators_file(sheet: Sheet, form: str) -> bytes:
    """Return indicators as one of :data:`TYPES`."""
    if form == "csv":
        return _csv(sheet).encode()
    return _json(sheet).encode() if form == "json" else _xlsx(sheet)


def _xlsx(sheet: Sheet) -> bytes:
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(stream, options) as book:
        book.set_properties({"title": sheet.title})
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        first = book.add_worksheet("À lire")
        first.set_column(0, 0, 34)
        first.set_column(1, 1, 100, wrapped)
        first.write_string(0, 0, sheet.title, bold)
        for rank, (label, words) in enumerate([*sheet.about, *_definitions()], start=1):
            first.write_string(rank, 0, label, bold)
            first.write_string(rank, 1, words)
        formats = {"%": book.add_format({"num_format": "0 %"}), "": None, "bold": bold}
        for section in sheet.sections:
            _page(book, section.id.removeprefix("indicateur-"), section.tables, formats)
        if sheet.crossed is not None:
            _page(book, "croisement", (sheet.crossed,), formats)
    return stream.getvalue()


def _page(book: Workbook, name: str, tables: Sequence[Table], formats: dict[str, Any]) -> None:
    """Write the tables of an indicator one under the other, numbers as numbers."""
    page = book.add_worksheet(name[:LONGEST_SHEET])
    page.set_column(0, 0, 46)
    page.set_column(1, 9, 22)
    line = 0
    for table in tables:
        page.write_string(line, 0, table.caption, formats["bold"])
        for place, column in enumerate(table.columns):
            page.write_string(line + 1, place, column.title, formats["bold"])
        for row in table.rows:
            for place, cell in enumerate(row):
                _write(page, (line + 2, place), cell, formats)
            line += 1
        line += 4
    if not tables:
        page.write_string(0, 0, "Trop peu a été noté pour le dire.")


def _write(page: Any, at: tuple[int, int], cell: Cell, formats: dict[str, Any]) -> None:
    if _plain(cell):
        page.write_number(*at, cell.value, formats["%" if cell.text.endswith("%") else ""])
    else:
        page.write_string(*at, cell.text)


def _plain(cell: Cell) -> bool:
    """Whether a cell is nothing but its number: an interval or a difference is read as words."""
    return cell.value is not None and cell.text.rstrip("\u202f%").replace("\u202f", "").isdecimal()


def _csv(sheet: Sheet) -> str:
    text = io.StringIO(newline="")
    text.write("\ufeff")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for section, table in _every(sheet):
        for row in table.rows:
            for column, cell in zip(table.columns[1:], row[1:], strict=True):
                value = "" if cell.value is None else f"{cell.value:g}".replace(".", ",")
                line = (section, table.caption, row[0].text, column.title, cell.text, value)
                writer.writerow([_bare(one) for one in line])
    return text.getvalue()


def _json(sheet: Sheet) -> str:
    told = {
        "titre": sheet.title,
        "a_lire": dict(sheet.about),
        "definitions": {name: _card(name) for name in indicators()},
        "tableaux": [
            {
                "indicateur": section,
                "titre": table.caption,
                "colonnes": [one.title for one in table.columns],
                "lignes": [
                    [{"texte": cell.text, "valeur": cell.value} for cell in row]
                    for row in table.rows
                ],
            }
            for section, table in _every(sheet)
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _every(sheet: Sheet) -> Iterator[tuple[str, Table]]:
    for section in sheet.sections:
        for table in section.tables:
            yield section.id.removeprefix("indicateur-"), table
    if sheet.crossed is not None:
        yield "croisement", sheet.crossed


def _definitions() -> Iterator[tuple[str, str]]:
    for card in indicators().values():
        yield card.title, f"{card.definition} Unité : {card.unit}. Calcul : {card.formula}"
        yield "", f"Ne dit pas : {card.silent} Source : {card.source}."


def _card(name: str) -> dict[str, str]:
    card = indicators()[name]
    return {
        "titre": card.title, "definition": card.definition, "unite": card.unit,
        "calcul": card.formula, "source": card.source, "ne_dit_pas": card.silent,
    }  # fmt: skip


def _bare(text: str) -> str:
    return f"'{text}" if text[:1] in _RISKY and text[:1] else text
