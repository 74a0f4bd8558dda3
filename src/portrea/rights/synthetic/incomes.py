"""What the households of a commune earn: the published standard of living, brought back to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

from portrea.rights.synthetic.cells import cells, parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROUNDS = 12
STEP = 0.45
"""Usual spread of a law: what one unit of the normal law moves a median by."""
LEAST, MOST = 0.02, 0.6
"""Shares of poor people outside which a published rate says nothing of a log-normal law."""


@dataclass(frozen=True, slots=True)
class Laws:
    """Log-normal law of the yearly standard of living of each type of household of each commune.

    ``centres`` (communes × cells) holds logarithms of medians, ``spreads`` their standard
    deviations; ``gaps`` the larger of two differences, in points of persons: those under the
    published median, and those under the poverty line.
    """

    centres: Floats
    spreads: Floats
    gaps: Floats


@dataclass(frozen=True, slots=True)
class Assumed:
    """One set of assumptions: euros of the month for one of 2021, and widening of the laws."""

    revaluation: float
    widening: float

    @classmethod
    def of(cls, name: str) -> Assumed:
        """Return the set ``value`` (the one shown), ``low`` or ``high`` (fewest, most people)."""
        told = parameters()
        return cls(float(told["revaluation"][name]), float(told["widening"][name]))


def disposable(market: float, aids: Mapping[str, float], taken: Mapping[str, float]) -> float:
    """Return what a household has by month: what it earns, and the aids as often as taken."""
    return market + sum(amount * taken[name] for name, amount in aids.items())


def borrowed_rate(median: Floats, lender: Floats, rate: Floats) -> Floats:
    """Return the share of poor people that a median goes with, as unequal as a wider area is.

    ``lender`` and ``rate`` are the median and the published share of that wider area: its
    log-normal spread is borrowed, not its share, which would contradict a poorer median.
    """
    told = parameters()["income"]
    line = np.log(told["poverty_line"] * told["median"])
    low, high = told["bounds"]
    quantile = np.minimum(ndtri(np.clip(rate, LEAST, MOST)), -0.02)
    spread = np.clip((line - np.log(lender)) / quantile, low, high)
    found: Floats = ndtr((line - np.log(median)) / spread)
    return found


def laws_of(tables: Floats, medians: Floats, poor: Floats) -> Laws:
    """Fit the laws of each commune to its median and its share of poor people.

    Parameters
    ----------
    tables
        Households (communes × cells).
    medians, poor
        Published median (euros by year) and share of poor persons of each commune.

    Notes
    -----
    The ratios between types are national; one shift and one scale by commune make the mixture of
    its types have the published median and the published share of poor people.
    """
    told = parameters()["income"]
    line = np.full(len(medians), np.log(told["poverty_line"] * told["median"]))
    persons = tables * np.array([cell.adults + cell.children for cell in cells()])
    weights = persons / np.maximum(persons.sum(1, keepdims=True), 1e-12)
    wanted = np.minimum(ndtri(np.clip(poor, LEAST, MOST)), -0.02)
    ratios, spread = _of_types()
    shift, scale = np.log(medians), np.ones(len(medians))
    for _round in range(ROUNDS):
        spreads = np.clip(spread * scale[:, None], *told["bounds"])
        middle, poorest = (
            ndtri(_mixed(weights, shift[:, None] + ratios, spreads, at))
            for at in (np.log(medians), line)
        )
        shift = shift + middle * STEP
        scale = np.clip(scale * np.clip((poorest - middle) / wanted, 0.8, 1.25), 0.3, 2.5)
    centres = shift[:, None] + ratios
    spreads = np.clip(spread * scale[:, None], *told["bounds"])
    at_median = np.abs(_mixed(weights, centres, spreads, np.log(medians)) - 0.5)
    at_line = np.abs(_mixed(weights, centres, spreads, line) - poor)
    return Laws(centres, spreads, 100 * np.maximum(at_median, at_line))


def _of_types() -> tuple[Floats, Floats]:
    """Return the logarithm of the ratio of each type to the median, and its spread."""
    told = parameters()["income"]
    ratios = [
        told["kinds"][one.kind] * told["ages"][one.age] * told["tenures"][one.tenure]
        for one in cells()
    ]
    return np.log(ratios), np.array([told["spread"][one.kind] for one in cells()])


def _mixed(weights: Floats, centres: Floats, spreads: Floats, at: Floats) -> Floats:
    shares = (weights * ndtr((at[:, None] - centres) / spreads)).sum(1)
    found: Floats = np.clip(shares, 1e-6, 1 - 1e-6)
    return found


def band_shares(laws: Laws, edges: Floats, *, revaluation: float = 1.0) -> Floats:
    """Return the share of each band of income (communes × cells × bands).

    ``edges`` (cells × bounds) are the standards of living, in euros of the month by year, at the
    bounds of the bands: what is under the first bound and over the last one are bands too.
    """
    bounds = np.log(np.maximum(edges, 1.0) / revaluation)
    below = ndtr((bounds[None] - laws.centres[:, :, None]) / laws.spreads[:, :, None])
    whole: Floats = np.diff(below, axis=2, prepend=0.0, append=1.0)
    return whole
