"""Composite estimator: a regression on what is known everywhere, drawn to its surroundings.

Used where the census publishes a share for some areas only (communes above 2,000 inhabitants).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ranks = NDArray[np.intp]

LEAST_SHARE = 0.002
"""Shares are kept this far from 0 and 1 before their logit is taken."""
SWEEPS = 8
MARGIN = 1e-6
"""Added, in logit, to both ends of a search: rounding does not leave the answer outside."""
EDGE = 4.0
"""A covariate is not followed beyond this many standard deviations."""


@dataclass(frozen=True, eq=False)
class Design:
    """Covariates of every area (standardised when fitted) and the groups it belongs to.

    ``covariates``: areas × covariates, without gaps; ``groups``: area index in each nested group,
    coarsest first; ``priors``: weight that draws each group's effect to zero; ``ridge``: weight
    that draws the slopes to zero.
    """

    covariates: Floats
    groups: tuple[Ranks, ...]
    priors: tuple[float, ...]
    ridge: float = 1.0

    def only(self, rows: Flags) -> Design:
        """Return the same for some areas."""
        return Design(
            self.covariates[rows], tuple(g[rows] for g in self.groups), self.priors, self.ridge
        )


def to_logit(shares: Floats) -> Floats:
    """Return the logit of shares, kept away from 0 and 1; NaN stays NaN."""
    kept: Floats = logit(np.clip(shares, LEAST_SHARE, 1.0 - LEAST_SHARE))
    return kept


def predict(shares: Floats, weights: Floats, design: Design) -> Floats:
    """Return the share expected in every area, from the areas where it is known.

    Parameters
    ----------
    shares
        Known share of each area, NaN elsewhere.
    weights
        Weight of each known share (1: the area's own deviation dominates its sampling error).

    Notes
    -----
    ``logit p = x β + u(département) + v(EPCI) + e``: the slopes by ridge regression, the two
    effects by shrinkage (BLUP with fixed variance ratios), found together by backfitting. An
    observed area is predicted too, its own figure included in the effects of its groups only.
    """
    known = np.isfinite(shares) & (weights > 0)
    response, weight = to_logit(shares[known]), weights[known]
    inner = design.only(known)
    centre = np.average(inner.covariates, axis=0, weights=weight)
    spread = inner.covariates.std(0)
    scale = np.where(spread > 0, spread, 1.0)
    table = _columns(design.covariates, centre, scale)
    sizes = [int(np.max(group)) + 1 for group in design.groups]
    slopes, effects = _backfit(response, weight, table[known], inner, sizes=sizes)
    expected: Floats = expit(table @ slopes + _effect(effects, design.groups))
    return expected


def _backfit(
    response: Floats, weight: Floats, seen: Floats, design: Design, *, sizes: Sequence[int]
) -> tuple[Floats, list[Floats]]:
    """Return the slopes and the effects of the groups, found in turn from what the others leave."""
    weighted = (seen * weight[:, None]).T
    normal = weighted @ seen + _penalty(seen.shape[1], design.ridge)
    effects = [np.zeros(size) for size in sizes]
    totals = [
        np.bincount(group, weight, minlength=size)
        for group, size in zip(design.groups, sizes, strict=True)
    ]
    slopes = np.zeros(seen.shape[1])
    for _ in range(SWEEPS):
        slopes = np.linalg.solve(normal, weighted @ (response - _effect(effects, design.groups)))
        left = response - seen @ slopes
        for rank, group in enumerate(design.groups):
            others = _effect(effects, design.groups, without=rank)
            sums = np.bincount(group, weight * (left - others), minlength=sizes[rank])
            effects[rank] = sums / (totals[rank] + design.priors[rank])
    return slopes, effects


def _columns(covariates: Floats, centre: Floats, scale: Floats) -> Floats:
    standard = np.clip((covariates - centre) / scale, -EDGE, EDGE)
    return np.column_stack([np.ones(len(standard)), standard])


def _penalty(size: int, ridge: float) -> Floats:
    penalty = np.full(size, ridge)
    penalty[0] = 0.0
    return np.diag(penalty)


def _effect(effects: Sequence[Floats], groups: Sequence[Ranks], without: int = -1) -> Floats:
    total = np.zeros(len(groups[0]))
    for rank, (effect, group) in enumerate(zip(effects, groups, strict=True)):
        if rank != without:
            total += effect[group]
    return total


def fill_gaps(values: Floats, groups: Sequence[Ranks]) -> Floats:
    """Replace missing values by the mean of the finest group that has one, then by the mean.

    ``groups``: coarsest first. Columns without any value become 0.
    """
    filled = np.array(values)
    everyone = np.zeros(len(values), dtype=np.intp)
    for column in filled.T:
        known = ~np.isnan(column)
        published = column[known].copy()
        for group in (*reversed(groups), everyone):
            gaps = np.isnan(column)
            if not gaps.any():
                break
            size = int(np.max(group)) + 1
            count = np.bincount(group[known], minlength=size)
            total = np.bincount(group[known], published, minlength=size)
            mean = np.divide(total, count, out=np.full(size, np.nan), where=count > 0)
            column[gaps] = mean[group[gaps]]
    return np.nan_to_num(filled)


def meet_total(shares: Floats, persons: Floats, free: Flags, total: float) -> tuple[Floats, float]:
    """Move the free shares by one logit shift so that the persons add up to a known total.

    Returns the shares and the shift (0 when the total is out of reach or nothing is free).
    """
    held = float((shares * persons)[~free].sum())
    wanted = total - held
    loose, weight = shares[free], persons[free]
    if not loose.size or not 0.0 < wanted < float(weight.sum()):
        return shares, 0.0
    start, mean = to_logit(loose), logit(wanted / weight.sum())
    # all the shares under their mean, then all over
    ends = mean - np.max(start) - MARGIN, mean - np.min(start) + MARGIN
    shift = float(brentq(lambda x: float(weight @ expit(start + x)) - wanted, *ends, xtol=1e-12))
    result = np.array(shares)
    result[free] = expit(start + shift)
    return result, shift
