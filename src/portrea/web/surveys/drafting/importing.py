"""A workbook made elsewhere: read whole, or refused with all that is to be mended."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.xlsform import make_xform, read_list, read_workbook, write_workbook
from portrea.surveys import translating
from portrea.surveys.xlsform import Sheets, read_sheets, write_sheets
from portrea.surveys.xlsform.lists import with_lists

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TO_MEND = "à corriger"
MOST_KEPT = 20 << 20
"""Bytes of the sheets that come back with a page, once opened."""
COLUMNS = ("feuille", "ligne", "colonne", "lu", "pourquoi", "comment réparer")
_SHEET = re.compile(r"^feuille « (\w+) » : (.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Received:
    """The sheets of a file, what is left out of it, and what keeps it from being a form."""

    sheets: Sheets
    left_out: tuple[Diagnostic, ...] = ()
    faults: tuple[Diagnostic, ...] = ()
    message: str = ""


def receive(content: bytes, lists: Mapping[str, bytes]) -> Received:
    """Read a workbook and the lists given with it.

    Raises
    ------
    DataError
        One of the files cannot be opened at all.
    """
    files = {name: read_list(one) for name, one in lists.items()}
    sheets, missing = with_lists(read_workbook(content), files)
    try:
        read = read_sheets(sheets)
        make_xform(write_sheets(translating.whole(read.form)))
    except DataError as error:
        faults = (*missing, *error.diagnostics)
        own = (
            ()
            if error.diagnostics
            else (Diagnostic("xlsform", error.message, remedy=error.remedy),)
        )
        return Received(sheets, faults=(*faults, *own), message=error.message)
    if missing:
        return Received(sheets, faults=tuple(missing), message=_("Il manque une liste."))
    return Received(_read_again(sheets), read.left_out)


def _read_again(sheets: Sheets) -> Sheets:
    """Return the sheets as Portrea writes them: other spellings and other columns are gone."""
    return write_sheets(read_sheets(sheets).form)


def rows_of(faults: Sequence[Diagnostic]) -> list[dict[str, str]]:
    """Return faults as a table: sheet, line, column, what was read, why, how to mend it."""
    return [dict(zip(COLUMNS, _cells(one), strict=True)) for one in faults]


def _cells(fault: Diagnostic) -> tuple[str, ...]:
    found = _SHEET.match(fault.message)
    sheet, why = found.groups() if found else ("", fault.message)
    read = re.search(r"« ([^»]*) »", why)
    value = fault.value or (read[1] if read else "")
    line = "" if fault.row is None else str(fault.row)
    return sheet, line, fault.field or "", value, why[:1].upper() + why[1:], fault.remedy or ""


def packed(received: Received) -> str:
    """Return sheets and faults as a text that a page can send back: the site keeps nothing."""
    told = {"sheets": {k: [dict(row) for row in v] for k, v in received.sheets.items()},
            "faults": rows_of(received.faults)}  # fmt: skip
    return base64.b64encode(zlib.compress(json.dumps(told).encode(), 9)).decode()


def unpacked(text: str) -> tuple[Sheets, list[dict[str, str]]]:
    """Return the sheets and the faults that a page sends back.

    Raises
    ------
    DataError
        The text is not one that a page was given.
    """
    try:
        opener = zlib.decompressobj()
        content = opener.decompress(base64.b64decode(text, validate=True), MOST_KEPT)
        told = json.loads(content)
        sheets = {str(name): _rows(rows) for name, rows in told["sheets"].items()}
        return sheets, _rows(told["faults"])
    except (binascii.Error, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            _("Ce que la page a renvoyé ne peut pas être lu."),
            remedy=_("Revenez à l’import et choisissez de nouveau le fichier."),
        ) from error


def workbook_to_mend(sheets: Sheets, faults: list[dict[str, str]]) -> bytes:
    """Return the workbook as it was read, with the sheet « à corriger » in front."""
    return write_workbook({TO_MEND: faults, **sheets})


def list_to_mend(faults: list[dict[str, str]]) -> str:
    """Return the faults as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=";", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({k: _harmless(v) for k, v in row.items()} for row in faults)
    return "\ufeff" + out.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def _rows(rows: Any) -> list[dict[str, str]]:
    return [{str(key): str(text) for key, text in row.items()} for row in rows]
