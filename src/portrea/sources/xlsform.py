"""Workbooks of questionnaires (XLSForm): read to sheets of texts, written, made into XForms.

What the sheets mean is told by ``portrea.surveys.xlsform``; the XForm that ODK clients read is
made by pyxform, the reference converter.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, TypeAlias

from python_calamine import CalamineError, CalamineWorkbook, ZipError
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert
from xlsxwriter import Workbook

from portrea.base.archives import BROKEN
from portrea.base.errors import DataError
from portrea.sources.workbook_trial import refuse_far_cells

if TYPE_CHECKING:
    from collections.abc import Iterable

Sheets: TypeAlias = Mapping[str, Sequence[Mapping[str, str]]]
READ = {"survey", "choices", "settings"}
MOST_BYTES, MOST_UNPACKED, MOST_ROWS = 5 << 20, 100 << 20, 100_000
_REMEDY = "Enregistrez-le de nouveau au format .xlsx depuis votre tableur, puis recommencez."


@dataclass(frozen=True, slots=True)
class XForm:
    """An XForm, and the warnings of its converter (English)."""

    xml: str
    warnings: tuple[str, ...]


def read_workbook(content: bytes) -> Sheets:
    """Return the sheets « survey », « choices » and « settings » of a workbook, as texts.

    Rows keep their place (an empty row is an empty mapping): the first is line 2 of the file.

    Raises
    ------
    DataError
        The file is too large, damaged, protected, or no workbook.
    """
    try:
        _refuse_too_large(content)
        refuse_far_cells(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        found = {
            name.strip().lower(): _rows(
                book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            )
            for name in book.sheet_names
            if name.strip().lower() in READ
        }
    except (CalamineError, ZipError, OSError, *BROKEN) as error:
        message = f"Ce fichier n’est pas un classeur que l’on puisse lire ({error})."
        raise DataError(message, remedy=_REMEDY) from error
    if "survey" not in found:
        message = (
            f"Ce classeur n’a pas de feuille « survey » (feuilles : {', '.join(book.sheet_names)})."
        )
        raise DataError(message, remedy="Un questionnaire XLSForm en a une : vérifiez le fichier.")
    return found


def read_list(content: bytes) -> Sequence[Mapping[str, str]]:
    """Return the rows of a CSV list of choices (columns « name », « label » and its own)."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "Cette liste n’est pas en UTF-8."
        raise DataError(message, remedy="Enregistrez-la en CSV UTF-8, puis recommencez.") from error
    lines = csv.DictReader(io.StringIO(text), strict=True)
    try:
        return [{str(key): value or "" for key, value in row.items() if key} for row in lines]
    except csv.Error as error:
        message = f"Cette liste n’est pas un CSV que l’on puisse lire ({error})."
        raise DataError(
            message, remedy="Séparez par des virgules, fermez les guillemets."
        ) from error


def write_workbook(sheets: Sheets) -> bytes:
    """Return a workbook of those sheets, every cell a text: nothing in it is ever run."""
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    heading = book.add_format({"bold": True, "text_wrap": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        for rank, column in enumerate(columns):
            sheet.write_string(0, rank, column, heading)
            sheet.set_column(rank, rank, min(60, 2 + max(len(column), _widest(rows, column))))
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(rows, start=1):
            for column, text in row.items():
                sheet.write_string(line, columns.index(column), text)
    book.close()
    return content.getvalue()


def make_xform(sheets: Sheets) -> XForm:
    """Return the XForm of an XLSForm.

    Raises
    ------
    DataError
        pyxform refuses the form: its own message is quoted.
    """
    try:
        made = convert(write_workbook(sheets), validate=False, file_type=".xlsx")
    except PyXFormError as error:
        message = f"Le convertisseur XLSForm refuse ce questionnaire : {error}"
        remedy = "Corrigez ce qu’il désigne (feuille, ligne), puis recommencez."
        raise DataError(message, remedy=remedy) from error
    return XForm(made.xform, tuple(made.warnings))


def _refuse_too_large(content: bytes) -> None:
    unpacked = len(content)
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    if len(content) > MOST_BYTES or unpacked > MOST_UNPACKED:
        message = f"Ce classeur est trop gros ({unpacked / 2**20:.0f} Mio une fois ouvert)."
        raise DataError(
            message, remedy="Un questionnaire tient en 5 Mio : ôtez images et feuilles."
        )


def _rows(lines: Iterable[Sequence[Any]]) -> list[dict[str, str]]:
    header: list[str] = []
    found: list[dict[str, str]] = []
    for line in lines:
        cells = [_text(cell) for cell in line]
        if not header:
            header = cells
        elif len(found) < MOST_ROWS:
            told = zip(header, cells, strict=False)
            found.append({column: text for column, text in told if column and text})
    while found and not found[-1]:
        found.pop()
    return found


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date | datetime | time):
        return cell.isoformat()
    return re.sub(r"[\u00a0\u202f]", " ", str(cell)).strip()


def _widest(rows: Sequence[Mapping[str, str]], column: str) -> int:
    return max((len(row.get(column, "")) for row in rows), default=0)
