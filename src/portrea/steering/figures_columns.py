"""Counts of successive months or quarters as columns, readable in black and white."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.estimates import integer
from portrea.steering.figures_style import MUTED, RULE, TEAL, Caption, svg, text

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 440, 170
TOP, FOOT = 22, 24
MOST_LABELS = 6


def columns(caption: Caption, bars: Sequence[tuple[str, int]]) -> str:
    """Draw one column by (short label, count), from zero; each column bears its number."""
    top = max((count for _label, count in bars), default=0) or 1
    width = WIDTH / max(len(bars), 1)
    height = HEIGHT - TOP - FOOT
    every = -(-len(bars) // MOST_LABELS)
    parts = [f'<path d="M0 {HEIGHT - FOOT}H{WIDTH}" stroke="{RULE}"/>']
    for place, (label, count) in enumerate(bars):
        tall = round(height * count / top, 1)
        x, y = round(place * width, 1), HEIGHT - FOOT - tall
        middle = round(x + width / 2, 1)
        parts.append(
            f'<rect x="{x + width * 0.14:.1f}" y="{y:g}" width="{width * 0.72:.1f}"'
            f' height="{tall:g}" fill="{TEAL}"/>'
        )
        size = 13 if len(bars) <= 2 * MOST_LABELS else 10
        parts.append(text(middle, y - 5, integer(count), size=size, anchor="middle"))
        if place % every == 0:
            foot = HEIGHT - 7
            parts.append(text(middle, foot, label, size=12, anchor="middle", fill=MUTED))
    return svg(caption, WIDTH, HEIGHT, "".join(parts), name="narrow")
