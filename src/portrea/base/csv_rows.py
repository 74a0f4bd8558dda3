"""Rows of a CSV text, whatever ends its lines, or why it has none."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from portrea.base.errors import DataError, Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator


def csv_rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row: the line on which it ends, from 1, and its cells; an empty line has none.

    Raises
    ------
    DataError
        A cell goes on without end: most often, a quote was opened and never closed.
    """
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        line = reader.line_num
        raise DataError(
            f"Ligne {line} : une cellule ne finit pas ; un guillemet est sans doute resté ouvert.",
            remedy="Refermez le guillemet, ou ôtez-le, puis recommencez.",
            diagnostics=(Diagnostic("open-quote", "cellule sans fin", row=line),),
        ) from error
