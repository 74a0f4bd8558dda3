"""The numbers of a whole table as a reader sees them: the rules of ``display`` by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.steering.display import rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

DECIMALS = 6


def shown_counts(
    value: Numbers, low: Numbers, high: Numbers, *, iris: bool
) -> tuple[Numbers, Numbers, Numbers]:
    """Round counts of persons as :func:`portrea.steering.display.shown_count` does.

    Returns
    -------
    tuple of arrays
        Central values, low and high bounds; not-a-number where nothing is told.
    """
    base = float(rule("base_iris") if iris else rule("base_other"))
    width = high - low
    with np.errstate(divide="ignore", invalid="ignore"):
        digits = np.floor(np.log10(width)) + 1 - rule("interval_digits")
        step = np.where(width > 0, np.maximum(base, 10.0**digits), base)
    return _rounded(value, low, high, step)


def shown_shares(value: Numbers, low: Numbers, high: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Round shares as :func:`portrea.steering.display.shown_share` does."""
    with np.errstate(invalid="ignore"):
        narrow = (high - low < rule("narrow_share")) | ((low >= 0.001) & (low < 0.01))
    middle, down, up = _rounded(value, low, high, np.where(narrow, 0.001, 0.01))
    return middle, np.maximum(0.0, down), np.minimum(1.0, up)


def shown_people(count: Numbers) -> Numbers:
    """Round census counts of persons to the base step."""
    base = float(rule("base_other"))
    return np.rint(count / base) * base


def _rounded(
    value: Numbers, low: Numbers, high: Numbers, step: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    exact, nearest = high == low, _multiple(np.rint(low / step), step)
    down = np.where(exact, nearest, _multiple(np.floor(low / step + 1e-9), step))
    up = np.where(exact, nearest, _multiple(np.ceil(high / step - 1e-9), step))
    known = np.isfinite(low) & np.isfinite(high)
    middle = np.clip(_multiple(np.rint(value / step), step), down, up)
    told = (np.where(exact & ~np.isnan(value), nearest, middle), down, up)
    middle, down, up = (np.where(known, numbers, np.nan) for numbers in told)
    return middle, down, up


def _multiple(count: Numbers, step: Numbers) -> Numbers:
    return np.round(count * step, DECIMALS)
