"""Counts of persons with their ranges, from the draws of the needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.base.estimates import Estimate
from portrea.reach.demand import bounds
from portrea.steering.what_if_words import Range

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.base.estimates import Quality

NO_ONE = 0.5
"""Fewer persons than this are nobody."""


def ranges(
    values: NDArray[np.float64],
    draws: NDArray[np.float32] | None,
    *,
    sides: int,
    quality: Quality,
) -> list[Range]:
    """Return each count with its 95 % and 80 % intervals, which hold it."""
    if draws is None:
        return [Range(*[Estimate(v, v, v, quality)] * 2) for v in values.tolist()]
    found = bounds(draws, sides)
    low = np.minimum(found[:, :2], values[:, None])
    high = np.maximum(found[:, 2:], values[:, None])
    rows = np.hstack([values[:, None], low, high]).tolist()
    return [_range(*row, quality=quality) for row in rows]


def nobody(quality: Quality) -> Range:
    """Return the count of nobody."""
    return Range(*[Estimate(0.0, 0.0, 0.0, quality)] * 2)


def _range(
    value: float, low: float, low80: float, high80: float, high: float, *, quality: Quality
) -> Range:
    if high < NO_ONE:
        return nobody(quality)
    wide = Estimate(value, max(low, 0.0), high, quality)
    return Range(wide, Estimate(value, max(low80, 0.0), high80, quality))
