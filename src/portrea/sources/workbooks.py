"""Tables written for spreadsheets: XLSX and ODS with numbers as numbers, CSV.

ODS (OpenDocument 1.3, ISO/IEC 26300) is written here: a zip of three small files. No text is ever
taken for a formula.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from xlsxwriter import Workbook

from portrea.base.archives import packed
from portrea.base.spreadsheets import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

Value: TypeAlias = "str | float | int | None"

_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:xslfo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    'manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" '
    f'manifest:media-type="{_ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_STYLES = (
    '<office:automatic-styles><style:style style:name="head" style:family="table-cell">'
    '<style:text-properties xslfo:font-weight="bold"/></style:style></office:automatic-styles>'
)
WIDEST = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name, its columns, its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def write_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook of tables, the first line of each frozen."""
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True, "strings_to_formulas": False,
                              "strings_to_urls": False})  # fmt: skip
    heading = book.add_format({"bold": True})
    for one in sheets:
        sheet = book.add_worksheet(one.name[:31])
        for rank, column in enumerate(one.columns):
            sheet.write_string(0, rank, column, heading)
            widest = max((len(str(row[rank] or "")) for row in one.rows), default=0)
            sheet.set_column(rank, rank, min(WIDEST, 2 + max(len(column), widest)))
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(one.rows, start=1):
            for rank, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, rank, value)
                elif value is not None:
                    sheet.write_number(line, rank, value)
    book.close()
    return content.getvalue()


def write_ods(sheets: Sequence[Sheet]) -> bytes:
    """Return tables as an OpenDocument spreadsheet; the same tables give the same bytes."""
    tables = "".join(map(_table, sheets))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {_NAMES} '
        f'office:version="1.3">{_STYLES}<office:body><office:spreadsheet>{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return packed(
        {"content.xml": content, "META-INF/manifest.xml": _MANIFEST}, first=("mimetype", _ODS)
    )


def write_csv(sheet: Sheet) -> bytes:
    """Return one table as CSV, UTF-8 with its mark: what spreadsheets open without a question."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(sheet.columns)
    writer.writerows(
        [inert(value) if isinstance(value, str) else value for value in row] for row in sheet.rows
    )
    return text.getvalue().encode("utf-8-sig")


def _table(sheet: Sheet) -> str:
    head = "".join(_cell(column, ' table:style-name="head"') for column in sheet.columns)
    rows = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>"
                   for row in sheet.rows)  # fmt: skip
    return (
        f"<table:table table:name={quoteattr(sheet.name)}>"
        f'<table:table-column table:number-columns-repeated="{max(1, len(sheet.columns))}"/>'
        f"<table:table-row>{head}</table:table-row>{rows}</table:table>"
    )


def _cell(value: Value, style: str = "") -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in _clean(value).split("\n"))
        return f'<table:table-cell{style} office:value-type="string">{lines}</table:table-cell>'
    return (
        f'<table:table-cell office:value-type="float" office:value="{value!r}">'
        f"<text:p>{value!r}</text:p></table:table-cell>"
    )


def _clean(text: str) -> str:
    """Return a text without the signs that XML forbids."""
    return "".join(sign for sign in text if sign in "\t\n" or sign >= " ").replace("\ufffe", "")
