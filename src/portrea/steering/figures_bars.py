"""Intervals drawn as whiskers with a dot, readable in black and white."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.estimates import NARROW_SPACE, integer
from portrea.steering.figures_style import ACCENT, MUTED, RULE, TEAL, WHITE, Caption, svg, text

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 440
"""Narrow enough to be read on a phone without scrolling: labels are above their lines."""
MARGIN = 12
ROW = 46
TOP = 6
AXIS = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: a share in [0, 1], or a count, with its interval; no ``value``: bounds only."""

    label: str
    low: float | None
    high: float | None
    value: float | None
    words: str
    strong: bool = False


def interval_bars(caption: Caption, bars: Sequence[Bar], *, counts: bool = False) -> str:
    """Draw one whisker per line on a common axis starting at zero: percents, or ``counts``.

    A dot marks the central value, a hollow bar bounds without one, a diamond the territory itself.
    """
    top = max((bar.high for bar in bars if bar.high is not None), default=0.1)
    step = _count_tick(top) if counts else _tick(top)
    last = math.ceil(top / step - 1e-9) * step
    scale = (WIDTH - 2 * MARGIN) / last
    height = TOP + ROW * len(bars) + AXIS
    body = [_grid(step, last, scale, height, counts=counts)]
    body += [_line(bar, TOP + ROW * i, scale) for i, bar in enumerate(bars)]
    return svg(caption, WIDTH, height, "".join(body), name="narrow")


def _tick(top: float) -> float:
    return next(step for step in (0.02, 0.05, 0.1, 0.2, 0.25) if top / step <= 6 or step == 0.25)


def _count_tick(top: float) -> float:
    """Return 1, 2 or 5 times a power of ten, six of them at most up to ``top``."""
    power = 10.0 ** math.floor(math.log10(max(top, 10.0) / 6))
    return next(power * by for by in (1, 2, 5, 10) if top / (power * by) <= 6)


def _x(share: float, scale: float) -> float:
    return round(MARGIN + share * scale, 1)


def _grid(step: float, last: float, scale: float, height: int, *, counts: bool) -> str:
    lines = []
    for i in range(round(last / step) + 1):
        x = _x(i * step, scale)
        label = integer(i * step) if counts else f"{i * step * 100:g}{NARROW_SPACE}%"
        lines.append(f'<path d="M{x:g} {TOP + 22}V{height - AXIS}" stroke="{RULE}"/>')
        lines.append(
            text(x, height - 9, label, size=13, anchor=_end(i, round(last / step)), fill=MUTED)
        )
    return "".join(lines)


def _line(bar: Bar, top: float, scale: float) -> str:
    missing = bar.low is None or bar.high is None
    y = top + 33
    parts = [
        _behind(top),
        text(MARGIN, top + 17, _fit(bar.label), bold=bar.strong),
        text(
            WIDTH, top + 17, bar.words, size=14, anchor="end", fill=MUTED * missing, bold=bar.strong
        ),
    ]
    if bar.low is None or bar.high is None:
        return "".join(parts)
    colour = ACCENT if bar.strong else TEAL
    x0, x1 = _x(bar.low, scale), _x(bar.high, scale)
    if bar.value is None:
        parts.append(_bounds(x0, x1, y, colour))
    else:
        parts.append(_whisker(x0, x1, _x(bar.value, scale), y, colour, strong=bar.strong))
    return "".join(parts)


def _behind(top: float) -> str:
    """Hide the grid behind the words of a line."""
    return f'<rect x="0" y="{top + 2:g}" width="{WIDTH}" height="20" fill="{WHITE}"/>'


def _bounds(x0: float, x1: float, y: float, colour: str) -> str:
    return (
        f'<rect x="{x0:g}" y="{y - 6:g}" width="{max(x1 - x0, 2):g}" height="12" fill="{WHITE}" '
        f'stroke="{colour}" stroke-width="2" stroke-dasharray="5 3"/>'
    )


def _whisker(x0: float, x1: float, x: float, y: float, colour: str, *, strong: bool) -> str:
    line = (
        f'<path d="M{x0:g} {y:g}H{x1:g}M{x0:g} {y - 6:g}V{y + 6:g}M{x1:g} {y - 6:g}V{y + 6:g}" '
        f'stroke="{colour}" stroke-width="{3 if strong else 2}" fill="none"/>'
    )
    if strong:
        return f'{line}<path d="M{x:g} {y - 9:g}l9 9-9 9-9-9z" fill="{colour}" stroke="{WHITE}"/>'
    return f'{line}<circle cx="{x:g}" cy="{y:g}" r="6.5" fill="{colour}" stroke="{WHITE}"/>'


def _end(place: int, last: int) -> str:
    """Keep the first and the last words of the axis inside the drawing."""
    return {0: "", last: "end"}.get(place, "middle")


def _fit(label: str, most: int = 44) -> str:
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"
