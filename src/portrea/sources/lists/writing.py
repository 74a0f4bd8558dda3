"""Write the file of the rows to mend: CSV that a French spreadsheet opens, and that reads back."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from portrea.base.errors import DataError, system_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV: semicolons, cells quoted when needed."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue()


def write_table(target: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table of text (UTF-8 with its mark, which spreadsheets need).

    Raises
    ------
    DataError
        The file cannot be written there.
    """
    try:
        target.write_text(csv_text(columns, rows), "utf-8-sig")
    except OSError as error:
        raise DataError(
            f"Le fichier des lignes à corriger ne peut pas être écrit : {target}"
            f" ({system_fault(error)}).",
            remedy="Choisissez un autre endroit avec --faults FICHIER.",
        ) from error
