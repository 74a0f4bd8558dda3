"""Weights learnt from pairs that people judged, and the honest way to judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from portrea.offer.matching.scoring import BASE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Limits = tuple[float | None, float | None]

FOLDS = 10
RIDGE = 0.05
"""Penalty on the squares of the weights, so that rare evidence stays modest."""
DOUBT = 0.3
"""Target of a pair that nobody can decide: it should reach the queue."""


def targets(labels: NDArray[np.str_]) -> Real:
    """Return 1 for « oui », 0 for « non », in between for « ? »."""
    return np.where(labels == "oui", 1.0, np.where(labels == "?", DOUBT, 0.0))


def fit(
    found: Mapping[str, Real], y: Real, importance: Real, signs: Mapping[str, int]
) -> dict[str, float]:
    """Return weights by name of evidence (and ``base``), each of its declared sign.

    Notes
    -----
    Logistic regression with a ridge; pairs count as the square root of their design weight (at
    most that of 50 pairs), so that strata of obvious pairs do not hide the doubtful ones:
    :func:`calibration` then makes probabilities speak of all pairs.
    """
    names = list(signs)
    evidence = np.column_stack([found[name] for name in names])
    limits: list[Limits] = [(None, None)]
    limits += [(0.0, None) if signs[name] > 0 else (None, 0.0) for name in names]
    share = np.sqrt(np.minimum(importance, 50))
    raw = _logistic(evidence, y, share / share.mean(), RIDGE, limits)
    return dict(zip([BASE, *names], raw.tolist(), strict=True))


def _logistic(evidence: Real, y: Real, share: Real, ridge: float, limits: list[Limits]) -> Real:
    def loss(weights: Real) -> tuple[float, Real]:
        total = weights[0] + evidence @ weights[1:]
        gap = share * (expit(total) - y)
        value = (share * (np.logaddexp(0, total) - y * total)).sum()
        gradient = np.concatenate(([gap.sum()], evidence.T @ gap + 2 * ridge * weights[1:]))
        return float(value + ridge * (weights[1:] ** 2).sum()), gradient

    start = np.zeros(evidence.shape[1] + 1)
    found = minimize(loss, start, jac=True, bounds=limits, method="L-BFGS-B")
    result: Real = found.x
    return result


def totals(found: Mapping[str, Real], weights: Mapping[str, float]) -> Real:
    """Return the log odds of each pair."""
    shares = [found[name] * weight for name, weight in weights.items() if name != BASE]
    result: Real = np.sum(shares, axis=0) + weights[BASE]
    return result


def held_out(
    found: Mapping[str, Real], y: Real, importance: Real, signs: Mapping[str, int], *, seed: int = 0
) -> Real:
    """Return the log odds of each pair by weights that have not seen it (ten folds)."""
    fold = np.random.default_rng(seed).permutation(len(y)) % FOLDS
    result = np.zeros(len(y))
    for number in range(FOLDS):
        seen, hidden = fold != number, fold == number
        weights = fit({n: v[seen] for n, v in found.items()}, y[seen], importance[seen], signs)
        result[hidden] = totals({n: v[hidden] for n, v in found.items()}, weights)
    return result


def calibration(total: Real, y: Real, importance: Real) -> tuple[float, float]:
    """Return intercept and slope that make held-out log odds speak of all pairs (Platt)."""
    share = np.minimum(importance, 300)
    fitted = _logistic(total[:, None], y, share / share.mean(), 1e-6, [(None, None), (0, None)])
    return float(fitted[0]), float(fitted[1])


def calibrated(weights: Mapping[str, float], intercept: float, slope: float) -> dict[str, float]:
    """Return weights whose total is ``intercept + slope × total``."""
    scaled = {name: slope * weight for name, weight in weights.items()}
    return {**scaled, BASE: scaled[BASE] + intercept}
