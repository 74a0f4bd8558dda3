"""CSV and JSON as the national standards want them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from portrea.base.spreadsheets import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def csv_lines(
    columns: Sequence[str], rows: Iterable[Mapping[str, str | None]], *, heading: bool = False
) -> bytes:
    """Return lines of CSV: UTF-8, comma, columns in order; no cell is ever run as a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    if heading:
        writer.writerow(columns)
    writer.writerows(
        [
            "" if not (cell := row[name]) else cell if cell[0].isalnum() else inert(cell)
            for name in columns
        ]
        for row in rows
    )
    return buffer.getvalue().encode("utf-8", "replace")


def json_items(
    rows: Iterable[Mapping[str, str | None]], *, numbers: frozenset[str] = frozenset()
) -> bytes:
    """Return items of a JSON array; an empty cell is an absent key, ``numbers`` are numbers."""
    items = (
        {name: float(value) if name in numbers else value for name, value in row.items() if value}
        for row in rows
    )
    return ",\n".join(map(compact, items)).encode("utf-8", "replace")


def compact(value: Any) -> str:
    """Return JSON on one line, letters as they are."""
    return _JSON.encode(value)
