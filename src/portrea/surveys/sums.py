"""Shares of many cells at once, from what is enough to know of each: counts, sums of weights.

Same formulas as ``estimates.share`` when there is a single stratum, for every cell of every table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

from portrea.stats.shares import wilson
from portrea.surveys.designs import Design
from portrea.surveys.estimates import Saying, parameters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_EVEN = 1e-12


@dataclass(frozen=True, slots=True)
class Sums:
    """For each cell: answers, Σw and Σw² of those who said yes, then of all who answered."""

    yes: Floats
    yes_weight: Floats
    yes_square: Floats
    base: Floats
    weight: Floats
    square: Floats


@dataclass(frozen=True, slots=True)
class Shares:
    """Share, bounds (NaN: none) and what may be said, cell by cell."""

    value: Floats
    low: Floats
    high: Floats
    saying: NDArray[np.object_]


def shares_of(sums: Sums, *, design: Design, population: float | None = None) -> Shares:
    """Return the share of each cell, with its interval when people were drawn or all asked.

    Notes
    -----
    Within one stratum the linearised variance of a weighted share p is
    ((1 − p)² Σ₁w² + p² Σ₀w²) / (Σw)² · n / (n − 1), times 1 − n/N when N people were to be asked.
    """
    none = np.full(len(sums.base), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = sums.yes_weight / sums.weight
        if design not in {Design.RANDOM, Design.CENSUS}:
            return Shares(value, none, none, _saying(sums.base, none))
        low, high = _bounds(sums, value, population)
    low, high = (np.where(sums.base > 0, bound, np.nan) for bound in (low, high))
    return Shares(value, low, high, _saying(sums.base, high - low))


def _bounds(sums: Sums, value: Floats, population: float | None) -> tuple[Floats, Floats]:
    size, middle = sums.base, (value > 0) & (value < 1)
    effect = size * sums.square / np.square(sums.weight)
    spread = np.square(1 - value) * sums.yes_square
    spread += np.square(value) * (sums.square - sums.yes_square)
    variance = np.where(size > 1, spread / np.square(sums.weight) * size / (size - 1), 0.0)
    if population:
        variance = variance * np.maximum(0.0, 1 - size / population)
    plain = (effect - 1 < _EVEN) & (population is None)
    known = ~plain & (variance <= 0) & (middle | (size >= (population or np.inf)))
    alike = np.where(middle & (variance > 0), value * (1 - value) / variance, size / effect)
    level = 0.5 + parameters()["confidence"]["value"] / 2
    low, high = wilson(
        value, np.where(plain, size, alike), np.where(plain, ndtri(level), _student(size, level))
    )
    return np.where(known, np.nan, low), np.where(known, np.nan, high)


def _student(size: Floats, level: float) -> Floats:
    sizes, place = np.unique(size, return_inverse=True)
    found: Floats = stdtrit(np.maximum(1, sizes - 1), level)[place]
    return found


def _saying(base: Floats, width: Floats) -> NDArray[np.object_]:
    rules = {name: float(rule["value"]) for name, rule in parameters().items()}
    with np.errstate(invalid="ignore"):
        wide = width / 2 > rules["widest_margin"]
    told = np.where(base < rules["caution_below"], Saying.CAUTION.value, Saying.FIRM.value)
    told = np.where(wide, Saying.WIDE.value, told)
    found = np.where(base < rules["least_answers"], Saying.NOTHING.value, told)
    return found.astype(object)
