"""Raking (iterative proportional fitting) of many small tables at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BOUNDS = 1e-100, 1e100
"""Bounds of the column factors, which zeros that contradict the margins push apart for ever."""


@dataclass(frozen=True, slots=True)
class Margin:
    """Targets for disjoint groups of cells.

    ``groups`` has one row per group and one column per cell (0 or 1; a cell belongs to one group at
    most); ``targets`` one row per area and one column per group, in persons.
    """

    groups: Floats
    targets: Floats


@dataclass(frozen=True, slots=True)
class Raked:
    """Calibrated tables, largest residual of each area (persons) and iterations used."""

    tables: Floats
    residuals: Floats
    iterations: int


def rake(
    seeds: Floats, margins: Sequence[Margin], *, tolerance: float = 1e-6, most: int = 400
) -> Raked:
    """Scale ``seeds`` (areas × cells) until every margin of every area is reached, in persons.

    Parameters
    ----------
    seeds
        Starting tables, flattened; a zero cell is structural and stays zero.
    margins
        Margins applied in turn; the last one holds exactly at the end.
    tolerance
        Largest residual accepted, as a share of the area's total.

    Notes
    -----
    Deming and Stephan (1940): multiplying a group of cells by target / current sum keeps the odds
    ratios of the seed. A converged area leaves the loop, so that fifty thousand areas stay fast.
    Margins that contradict one another, or a target on a group of structural zeros, cannot be
    reached: the residual says so and nothing is hidden.
    """
    tables = np.array(seeds, dtype=np.float64)
    residuals = np.zeros(len(tables))
    active = np.arange(len(tables))
    limit = tolerance * np.maximum(margins[-1].targets.sum(1), 1.0)
    iteration = 0
    while active.size and iteration < most:
        iteration += 1
        part = tables[active]
        for margin in margins:
            part *= _factors(part, margin, active)
        tables[active] = part
        left = _largest_residual(part, margins, active)
        residuals[active] = left
        active = active[left > limit[active]]
    return Raked(tables, residuals, iteration)


def rake_two_ways(
    seeds: Floats,
    rows: Floats,
    columns: Floats,
    groups: Floats,
    *,
    tolerance: float = 1e-6,
    most: int = 400,
) -> Raked:
    """Rake areas × rows × columns tables to their row sums and to sums over groups of columns.

    The same result as :func:`rake` in factored form, ``x = seed · r[row] · c[group]``, so that
    one iteration costs rows × groups and not rows × columns.

    Parameters
    ----------
    seeds
        One table per area, or a single one (first axis 1) for all.
    rows, columns
        Targets by area, in persons or shares; the rows hold exactly at the end.
    groups
        Partition of the columns: one line per group, 0 or 1.
    """
    grouped = seeds @ groups.T
    size = len(rows)
    across, down = np.ones_like(rows), np.ones_like(columns)
    residuals = np.zeros(size)
    active = np.arange(size)
    limit = tolerance * np.maximum(rows.sum(1), 1e-300)
    iteration = 0
    while active.size and iteration < most:
        iteration += 1
        part = grouped if len(grouped) == 1 or len(active) == size else grouped[active]
        sums = _over_rows(across[active], part)
        left = np.abs(down[active] * sums - columns[active]).max(1)
        residuals[active] = left
        if iteration > 1 and not (moving := left > limit[active]).all():
            active, sums = active[moving], sums[moving]
            part = part if len(part) == 1 else part[moving]
        ratio = _ratio(columns[active], sums)
        down[active] = np.where(ratio > 0, np.clip(ratio, *BOUNDS), 0.0)
        across[active] = _ratio(rows[active], _over_groups(down[active], part))
    tables = seeds * across[:, :, None]
    tables *= (down @ groups)[:, None, :]
    return Raked(tables, residuals, iteration)


def _over_rows(across: Floats, grouped: Floats) -> Floats:
    if len(grouped) == 1:
        shared: Floats = across @ grouped[0]
        return shared
    own: Floats = np.einsum("nr,nrg->ng", across, grouped)
    return own


def _over_groups(down: Floats, grouped: Floats) -> Floats:
    if len(grouped) == 1:
        shared: Floats = down @ grouped[0].T
        return shared
    own: Floats = np.einsum("ng,nrg->nr", down, grouped)
    return own


def _ratio(targets: Floats, sums: Floats) -> Floats:
    return np.divide(targets, sums, out=np.zeros_like(targets), where=sums > 0)


def _factors(part: Floats, margin: Margin, active: NDArray[np.intp]) -> Floats:
    sums = part @ margin.groups.T
    targets = margin.targets[active]
    ratio = np.divide(targets, sums, out=np.zeros_like(sums), where=sums > 0)
    outside = 1.0 - margin.groups.sum(0)
    factors: Floats = ratio @ margin.groups + outside
    return factors


def _largest_residual(part: Floats, margins: Sequence[Margin], active: NDArray[np.intp]) -> Floats:
    worst = [np.abs(part @ m.groups.T - m.targets[active]).max(1) for m in margins]
    largest: Floats = np.max(worst, axis=0)
    return largest


def spread(
    totals: Floats, owners: NDArray[np.intp], weights: Floats, *, fallback: Floats
) -> Floats:
    """Share each total among its members, in proportion to their weights, exactly additively.

    ``owners`` gives for each member the index of its total. Where the weights of a whole group are
    zero, ``fallback`` weights are used (then equal shares).
    """
    size = len(totals)
    chosen = weights.astype(np.float64)
    for other in (fallback, np.ones_like(chosen)):
        empty = np.bincount(owners, chosen, minlength=size) <= 0
        chosen = np.where(empty[owners], other, chosen)
    sums = np.bincount(owners, chosen, minlength=size)
    shares: Floats = totals[owners] * chosen / sums[owners]
    return shares


def shift_shares(
    shares: Floats,
    weights: Floats,
    owners: NDArray[np.intp],
    totals: Floats,
    *,
    tolerance: float = 1e-9,
    most: int = 60,
) -> Raked:
    """Move the shares of each group by one logit shift so that the weighted sum is its total.

    Parameters
    ----------
    shares
        Members × cells, in [0, 1]; 0 and 1 are structural and stay.
    weights
        Members × cells, in persons.
    owners, totals
        Group of each member, and total asked of each group (NaN: nothing asked, nothing moved).

    Returns
    -------
    Raked
        Moved shares; residual of each member's group (persons): what a total above the sum of the
        cells free to move, or below that of the cells bound to 1, leaves.

    Notes
    -----
    The limit of raking a table cells × {yes, no} to its cell sums and to one total: raking
    multiplies the odds of every cell by the same factor. Newton's method on the logarithm of that
    factor, started from the ratio of the aggregate odds and kept in a bracket.
    """
    asked = np.isfinite(totals)
    size = len(totals)
    inside = asked[owners]
    rows, part, start = owners[inside], weights[inside], shares[inside]
    target = _attainable(part, start, rows, np.where(asked, totals, 0.0))
    limit = tolerance * np.maximum(target, 1.0)
    factor, moved = np.ones(size), start
    low, high = np.full(size, BOUNDS[0]), np.full(size, BOUNDS[1])
    iteration = 0
    while iteration < most:
        iteration += 1
        moved = start * factor[rows, None] / (1.0 + start * (factor[rows, None] - 1.0))
        weighted = part * moved
        gap = np.bincount(rows, weighted.sum(1), minlength=size) - target
        if (np.abs(gap) <= limit).all():
            break
        high, low = np.where(gap > 0, factor, high), np.where(gap < 0, factor, low)
        if iteration == 1:
            whole = np.bincount(rows, part.sum(1), minlength=size)
            factor = np.clip(_odds(target, whole) / _odds(gap + target, whole), low, high)
            continue
        slope = np.bincount(rows, np.einsum("nc,nc->n", weighted, 1.0 - moved), minlength=size)
        factor = _next_factor(factor, gap, slope, (low, high))
    tables = np.array(shares, dtype=np.float64)
    tables[inside] = np.minimum(moved, 1.0)
    reached = np.bincount(rows, np.einsum("nc,nc->n", part, moved), minlength=size)
    residuals = np.where(asked, np.abs(reached - np.nan_to_num(totals)), 0.0)
    return Raked(tables, residuals[owners], iteration)


def _odds(part: Floats, whole: Floats) -> Floats:
    odds: Floats = np.maximum(part, 1e-9) / np.maximum(whole - part, 1e-9)
    return odds


def _attainable(part: Floats, start: Floats, rows: NDArray[np.intp], asked: Floats) -> Floats:
    """Bring each total inside what cells of share 0 and 1, which cannot move, leave possible."""
    size = len(asked)
    least = np.bincount(rows, (part * (start >= 1)).sum(1), minlength=size)
    most = np.bincount(rows, (part * (start > 0)).sum(1), minlength=size)
    return np.clip(asked, least, most)


def _next_factor(
    factor: Floats, gap: Floats, slope: Floats, bracket: tuple[Floats, Floats]
) -> Floats:
    """One Newton step on the logarithm, at most e³, halved geometrically when it leaves."""
    low, high = bracket
    steep = slope > np.abs(gap) * 1e-9
    step = np.divide(gap, slope, out=np.sign(gap) * 3.0, where=steep)
    newton = factor * np.exp(-np.clip(step, -3.0, 3.0))
    inside = (newton > low) & (newton < high)
    following: Floats = np.where(inside, newton, np.sqrt(low) * np.sqrt(high))
    return following
