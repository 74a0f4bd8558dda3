"""How large a slip may be printed so that it holds on one sheet: lines counted, no browser asked.

The sizes are those of the print style (``_slip.scss``), tried from the largest.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.web.journeys.slip_selectors import Leaving

POINT = 0.3528
"""Millimetres."""
LETTER, LINE = 0.5, 1.3
"""Mean width of a letter and height of a line, in the size of the letters."""
SURE = 1.06
"""Room kept for what the count gets wrong."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Room on a sheet, in mm; sizes in points; how many coming days are printed.

    ``foot`` is the height of the map and of the code.
    """

    wide: float
    high: float
    foot: float
    sizes: tuple[float, ...]
    days: int


PAPERS = {
    "a4": Paper(182.0, 269.0, 62.0, (18.0, 16.5, 15.0, 13.5, 12.0, 10.5), 5),
    "a6": Paper(93.0, 136.0, 36.0, (11.0, 10.0, 9.2, 8.5, 7.8, 7.0), 3),
}


def size_of(told: Leaving, paper: str) -> int:
    """Return the rank, from 1, of the largest letters that hold on the sheet; the last has no map.

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
        if rank == last or _height(told, sheet, points * POINT) * SURE <= sheet.high:
            return rank
    return last


def _height(told: Leaving, sheet: Paper, size: float) -> float:
    """Return the height in mm of everything printed in letters of a size in mm."""
    slip, letters = told.slip, sheet.wide / (LETTER * size)
    pieces = [piece for papers in slip.bring for piece in papers.pieces]
    deadline = slip.deadline.text if slip.deadline else ""
    why = f"{told.why} {told.travel}" if told.why else told.travel
    lines = 1.45 * ceil(1.45 * len(slip.name) / letters) + 2.6
    lines += 1.2 * len(slip.phones) + 4.4 + 0.85 + (1.9 if why else 0.0)
    lines += _lines((slip.address, *slip.days[: sheet.days], slip.procedure), letters)
    lines += _lines((" ; ".join(slip.hours), deadline, slip.note, why), letters)
    lines += _lines(pieces, letters - 3) + 0.85 + (2.0 if told.refused else 0.0)
    return lines * LINE * size + sheet.foot


def _lines(texts: Iterable[str], letters: float) -> int:
    return sum(ceil(len(text) / letters) for text in texts if text)
