"""Ranks of areas, draw by draw: an interval does not say who comes first, these do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.base.errors import ParameterError
from portrea.stats.threads import slices_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Draws = NDArray[np.floating[Any]]
    Floats = NDArray[np.float64]
    Indexes = NDArray[np.intp]


MARKERS = 4096
"""Areas that set the bar of a draw when there are more: every area is then compared with it."""
BLOCK = 1024
"""Areas compared at once, for the cache."""


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares of some areas, made when they are read: ``drawn[rows] / population``."""

    drawn: Draws
    rows: Indexes
    population: Floats

    def of(self, places: Indexes | slice) -> Draws:
        """Return the shares of some of the areas (these areas × draws)."""
        found = np.take(self.drawn, self.rows[places], axis=0)
        found /= self.population[places, None].astype(found.dtype)
        return found

    def first(self, k: int, order: Indexes | None = None) -> Floats:
        """Return P(rank ≤ k) of each area: see :func:`rank_probabilities`."""
        if k < 1:
            raise ParameterError(
                f"Le rang demandé, {k}, est trop petit.", remedy="Donnez un rang d’au moins 1."
            )
        areas = len(self.rows)
        if k >= areas:
            return np.ones(areas)
        markers, last = np.arange(areas), k
        if order is not None and areas > MARKERS:
            step = areas / MARKERS
            markers = order[((np.arange(MARKERS) + 0.5) * step).astype(np.intp)]
            last = max(1, round(k / step))
        turned = np.ascontiguousarray(self.of(markers).T)
        turned.partition(len(markers) - last, axis=1)
        bar = turned[:, len(markers) - last].copy()
        counts = [
            (self.of(block) >= bar).sum(axis=1, dtype=np.int32) for block in slices_of(areas, BLOCK)
        ]
        found: Floats = np.concatenate(counts) / self.drawn.shape[1]
        return found


def rank_probabilities(shares_draws: Draws, k: int, *, order: Indexes | None = None) -> Floats:
    """Return P(rank ≤ k) of each area (a share in [0, 1]), rank 1 being the largest.

    Parameters
    ----------
    shares_draws
        Areas × draws. Any quantity that can be compared (share, persons).
    k
        Largest rank that counts as « first ».
    order
        Areas in the order of their central value. With it, and more than :data:`MARKERS` areas,
        the bar of each draw is read on areas evenly spaced in this order: as many times faster,
        and closer to the true bar than any other sample, for they spread as all the areas do.

    Raises
    ------
    ParameterError
        When ``k`` is less than 1.

    Notes
    -----
    In one draw the areas ranked ≤ k are those not below the k-th largest value; areas equal to it
    all count, so that the sum over areas is at least k.
    """
    areas = len(shares_draws)
    return Shares(shares_draws, np.arange(areas), np.ones(areas)).first(k, order)


def rank_intervals(shares_draws: Draws, level: float = 0.95) -> tuple[Indexes, Indexes]:
    """Return the lowest and highest rank of each area over the draws, rank 1 being the largest.

    Parameters
    ----------
    shares_draws
        Areas × draws. Any quantity that can be compared (share, persons).
    level
        Part of the draws that each interval holds, at least.

    Notes
    -----
    Equal areas share the best rank. Memory and time grow with areas × draws: for a chosen set, not
    for a whole country.
    """
    order = np.argsort(-shares_draws, axis=0, kind="stable")
    drawn = np.take_along_axis(shares_draws, order, axis=0)
    places = np.broadcast_to(np.arange(1, len(drawn) + 1)[:, None], drawn.shape)
    same = np.zeros(drawn.shape, dtype=bool)
    same[1:] = drawn[1:] == drawn[:-1]
    shared = np.maximum.accumulate(np.where(same, 0, places), axis=0)
    ranks = np.empty(drawn.shape, dtype=np.intp)
    np.put_along_axis(ranks, order, shared, axis=0)
    tail = (1 - level) / 2
    low = np.quantile(ranks, tail, axis=1, method="inverted_cdf")
    high = np.quantile(ranks, 1 - tail, axis=1, method="inverted_cdf")
    return low.astype(np.intp), high.astype(np.intp)
