"""The fewest places so that nobody is beyond a limit (LSCP), with a proven bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from portrea.reach.siting.choice import ALWAYS, KEPT, MEANS, NEVER
from portrea.reach.siting.exact import Program, choice_rows, solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.siting.choice import Choice
    from portrea.reach.siting.problem import Problem

ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Fewest:
    """A smallest set of places: how many count, the proven least count.

    ``is_open`` is None when none was found; ``bound`` is infinite when it is proven that none
    exists.
    """

    is_open: NDArray[np.bool_] | None
    count: float
    bound: float


def must_rows(
    problem: Problem, choice: Choice, minutes: float, *, among: NDArray[np.bool_] | None = None
) -> sparse.csr_array | None:
    """Return, for each point not near a place always open, the places that would be near it.

    ``among`` are the points concerned, those where somebody asks by default. None when a point has
    no place at all within the limit.
    """
    among = problem.persons > 0 if among is None else among
    near = problem.minutes.copy()
    near.data = (near.data <= minutes).astype(np.float64)
    near.eliminate_zeros()
    safe = (near @ (choice.pool == ALWAYS).astype(float)) > 0
    rows = near[np.flatnonzero(among & ~safe)]
    rows = (rows @ sparse.diags_array((choice.pool != NEVER).astype(float))).tocsr()
    rows.eliminate_zeros()
    if (np.diff(rows.indptr) == 0).any():
        return None
    return _distinct(rows)


def _distinct(rows: sparse.csr_array) -> sparse.csr_array:
    """Keep one row of each set of places."""
    if not rows.shape[0]:
        return rows
    marks = np.random.default_rng(0).integers(1, 2**62, rows.shape[1], dtype=np.uint64)
    sums = np.add.reduceat(marks[rows.indices], rows.indptr[:-1])
    _, first = np.unique(sums, return_index=True)
    return rows[np.sort(first)]


def fewest(
    must: sparse.csr_array,
    choice: Choice,
    counted: NDArray[np.bool_],
    *,
    seconds: float,
    enough: float = -1.0,
) -> Fewest:
    """Return the fewest places, of those ``counted``, that satisfy every row.

    Parameters
    ----------
    must
        Rows over places, one of which at least is open in each row.
    choice
        Pools; the quota of the pool of kept places is respected, that of the means is not.
    counted
        Places that count.
    seconds
        Longest time of the solver.
    enough
        Stop as soon as it is known whether that many suffice.
    """
    first = _greedy(must, choice, counted)
    least = float(_packing(must, counted))
    count = np.inf if first is None else float(first[counted].sum())
    if count <= least or count <= enough or least > enough >= 0:
        return Fewest(first, count, min(least, count))
    free = counted & (choice.pool != ALWAYS)
    quotas, high = choice_rows(_unbounded(choice, len(counted)), len(counted))
    program = Program(
        cost=counted.astype(float),
        rows=sparse.vstack([must, quotas]).tocsr(),
        low=np.concatenate((np.ones(must.shape[0]), np.full(len(high), -np.inf))),
        high=np.concatenate((np.full(must.shape[0], np.inf), high)),
        integral=np.ones(len(counted), dtype=bool),
        lower=(choice.pool == ALWAYS).astype(float),
        upper=((choice.pool != NEVER) | free).astype(float),
    )
    solved = solve(program, seconds=seconds)
    if not solved.feasible:
        return Fewest(None, np.inf, np.inf)
    bound = max(least, np.ceil(solved.bound - ROUNDING)) if np.isfinite(solved.bound) else least
    if solved.values is None or solved.value >= count:
        return Fewest(first, count, min(bound, count))
    is_open = solved.values > 0.5
    return Fewest(is_open, float(is_open[counted].sum()), bound)


def _unbounded(choice: Choice, places: int) -> Choice:
    return type(choice)(choice.pool, (places, choice.quota[KEPT]))


def _greedy(
    must: sparse.csr_array, choice: Choice, counted: NDArray[np.bool_]
) -> NDArray[np.bool_] | None:
    """Open what satisfies most rows, then close what is not needed; None when quotas bind."""
    is_open: NDArray[np.bool_] = choice.pool == ALWAYS
    columns = must.tocsc()
    lacking = (must @ is_open.astype(float)) < 1
    gains = np.asarray(must.T @ lacking.astype(float)).ravel()
    kept = choice.quota[KEPT]
    while lacking.any():
        allowed = ~is_open & (choice.pool != NEVER) & ((choice.pool != KEPT) | (kept > 0))
        place = int(np.argmax(np.where(allowed, gains - 0.5 * counted, -np.inf)))
        if not allowed[place] or gains[place] < 1:
            return None
        is_open[place] = True
        kept -= int(choice.pool[place] == KEPT)
        rows = columns.indices[columns.indptr[place] : columns.indptr[place + 1]]
        rows = rows[lacking[rows]]
        lacking[rows] = False
        gains -= np.asarray(must[rows].sum(axis=0)).ravel()
    times = must @ is_open.astype(float)
    for place in np.flatnonzero(is_open & counted & (choice.pool != ALWAYS))[::-1]:
        rows = columns.indices[columns.indptr[place] : columns.indptr[place + 1]]
        if (times[rows] > 1).all():
            is_open[place] = False
            times[rows] -= 1
    return is_open


def _packing(must: sparse.csr_array, counted: NDArray[np.bool_]) -> int:
    """Return how many rows share no place, all of whose places count: as many are needed."""
    taken = np.zeros(must.shape[1], dtype=bool)
    found = 0
    for row in np.argsort(np.diff(must.indptr), kind="stable"):
        places = must.indices[must.indptr[row] : must.indptr[row + 1]]
        if counted[places].all() and not taken[places].any():
            taken[places] = True
            found += 1
    return found


def openings_needed(
    problem: Problem,
    choice: Choice,
    minutes: float,
    *,
    seconds: float,
    among: NDArray[np.bool_] | None = None,
    enough: float = -1.0,
) -> Fewest:
    """Return the fewest places that share the means so that nobody is beyond ``minutes``."""
    must = must_rows(problem, choice, minutes, among=among)
    if must is None:
        return Fewest(None, np.inf, np.inf)
    return fewest(must, choice, choice.pool == MEANS, seconds=seconds, enough=enough)
