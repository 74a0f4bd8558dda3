"""CSV and JSON as the national standards want them."""

from __future__ import annotations

import csv
import io
import json
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from portrea.base.spreadsheets import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

CHUNK = 500
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, str | None]]) -> Iterator[bytes]:
    """Yield a CSV file: UTF-8, comma, all columns in order; no cell is ever run as a formula."""
    rest = iter(rows)
    head: list[list[str]] = [list(columns)]
    while True:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        lines = (
            [
                "" if not (cell := row[name]) else cell if cell[0].isalnum() else inert(cell)
                for name in columns
            ]
            for row in islice(rest, CHUNK)
        )
        writer.writerows(chain(head, lines))
        text = buffer.getvalue()
        if not text:
            return
        head = []
        yield text.encode("utf-8", "replace")


def json_bytes(
    rows: Iterable[Mapping[str, str | None]], *, numbers: frozenset[str] = frozenset()
) -> Iterator[bytes]:
    """Yield a JSON array of objects; an empty cell is an absent key, ``numbers`` are numbers."""
    yield b"["
    for rank, row in enumerate(rows):
        told: dict[str, Any] = {
            name: float(value) if name in numbers else value for name, value in row.items() if value
        }
        yield (("," if rank else "") + "\n" + compact(told)).encode("utf-8", "replace")
    yield b"\n]\n"


def compact(value: Any) -> str:
    """Return JSON on one line, letters as they are."""
    return _JSON.encode(value)
