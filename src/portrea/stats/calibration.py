"""Raking (iterative proportional fitting) of many small tables at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.stats.threads import in_threads, slices_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ranks = NDArray[np.intp]

CHUNK = 4096
"""Areas worked on together: few enough for the cache, enough to make NumPy's calls negligible."""
KEPT = 0.6
"""Part of the areas that still move below which the others are taken out of the arrays."""
CERTAIN = 1e150
"""Odds of a share of 1, which no factor within ``BOUNDS`` moves."""
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
    size = len(rows)
    tables = np.empty((size, rows.shape[1], groups.shape[1]))
    residuals = np.zeros(size)

    def work(part: slice) -> int:
        own = seeds if len(seeds) == 1 else seeds[part]
        problem = _Chunk(own, rows[part], columns[part], groups)
        residuals[part], used = problem.solve(tolerance, most)
        problem.write(tables[part])
        return used

    used = in_threads(work, slices_of(size, CHUNK))
    return Raked(tables, residuals, max(used, default=0))


class _Chunk:
    """Some areas of :func:`rake_two_ways`, few enough to stay in the cache of a processor.

    Areas are the last axis, so that every sum runs along contiguous areas.
    """

    def __init__(self, seeds: Floats, rows: Floats, columns: Floats, groups: Floats) -> None:
        self.seeds, self.groups = seeds, groups
        self.rows, self.columns = (np.ascontiguousarray(x.T) for x in (rows, columns))
        self.grouped = np.ascontiguousarray((seeds @ groups.T).transpose(1, 2, 0))
        self.across, self.down = np.ones_like(self.rows), np.ones_like(self.columns)

    def solve(self, tolerance: float, most: int) -> tuple[Floats, int]:
        """Find the factors; return the residual of each area and the iterations used."""
        part, rows, columns = self.grouped, self.rows, self.columns
        across, down = self.across, self.down
        areas = np.arange(rows.shape[1])
        residuals, moving = np.zeros(len(areas)), np.ones(len(areas), dtype=bool)
        limit = tolerance * np.maximum(rows.sum(0), 1e-300)
        iteration = 0
        while moving.any() and iteration < most:
            iteration += 1
            sums = _over_rows(across, part)
            left = np.abs(down * sums - columns).max(0)
            residuals[areas[moving]] = left[moving]
            done = moving & (left <= limit) & (iteration > 1)
            if done.any():
                self._keep(areas, done, across, down)
                moving = moving & ~done
                if moving.sum() <= KEPT * len(moving):
                    kept = np.flatnonzero(moving)
                    areas, moving, limit = areas[kept], moving[kept], limit[kept]
                    part = part if part.shape[2] == 1 else part.take(kept, axis=2)
                    rows, columns, sums = (x.take(kept, axis=1) for x in (rows, columns, sums))
            ratio = _ratio(columns, sums)
            down = np.clip(ratio, *BOUNDS, out=ratio, where=ratio > 0)
            across = _ratio(rows, _over_groups(down, part))
        self._keep(areas, moving, across, down)
        return residuals, iteration

    def _keep(self, areas: Ranks, done: Flags, across: Floats, down: Floats) -> None:
        self.across[:, areas[done]], self.down[:, areas[done]] = across[:, done], down[:, done]

    def write(self, tables: Floats) -> None:
        """Multiply the seeds by the factors found."""
        np.multiply(self.seeds, self.across.T[:, :, None], out=tables)
        tables *= (self.down.T @ self.groups)[:, None, :]


def _over_rows(across: Floats, grouped: Floats) -> Floats:
    if grouped.shape[2] == 1:
        shared: Floats = grouped[:, :, 0].T @ across
        return shared
    own: Floats = np.einsum("rn,rgn->gn", across, grouped)
    return own


def _over_groups(down: Floats, grouped: Floats) -> Floats:
    if grouped.shape[2] == 1:
        shared: Floats = grouped[:, :, 0] @ down
        return shared
    own: Floats = np.einsum("gn,rgn->rn", down, grouped)
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
    inside = np.flatnonzero(asked[owners])
    inside = inside[np.argsort(owners[inside], kind="stable")]
    tables = np.array(shares, dtype=np.float64, order="C")
    residuals = np.zeros(len(owners))

    def work(part: slice) -> int:
        members = inside[part]
        groups, rows = np.unique(owners[members], return_inverse=True)
        shift = _Shift(tables[members], weights[members], rows, totals[groups])
        tables[members], used = shift.solve(tolerance, most)
        residuals[members] = shift.residuals[rows]
        return used

    used = in_threads(work, _whole_groups(owners[inside]))
    return Raked(tables, residuals, max(used, default=0))


def _whole_groups(sorted_owners: NDArray[np.intp]) -> list[slice]:
    """Cut sorted members into slices of about ``CHUNK`` that never cut a group."""
    if not len(sorted_owners):
        return []
    last = np.flatnonzero(np.diff(sorted_owners, append=-1)) + 1
    wanted = np.arange(CHUNK, len(sorted_owners) + CHUNK, CHUNK)
    stops = np.unique(last[np.minimum(np.searchsorted(last, wanted), len(last) - 1)])
    return [slice(int(a), int(b)) for a, b in zip([0, *stops[:-1]], stops, strict=True)]


class _Shift:
    """Some whole groups of :func:`shift_shares`, few enough for the cache of a processor."""

    def __init__(self, start: Floats, part: Floats, rows: NDArray[np.intp], totals: Floats) -> None:
        self.start, self.part, self.rows, self.totals = start, part, rows, totals
        self.target = _attainable(part, start, rows, totals)
        self.whole = self._by_group(part.sum(1))
        self.residuals = np.zeros(len(totals))

    def _by_group(self, values: Floats) -> Floats:
        return np.bincount(self.rows, values, minlength=len(self.totals))

    def solve(self, tolerance: float, most: int) -> tuple[Floats, int]:
        """Return the moved shares and the iterations used."""
        limit = tolerance * np.maximum(self.target, 1.0)
        odds = self.start / np.maximum(1.0 - self.start, 1.0 / CERTAIN)
        factor = np.ones(len(self.totals))
        low, high = np.full(len(factor), BOUNDS[0]), np.full(len(factor), BOUNDS[1])
        moved, against = np.empty_like(odds), np.empty_like(odds)
        iteration, gap = 0, np.zeros_like(factor)
        while iteration < most:
            iteration += 1
            np.multiply(odds, factor[self.rows, None], out=moved)
            np.add(moved, 1.0, out=against)
            np.reciprocal(against, out=against)
            moved *= against
            reached = self._by_group(np.einsum("nc,nc->n", self.part, moved))
            gap = reached - self.target
            if (np.abs(gap) <= limit).all():
                break
            high, low = np.where(gap > 0, factor, high), np.where(gap < 0, factor, low)
            if iteration == 1:
                ratio = _odds(self.target, self.whole) / _odds(reached, self.whole)
                factor = np.clip(ratio, low, high)
                continue
            against *= moved
            slope = self._by_group(np.einsum("nc,nc->n", self.part, against))
            factor = _next_factor(factor, gap, slope, (low, high))
        self.residuals = np.abs(gap + self.target - self.totals)
        return np.minimum(moved, 1.0), iteration


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
