"""Answers to a question drawn as bars, with their interval when there is one; black and white."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.estimates import NARROW_SPACE
from portrea.steering.figures_style import INK, MUTED, RULE, TEAL, WHITE, Caption, svg, text

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 350
"""Narrow enough for a telephone: labels stand above their bars."""
ROW = 44
AXIS = 26
_LETTERS = 40


@dataclass(frozen=True, slots=True)
class AnswerBar:
    """A choice: its share in [0, 1] (``None``: not told), its bounds, the words at its end."""

    label: str
    share: float | None
    low: float | None
    high: float | None
    words: str


def answer_bars(caption: Caption, bars: Sequence[AnswerBar]) -> str:
    """Draw one bar per choice, from 0 to 100 %: bars of two questions can be compared.

    A bar not told is a dashed empty one; an interval is a line across the end of its bar.
    """
    height = ROW * len(bars) + AXIS
    body = [_axis(height)] + [_bar(bar, ROW * rank) for rank, bar in enumerate(bars)]
    return svg(caption, WIDTH, height, "".join(body), name="narrow")


def _axis(height: int) -> str:
    marks = []
    for part, anchor in ((0, ""), (25, "middle"), (50, "middle"), (75, "middle"), (100, "end")):
        x = WIDTH * part / 100
        line = min(max(x, 0.5), WIDTH - 0.5)
        marks.append(f'<path d="M{line:g} 0V{height - AXIS + 4}" stroke="{RULE}"/>')
        words = f"{part}{NARROW_SPACE}%"
        marks.append(text(x, height - 6, words, size=12, anchor=anchor, fill=MUTED))
    return "".join(marks)


def _bar(bar: AnswerBar, top: int) -> str:
    told = bar.share is not None
    behind = f'<rect x="0" y="{top + 2}" width="{WIDTH}" height="19" fill="{WHITE}"/>'
    label = bar.label if len(bar.label) <= _LETTERS else f"{bar.label[: _LETTERS - 1].rstrip()}…"
    words = text(WIDTH, top + 17, bar.words, size=14, anchor="end", bold=told,
                 fill="" if told else MUTED)  # fmt: skip
    parts = [behind, text(0, top + 17, label, size=14), words]
    if bar.share is None:
        parts.append(
            f'<rect x="0.5" y="{top + 24.5}" width="{WIDTH - 1}" height="13" fill="none" '
            f'stroke="{RULE}" stroke-dasharray="4 4"/>'
        )
        return "".join(parts)
    if bar.share:
        width = max(bar.share * WIDTH, 1)
        parts.append(f'<rect x="0" y="{top + 24}" width="{width:.1f}" height="14" fill="{TEAL}"/>')
    if bar.low is not None and bar.high is not None:
        parts.append(_interval(bar.low * WIDTH, bar.high * WIDTH, top + 31))
    return "".join(parts)


def _interval(low: float, high: float, y: float) -> str:
    low, high = max(low, 1), min(high, WIDTH - 1)
    path = f"M{low:.1f} {y}H{high:.1f}M{low:.1f} {y - 5}V{y + 5}M{high:.1f} {y - 5}V{y + 5}"
    return (
        f'<path d="{path}" stroke="{WHITE}" stroke-width="5" fill="none"/>'
        f'<path d="{path}" stroke="{INK}" stroke-width="2" fill="none"/>'
    )
