"""Ranks of areas, draw by draw: an interval does not say who comes first, these do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray


MARKERS = 4096
"""Areas that set the bar of a draw when there are more: every area is then compared with it."""


def rank_probabilities(
    shares_draws: NDArray[np.floating[Any]], k: int, *, order: NDArray[np.intp] | None = None
) -> NDArray[np.float64]:
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
    if k < 1:
        raise ParameterError(
            f"Le rang demandé, {k}, est trop petit.", remedy="Donnez un rang d’au moins 1."
        )
    areas = len(shares_draws)
    if k >= areas:
        return np.ones(areas)
    markers, last = shares_draws, k
    if order is not None and areas > MARKERS:
        step = areas / MARKERS
        markers = shares_draws[order[((np.arange(MARKERS) + 0.5) * step).astype(np.intp)]]
        last = max(1, round(k / step))
    turned = np.ascontiguousarray(markers.T)
    bar = np.partition(turned, len(markers) - last, axis=1)[:, len(markers) - last]
    counts: NDArray[np.intp] = np.count_nonzero(shares_draws >= bar, axis=1)
    found: NDArray[np.float64] = counts / shares_draws.shape[1]
    return found
