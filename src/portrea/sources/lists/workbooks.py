"""Spreadsheets (xlsx, xlsm, xls, ods): values only; no macro, no link, no formula is followed."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineError, CalamineWorkbook

from portrea.base.archives import BROKEN
from portrea.base.errors import DataError, Diagnostic
from portrea.sources.workbook_trial import refuse_far_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from portrea.sources.lists.limits import Limits

CHUNK = 1 << 20
_ENTITY = re.compile(rb"<!(?:ENTITY|DOCTYPE)", re.IGNORECASE)
_CELL = re.compile(rb'<(?:c|row)\b[^>]{0,200}?\br="([A-Z]{0,3})(\d{1,9})"')
_REPEATED = re.compile(rb'number-(rows|columns)-repeated="(\d{1,12})"')
_ODS_ROWS, _ODS_COLUMNS = 1_048_576, 16_384

Sheet = tuple[str, list[list[str]], tuple[Diagnostic, ...]]


def read_workbook(path: Path, name: str, limits: Limits) -> list[Sheet]:
    """Return the sheets that hold values: name, rows of text, remarks.

    Raises
    ------
    DataError
        Damaged, protected, a bomb, entities to expand, or more cells than the limits.
    """
    try:
        remarks = _inspect(path, name, limits) if zipfile.is_zipfile(path) else ()
        refuse_far_cells(path.read_bytes(), limits.most_cells)
        workbook = CalamineWorkbook.from_path(path)
        names = workbook.sheet_names
        if len(names) > limits.most_sheets:
            raise DataError(
                f"Le classeur {name} a {len(names)} feuilles : {limits.most_sheets} au plus.",
                remedy="Enregistrez à part la feuille des lieux.",
            )
        sheets = [(sheet, _rows(workbook, sheet, name, limits)) for sheet in names]
    except (CalamineError, OSError, OverflowError, *BROKEN) as error:
        raise DataError(
            f"Le classeur {name} ne peut pas être ouvert : il est abîmé, protégé ou incomplet"
            f" ({error}).",
            remedy="Ouvrez-le dans un tableur et enregistrez-le de nouveau, sans mot de passe.",
        ) from error
    return [(sheet, rows, remarks) for sheet, rows in sheets if rows]


def _rows(workbook: CalamineWorkbook, sheet: str, name: str, limits: Limits) -> list[list[str]]:
    page = workbook.get_sheet_by_name(sheet)
    if page.total_height * page.total_width > limits.most_cells:
        raise _too_many_cells(name, page.total_height, page.total_width)
    rows = [[cell_text(cell) for cell in row] for row in page.to_python(skip_empty_area=False)]
    for first, last in page.merged_cell_ranges or ():
        _fill_merged(rows, first, last, limits)
    return rows


def _fill_merged(
    rows: list[list[str]], first: tuple[int, int], last: tuple[int, int], limits: Limits
) -> None:
    """Write a value merged over several rows in each of them; across columns it stays alone.

    A range that goes beyond the values, or covers whole columns, is left as it is.
    """
    bottom = min(last[0], len(rows) - 1)
    if (
        first[0] >= len(rows)
        or first[1] >= len(rows[first[0]])
        or bottom - first[0] > limits.most_rows
    ):
        return
    value = rows[first[0]][first[1]]
    for line in range(first[0] + 1, bottom + 1):
        if first[1] < len(rows[line]) and not rows[line][first[1]]:
            rows[line][first[1]] = value


def cell_text(cell: Any) -> str:
    """Write a cell as text: whole numbers without point, ISO dates, « oui » and « non »."""
    if cell is None:
        return ""
    for kind, write in _WRITERS.items():
        if isinstance(cell, kind):
            return write(cell)
    return str(cell)


def _moment_text(cell: datetime) -> str:
    return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")


def _length_text(cell: timedelta) -> str:
    minutes = int(cell.total_seconds() // 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _number_text(cell: float) -> str:
    whole = cell == cell and abs(cell) < 1e16 and cell.is_integer()  # noqa: PLR0124 - not a nan
    return str(int(cell)) if whole else repr(cell)


_WRITERS: dict[type, Callable[[Any], str]] = {
    bool: lambda cell: "oui" if cell else "non",
    float: _number_text,
    datetime: _moment_text,
    date: lambda cell: str(cell.isoformat()),
    time: lambda cell: str(cell.strftime("%H:%M")),
    timedelta: _length_text,
}
"""How a cell of each type is written; a moment is also a date, so it comes before."""


# -- before opening -------------------------------------------------------------------------------


def refuse_bomb(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    """Refuse an archive by what its directory announces: too many members, too tightly packed."""
    items = archive.infolist()
    total = sum(item.file_size for item in items)
    tight = any(
        item.file_size > limits.bomb_bytes
        and item.file_size > limits.bomb_ratio * max(item.compress_size, 1)
        for item in items
    )
    if len(items) > 10 * limits.most_members or total > limits.most_unpacked or tight:
        raise _bomb(name, total)


def unpacked_chunks(
    archive: zipfile.ZipFile, item: zipfile.ZipInfo, name: str, limits: Limits
) -> Iterator[bytes]:
    """Yield the content of a member, counted as it comes: an archive may lie on its sizes."""
    received = 0
    try:
        with archive.open(item) as stream:
            while chunk := stream.read(CHUNK):
                received += len(chunk)
                most = max(limits.bomb_bytes, limits.bomb_ratio * max(item.compress_size, 1))
                if received > min(most, limits.most_unpacked):
                    raise _bomb(name, received)
                yield chunk
    except BROKEN as error:
        raise DataError(
            f"Le fichier {name} est abîmé ou protégé par un mot de passe ({error}).",
            remedy="Enregistrez-le de nouveau, sans mot de passe.",
        ) from error


def _inspect(path: Path, name: str, limits: Limits) -> tuple[Diagnostic, ...]:
    """Read a workbook's archive once, refusing what would fill the memory or call for more."""
    with zipfile.ZipFile(path) as archive:
        refuse_bomb(archive, name, limits)
        for item in archive.infolist():
            if item.filename.lower().endswith((".xml", ".rels")):
                _inspect_member(archive, item, name, limits)
        names = [item.filename.lower() for item in archive.infolist()]
    remarks = []
    if any("vbaproject" in member or member.startswith("basic/") for member in names):
        remarks.append(Diagnostic("macros", "les macros du classeur sont ignorées"))
    if any("externallink" in member for member in names):
        remarks.append(Diagnostic("links", "les liens vers d’autres classeurs ne sont pas suivis"))
    return tuple(remarks)


