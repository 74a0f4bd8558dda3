"""Files of answers to a questionnaire: CSV of any separator, XLSX, JSON (a list, or OData)."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineError, CalamineWorkbook, ZipError

from portrea.base.archives import BROKEN
from portrea.base.errors import DataError
from portrea.sources.workbook_trial import refuse_far_cells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SEPARATORS = ",;\t"
_MOST_UNPACKED, _MOST_ROWS = 200 << 20, 200_000
_REMEDY = "Exportez de nouveau les réponses, en CSV (UTF-8) ou en JSON, puis recommencez."


def read_rows(content: bytes) -> Sequence[Mapping[str, str]]:
    """Return the rows of a CSV file, its separator found in the first line.

    Raises
    ------
    DataError
        The file is not UTF-8, or its quotes are not closed.
    """
    try:
        text = content.decode("utf-8-sig")
        heading = text.partition("\n")[0]
        separator = max(_SEPARATORS, key=heading.count)
        lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        return [{str(key): value or "" for key, value in row.items() if key} for row in lines]
    except (UnicodeDecodeError, csv.Error) as error:
        message = f"Ce fichier de réponses n’est pas un CSV que l’on puisse lire ({error})."
        raise DataError(message, remedy=_REMEDY) from error


def read_json(content: bytes) -> Sequence[Mapping[str, Any]]:
    """Return the records of a JSON file: a list, or the one under « results » or « value ».

    Raises
    ------
    DataError
        The file is no JSON, or no list of records.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:  # no text, no JSON, a number or nests too long
        message = f"Ce fichier de réponses n’est pas un JSON que l’on puisse lire ({error})."
        raise DataError(message, remedy=_REMEDY) from error
    if isinstance(told, dict):
        told = told.get("results", told.get("value"))
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        message = "Ce fichier JSON n’est pas une liste de réponses."
        raise DataError(message, remedy=_REMEDY)
    return told


def read_sheets(content: bytes) -> dict[str, list[dict[str, str]]]:
    """Return the tables of a workbook (XLSX), by the name of their sheet, in their order.

    Raises
    ------
    DataError
        The file is too large, damaged, protected, or no workbook.
    """
    try:
        _refuse_too_large(content)
        refuse_far_cells(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return {
            name: _table(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        }
    except (CalamineError, ZipError, OSError, *BROKEN) as error:
        message = f"Ce fichier de réponses n’est pas un classeur que l’on puisse lire ({error})."
        raise DataError(message, remedy=_REMEDY) from error


def _refuse_too_large(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > _MOST_UNPACKED:
        message = f"Ce classeur est trop gros ({unpacked / 2**20:.0f} Mio une fois ouvert)."
        raise DataError(message, remedy="Exportez les réponses en plusieurs fois, par dates.")


def _table(lines: Sequence[Sequence[Any]]) -> list[dict[str, str]]:
    if not lines:
        return []
    header = [_text(cell) for cell in lines[0]]
    rows = (
        {column: _text(cell) for column, cell in zip(header, line, strict=False) if column}
        for line in lines[1 : _MOST_ROWS + 1]
    )
    return [row for row in rows if any(row.values())]


def _text(cell: Any) -> str:
    """Return a cell as a form keeps it: a day alone when its hour is midnight."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, date | datetime | time):
        return cell.isoformat()
    return re.sub(r"[\u00a0\u202f]", " ", str(cell)).strip()
