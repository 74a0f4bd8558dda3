"""Workbooks written row after row, texts as texts: nothing in them is ever run.

XlsxWriter makes the workbook with its headings only; the rows are then put in its sheets, as the
file is written. The first sheet goes straight to the file, the others wait on the disk.
"""

from __future__ import annotations

import re
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

MOST_ROWS = 1_048_576
PART = 2**20
LEVEL = 2
"""Of compression: beyond, three times the time for a tenth of the size."""
_END = b"</sheetData>"
_DIMENSION = re.compile(rb"<dimension [^>]*/>")
_SPECIAL = re.compile(
    "[\x00-\x08\x0b-\x1f&<>\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_|^\\s|\\s$"
)
_SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def write_workbook(
    stream: IO[bytes],
    headings: Mapping[str, Sequence[str]],
    parts: Iterable[Mapping[str, bytes]],
    *,
    readme: tuple[str, Sequence[str]],
) -> None:
    """Write a workbook: sheets with a frozen heading, and a first sheet that explains.

    Parameters
    ----------
    parts
        XML of the next rows of each sheet (:func:`rows_xml`).
    readme
        Name and lines of the explaining sheet.
    """
    empty = zipfile.ZipFile(BytesIO(_skeleton(headings, readme)))
    files = {f"xl/worksheets/sheet{rank}.xml": name for rank, name in enumerate(headings, 2)}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as book:
        for name in empty.namelist():
            if name not in files:
                book.writestr(name, empty.read(name))
        first, *others = files
        with ExitStack() as waiting:
            spools = {files[name]: waiting.enter_context(TemporaryFile()) for name in others}
            head, tail = _halves(empty.read(first))
            with book.open(first, "w", force_zip64=True) as entry:
                entry.write(head)
                _share(parts, entry.write, {name: f.write for name, f in spools.items()})
                entry.write(tail)
            for name in others:
                _copy(book, name, _halves(empty.read(name)), spools[files[name]])


def _skeleton(headings: Mapping[str, Sequence[str]], readme: tuple[str, Sequence[str]]) -> bytes:
    """Return the workbook without its rows."""
    stream = BytesIO()
    with Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True})
        notes = book.add_worksheet(readme[0])
        notes.set_column(0, 0, 110)
        for rank, text in enumerate(readme[1]):
            notes.write_string(rank, 0, text)
        for name, columns in headings.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(columns) - 1, 18)
            for column, heading in enumerate(columns):
                sheet.write_string(0, column, heading, bold)
    return stream.getvalue()


def _halves(sheet: bytes) -> tuple[bytes, bytes]:
    """Return what comes before and after the rows to add; no extent is told, it is not known."""
    head, end, tail = _DIMENSION.sub(b"", sheet).partition(_END)
    return head, end + tail


def _copy(book: zipfile.ZipFile, name: str, halves: tuple[bytes, bytes], rows: IO[bytes]) -> None:
    rows.seek(0)
    with book.open(name, "w", force_zip64=True) as entry:
        entry.write(halves[0])
        while part := rows.read(PART):
            entry.write(part)
        entry.write(halves[1])


# -- rows -----------------------------------------------------------------------------------------


def _share(
    parts: Iterable[Mapping[str, bytes]],
    first: Callable[[bytes], Any],
    others: Mapping[str, Callable[[bytes], Any]],
) -> None:
    """Give each sheet its rows; another thread compresses while the next ones are made."""
    with ThreadPoolExecutor(1) as thread:
        last: Future[Any] = thread.submit(lambda: None)
        for made in parts:
            for name, part in made.items():
                last.result()  # never more than one part waits
                last = thread.submit(others.get(name, first), part)
        last.result()


def rows_xml(
    rows: Iterable[tuple[str, Sequence[str | float | None]]],
    widths: Mapping[str, int],
    starts: Mapping[str, int],
) -> dict[str, bytes]:
    """Return the XML of rows, by sheet.

    Parameters
    ----------
    rows
        (sheet, cells), in any order of sheets.
    widths
        How many columns each sheet has.
    starts
        How many rows each sheet has before these, its heading set aside.
    """
    letters = {
        name: [xl_col_to_name(rank) for rank in range(width)] for name, width in widths.items()
    }
    texts: dict[str, list[str]] = {name: [] for name in widths}
    for name, cells in rows:
        texts[name].append(_row(starts.get(name, 0) + len(texts[name]) + 2, letters[name], cells))
        if starts.get(name, 0) + len(texts[name]) >= MOST_ROWS:
            raise DataError(
                f"Trop de lignes pour la feuille « {name} » : {MOST_ROWS} au plus.",
                remedy="Exportez un territoire plus petit, ou en CSV.",
            )
    return {name: "".join(told).encode() for name, told in texts.items()}


def _row(rank: int, letters: Sequence[str], cells: Sequence[str | float | None]) -> str:
    parts = [f'<row r="{rank}">']
    for letter, cell in zip(letters, cells, strict=True):
        if cell is None or cell == "":
            continue
        if not isinstance(cell, str):
            parts.append(f'<c r="{letter}{rank}"><v>{cell!r}</v></c>')
        elif _SPECIAL.search(cell):
            told = _SPECIAL.sub(_escaped, cell)
            parts.append(
                f'<c r="{letter}{rank}" t="inlineStr"><is>'
                f'<t xml:space="preserve">{told}</t></is></c>'
            )
        else:
            parts.append(f'<c r="{letter}{rank}" t="inlineStr"><is><t>{cell}</t></is></c>')
    if cells[-1] in (None, ""):  # the width of the row, since no extent is told
        parts.append(f'<c r="{letters[-1]}{rank}"/>')
    parts.append("</row>")
    return "".join(parts)


def _escaped(match: re.Match[str]) -> str:
    """Return a sign as XML holds it; what XML cannot hold, as Office writes it (``_x0001_``)."""
    sign = match[0]
    if sign in _SIGNS:
        return _SIGNS[sign]
    if len(sign) > 1:  # looks like one of Office's escapes
        return f"_x005F{sign}"
    return sign if sign in "\t\n" or (sign.isspace() and sign >= " ") else f"_x{ord(sign):04X}_"