def _inspect_member(
    archive: zipfile.ZipFile, item: zipfile.ZipInfo, name: str, limits: Limits
) -> None:
    sheet = "sheet" in item.filename.lower() and not item.filename.endswith(".rels")
    widest, tallest, repeated = 0, 0, 0
    tail = b""
    for chunk in unpacked_chunks(archive, item, name, limits):
        text = tail + chunk
        if _ENTITY.search(text):
            raise DataError(
                f"Le classeur {name} contient des définitions XML (DOCTYPE, ENTITY) : un tableur"
                " n’en écrit jamais, il n’est pas ouvert.",
                remedy="Enregistrez-le de nouveau depuis un tableur.",
            )
        for letters, digits in _CELL.findall(text) if sheet else ():
            widest, tallest = max(widest, _column_number(letters)), max(tallest, int(digits))
        repeated += sum(
            int(count)
            for axis, count in _REPEATED.findall(text)
            if int(count) < (_ODS_ROWS if axis == b"rows" else _ODS_COLUMNS) * 0.9
        )
        tail = text[-256:]
    if max(widest, 1) * tallest > limits.most_cells:
        raise _too_many_cells(name, tallest, widest)
    if repeated > limits.most_cells:
        raise _too_many_cells(name, repeated, 1)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_many_cells(name: str, height: int, width: int) -> DataError:
    return DataError(
        f"Le classeur {name} a une feuille de {height} lignes sur {width} colonnes : c’est plus"
        " que ce qu’une liste de lieux peut contenir.",
        remedy="Une cellule isolée est sans doute remplie très loin : supprimez les lignes et les"
        " colonnes vides, puis enregistrez de nouveau.",
    )


def _bomb(name: str, size: int) -> DataError:
    return DataError(
        f"Le fichier {name} donne plus de {size / 1e6:.0f} Mo une fois décompressé : il n’est pas"
        " ouvert.",
        remedy="Enregistrez la liste en CSV, sans la compresser.",
    )
