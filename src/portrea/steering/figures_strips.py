"""Where a territory stands among those of its level: a band for the usual, a diamond for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.steering.figures_bars import MARGIN, ROW, TOP, WIDTH
from portrea.steering.figures_style import ACCENT, MUTED, RULE, SEQUENCE, Caption, svg, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

KEY = 26
EDGES = (0.02, 0.98)
"""A line goes from one to the other of these quantiles: one far territory does not flatten it."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A line: places in [0, 1] of the usual half, of the median, of the territory itself."""

    label: str
    low: float
    median: float
    high: float
    own: float
    words: str
    usual: str

    @classmethod
    def of(
        cls,
        label: str,
        values: NDArray[np.float64],
        place: int,
        *,
        told: tuple[str, str],
        log: bool = False,
    ) -> Strip:
        """Place a territory among the others; ``told``: its words, those of the usual half.

        ``log``: a gap is a ratio.
        """
        scaled = np.log(np.where(values > 0, values, np.nan)) if log else values
        known = scaled[~np.isnan(scaled)]
        start, end = np.quantile(known, EDGES)
        width = (end - start) or 1.0
        marks = [*np.quantile(known, [0.25, 0.5, 0.75]), scaled[place]]
        low, median, high, own = np.clip((np.array(marks) - start) / width, 0, 1).tolist()
        return cls(label, low, median, high, own, *told)


def strips(caption: Caption, lines: Sequence[Strip], key: str) -> str:
    """Draw one line per figure; ``key`` says what the band is."""
    height = TOP + ROW * len(lines) + KEY
    body = "".join(_line(line, TOP + ROW * i) for i, line in enumerate(lines))
    legend = text(MARGIN, height - 8, key, size=13, fill=MUTED)
    return svg(caption, WIDTH, height, body + legend, name="narrow")


def _line(line: Strip, top: float) -> str:
    y = top + 32
    low, median, high, own = (_x(v) for v in (line.low, line.median, line.high, line.own))
    return (
        text(MARGIN, top + 16, line.label)
        + text(WIDTH - MARGIN, top + 16, line.words, anchor="end", bold=True)
        + f'<path d="M{MARGIN} {y}H{WIDTH - MARGIN}" stroke="{RULE}" stroke-width="2"/>'
        f'<rect x="{low:g}" y="{y - 5}" width="{max(high - low, 2):g}" height="10" '
        f'fill="{SEQUENCE[2]}"/>'
        f'<path d="M{median:g} {y - 7}v14" stroke="{MUTED}" stroke-width="2"/>'
        f'<path d="M{own:g} {y - 8}l8 8-8 8-8-8z" fill="{ACCENT}"/>'
    )


def _x(share: float) -> float:
    return round(MARGIN + 8 + share * (WIDTH - 2 * MARGIN - 16), 1)
