"""Intervals of shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def wilson(
    share: Floats | float, size: Floats | float, quantile: Floats | float
) -> tuple[Floats, Floats]:
    """Return the bounds of shares in [0, 1] seen among ``size`` people (Wilson, 1927).

    ``quantile`` is that of the level wanted (1.96 for 95 %), of the normal law or of Student's.
    Holds for few people and for shares of 0 and 1, where ``share ± error`` would not.
    """
    square = np.square(quantile)
    centre = (share + square / (2 * size)) / (1 + square / size)
    spread = np.sqrt(share * (1 - share) / size + square / (4 * size * size))
    half = quantile * spread / (1 + square / size)
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)
