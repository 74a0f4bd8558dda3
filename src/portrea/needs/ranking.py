"""Ranks of areas, draw by draw: an interval does not say who comes first, these do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rank_probabilities(shares_draws: NDArray[np.floating[Any]], k: int) -> NDArray[np.float64]:
    """Return P(rank ≤ k) of each area (a share in [0, 1]), rank 1 being the largest.

    Parameters
    ----------
    shares_draws
        Areas × draws. Any quantity that can be compared (share, persons).
    k
        Largest rank that counts as « first ».

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
    turned = np.ascontiguousarray(shares_draws.T)
    least = np.partition(turned, areas - k, axis=1)[:, areas - k]
    found: NDArray[np.float64] = (shares_draws >= least).mean(1)
    return found
