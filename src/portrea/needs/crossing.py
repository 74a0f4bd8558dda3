"""C = A1 ∩ B in persons: both margins are kept, their association is a displayed scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.floating[Any]]


def joint_share(first: Array, second: Array, delta: float) -> Array:
    """Return P(A and B) from both shares and the log odds-ratio ``delta`` (Plackett, 1965).

    ``p11 = 2 ω a b / (S + √(S² − 4 ω (ω − 1) a b))``, ``S = 1 + (a + b)(ω − 1)``, ``ω = e^δ``: the
    root inside the Fréchet bounds, written so that it never cancels; ``δ = 0`` is independence. It
    is the closed form of splitting θ into θ^B and θ^¬B with a logit gap δ, A’s margin unchanged.
    """
    odds = float(np.exp(delta))
    total = 1.0 + (first + second) * (odds - 1.0)
    inside = np.maximum(total * total - 4.0 * odds * (odds - 1.0) * first * second, 0.0)
    share: Array = 2.0 * odds * first * second / (total + np.sqrt(inside))
    return share


def frechet(first: Array, second: Array) -> tuple[Array, Array]:
    """Return the least and the greatest possible P(A and B) given both shares."""
    low: Array = np.maximum(first + second - 1.0, 0.0)
    high: Array = np.minimum(first, second)
    return low, high
