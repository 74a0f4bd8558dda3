"""How large a slip may be printed so that it holds on one sheet: lines counted, no browser asked.

The sizes are those of the print style (``_slip.scss``), tried from the largest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.web.journeys.slip_selectors import Leaving

POINT = 0.3528
"""Millimetres."""
LETTER, LINE = 0.47, 1.25
"""Mean width of a letter and height of a line, in the size of the letters."""
SURE = 1.04
"""Room kept for what the count gets wrong."""
GAP = 4.0
PICTURE = 176 / 240
"""Height of the map over its width."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Room on a sheet, width of the map and of the code, in mm; sizes in points.

    ``drawn`` sizes have the map, then larger letters are worth more; ``days`` are printed.
    """

    wide: float
    high: float
    map: float
    code: float
    sizes: tuple[float, ...]
    drawn: int
    days: int


PAPERS = {
    "a4": Paper(182.0, 269.0, 76.0, 42.0, (18.0, 16.5, 15.0, 13.5, 12.5, 12.0, 10.5), 6, 5),
    "a6": Paper(93.0, 136.0, 42.0, 27.0, (11.0, 10.0, 9.2, 8.5, 8.0, 8.0, 7.0), 5, 3),
}


def size_of(told: Leaving, paper: str) -> int:
    """Return the rank, from 1, of the largest letters that hold on the sheet; the last have no map.

    Parameters
    ----------
    told
        What is printed.
    paper
        ``a4`` or ``a6``.
    """
    sheet = PAPERS[paper]
    last = len(sheet.sizes)
    for rank, points in enumerate(sheet.sizes, start=1):
        drawn = replace(sheet, map=0.0) if rank > sheet.drawn else sheet
        if rank == last or height(told, drawn, points * POINT) * SURE <= sheet.high:
            return rank
    return last


def height(told: Leaving, sheet: Paper, size: float) -> float:
    """Return the height in mm of everything printed in letters of a size in mm."""
    slip, letters = told.slip, sheet.wide / (LETTER * size)
    beside = (sheet.wide - sheet.code - GAP) / (LETTER * size)
    top = 1.35 * ceil(1.5 * len(slip.name) / beside) + _lines((slip.address,), beside)
    top += 2.9 * bool(slip.phone) + len(slip.phones) * 1.3 + 3.0 * bool(told.refused)
    pieces = [piece for papers in slip.bring for piece in papers.pieces]
    deadline = f"Date à ne pas oublier : {slip.deadline.text}" if slip.deadline else ""
    weekly = f"Toutes les semaines – {' ; '.join(slip.hours)}"
    body = _lines((*slip.days[: sheet.days], slip.procedure, deadline, slip.note), letters)
    body += _lines((weekly,), letters) + _lines(pieces, letters - 3) + 2 * 1.75 + 0.85
    narrow = (sheet.wide - sheet.map - GAP * bool(sheet.map)) / (LETTER * size)
    why = 1.75 + _lines((f"{told.why} {told.travel}",), narrow)
    line = LINE * size
    foot = (
        sheet.map * PICTURE
        + (2 * 0.92 * size if sheet.days > 3 and sheet.map else 0.0)
        + 0.5 * size
    )
    first = max(top * line, sheet.code + 0.92 * size)
    return first + body * line + max(why * line, foot) + 1.1 * line


def _lines(texts: Iterable[str], letters: float) -> int:
    return sum(ceil(len(text) / letters) for text in texts if text)
