"""Opening hours of the week as a heat table: how many places are open, hour by hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.steering.figures_style import MUTED, RULE, SEQUENCE, WHITE, Caption, svg, text, text_on

if TYPE_CHECKING:
    from collections.abc import Sequence

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
LEFT = 92
CELL = 46
ROW = 30
TOP = 28


def hours_heat(caption: Caption, counts: Sequence[Sequence[float]], first_hour: int) -> str:
    """Draw days as rows and hours as columns, the number written in every cell.

    ``counts[day][i]`` is the number of places open at hour ``first_hour + i``.
    """
    hours = len(counts[0])
    top = max((value for row in counts for value in row), default=0) or 1
    body = [
        text(
            LEFT + CELL * (i + 0.5), 18, f"{first_hour + i} h", size=13, anchor="middle", fill=MUTED
        )
        for i in range(hours)
    ]
    for day, row in enumerate(counts):
        y = TOP + day * ROW
        body.append(text(LEFT - 10, y + 20, DAYS[day], anchor="end"))
        body += [_cell(LEFT + i * CELL, y, value, top) for i, value in enumerate(row)]
    width, height = LEFT + CELL * hours + 2, TOP + ROW * len(counts) + 4
    return svg(caption, width, height, "".join(body))


def _cell(x: float, y: float, value: float, top: float) -> str:
    index = min(int(value / top * len(SEQUENCE)), len(SEQUENCE) - 1)
    fill = SEQUENCE[index] if value else WHITE
    box = (
        f'<rect x="{x:g}" y="{y:g}" width="{CELL - 2}" height="{ROW - 2}" rx="2" '
        f'fill="{fill}" stroke="{RULE}"/>'
    )
    if not value:
        return box
    middle = x + CELL / 2 - 1
    return box + text(middle, y + 19, f"{value:.0f}", size=14, anchor="middle", fill=text_on(index))
