"""The same costs as a mixed-integer program, solved by HiGHS inside SciPy.

Notes
-----
Radius formulation (Cornuéjols, Nemhauser and Wolsey, 1980), chained so that it stays sparse: for
the costs ``D1 < D2 < …`` of a point, ``z_l ≥ z_(l−1) − Σ (places at cost D_l)`` says that none of
its ``l`` first costs is open. Only the choice of places is integer. Keeping the ``K`` nearest
places counts every farther one at the next cost: the solution is a real one, and the bound
remains a bound of the whole problem (Church, 2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from portrea.reach.siting.choice import ALWAYS, KEPT, MEANS, NEVER, Choice
from portrea.reach.siting.costs import Costs, least

if TYPE_CHECKING:
    from numpy.typing import NDArray

STOPPED, INFEASIBLE = 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What the solver found.

    ``values`` are None when nothing was found; ``bound`` is proven; ``feasible`` is False only
    when the solver proved that nothing satisfies the constraints.
    """

    values: NDArray[np.float64] | None
    value: float
    bound: float
    feasible: bool


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A mixed-integer program: minimise ``cost``, rows between ``low`` and ``high``."""

    cost: NDArray[np.float64]
    rows: sparse.csr_array
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    integral: NDArray[np.bool_]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def solve(program: Program, *, seconds: float) -> Solved:
    """Minimise, and say what is proven when the time is over."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    scale = float(np.abs(program.cost).max(initial=0.0)) or 1.0
    found = milp(
        program.cost / scale,
        integrality=program.integral.astype(np.int8),
        bounds=Bounds(program.lower, program.upper),
        constraints=LinearConstraint(program.rows, program.low, program.high),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    bound = -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound) * scale
    value = np.inf if found.x is None else float(found.fun) * scale
    return Solved(found.x, value, min(bound, value), found.status != INFEASIBLE)


def choice_rows(choice: Choice, columns: int) -> tuple[sparse.csr_array, NDArray[np.float64]]:
    """Return the rows « at most so many of each pool », over ``columns`` variables."""
    pools = [pool for pool in (MEANS, KEPT) if (choice.pool == pool).any()]
    members = [choice.members(pool) for pool in pools]
    parts = [(np.full(len(m), row), m, 1.0) for row, m in enumerate(members)]
    empty = np.zeros(0, dtype=np.intp)
    rows = _cells((len(pools), columns), (empty, empty, 1.0), *parts)
    return rows, np.array([float(choice.quota[pool]) for pool in pools])


def solve_costs(
    costs: Costs,
    *,
    seconds: float,
    must: sparse.csr_array | None = None,
    nearest: int | None = None,
) -> tuple[NDArray[np.bool_] | None, Solved]:
    """Return the open places of least cost and what is proven of the whole problem.

    Parameters
    ----------
    costs
        Pairs and choice.
    seconds
        Longest time of the solver.
    must
        Rows over places: one place at least of each row is open.
    nearest
        Keep so many places per point, the others counting at the next cost.
    """
    program, constant = _program(_pruned(_folded(costs), nearest), must)
    solved = solve(program, seconds=seconds)
    solved = Solved(
        solved.values, solved.value + constant, solved.bound + constant, solved.feasible
    )
    if solved.values is None:
        return None, solved
    return solved.values[: costs.places] > 0.5, solved


def _folded(costs: Costs) -> Costs:
    """Count the places always open in the cost of none, and drop the pairs that cost more."""
    is_open = costs.choice.pool == ALWAYS
    none = least(costs, is_open)[0]
    kept = np.flatnonzero((costs.cost < none[costs.point]) & ~is_open[costs.place])
    return Costs(
        costs.point[kept], costs.place[kept], costs.cost[kept], none, costs.places, costs.choice
    )


def _pruned(costs: Costs, nearest: int | None) -> Costs:
    """Keep the ``nearest`` pairs of each point, the next cost standing for all the others."""
    if nearest is None:
        return costs
    rank = np.arange(len(costs.point)) - costs.pointers[costs.point]
    none = costs.none.copy()
    following = np.flatnonzero(rank == nearest)
    none[costs.point[following]] = costs.cost[following]
    kept = np.flatnonzero((rank < nearest) & (costs.cost < none[costs.point]))
    return Costs(
        costs.point[kept], costs.place[kept], costs.cost[kept], none, costs.places, costs.choice
    )


def _program(costs: Costs, must: sparse.csr_array | None) -> tuple[Program, float]:
    """Return the chained program, and its constant."""
    starts = np.ones(len(costs.point), dtype=bool)
    same = costs.point[1:] == costs.point[:-1]
    starts[1:] = ~(same & (costs.cost[1:] == costs.cost[:-1]))
    level = np.cumsum(starts) - 1
    point, value = costs.point[starts], costs.cost[starts]
    count = len(point)
    opening = np.ones(count, dtype=bool)
    opening[1:] = point[1:] != point[:-1]
    following = costs.none[point]
    following[:-1] = np.where(opening[1:], following[:-1], value[1:])
    constant = float(value[opening].sum()) + float(
        costs.none.sum() - costs.none[point[opening]].sum()
    )
    columns = costs.places + count
    here = np.arange(count)
    later = here[~opening]
    served = (level, costs.place, 1.0)
    chain = (here, costs.places + here, 1.0)
    back = (later, costs.places + later - 1, -1.0)
    blocks = [_cells((count, columns), served, chain, back)]
    quotas, high = choice_rows(costs.choice, columns)
    blocks.append(quotas)
    low = [opening.astype(float), np.full(len(high), -np.inf)]
    top = [np.full(count, np.inf), high]
    if must is not None:
        blocks.append(sparse.hstack([must, sparse.csr_array((must.shape[0], count))]).tocsr())
        low.append(np.ones(must.shape[0]))
        top.append(np.full(must.shape[0], np.inf))
    program = Program(
        cost=np.concatenate((np.zeros(costs.places), following - value)),
        rows=sparse.vstack(blocks).tocsr(),
        low=np.concatenate(low),
        high=np.concatenate(top),
        integral=np.arange(columns) < costs.places,
        lower=np.concatenate(((costs.choice.pool == ALWAYS).astype(float), np.zeros(count))),
        upper=np.concatenate(((costs.choice.pool != NEVER).astype(float), np.ones(count))),
    )
    return program, constant


def _cells(
    shape: tuple[int, int], *parts: tuple[NDArray[np.integer], NDArray[np.integer], float]
) -> sparse.csr_array:
    """Return a matrix from groups of (rows, columns, one value)."""
    rows = np.concatenate([part[0] for part in parts])
    columns = np.concatenate([part[1] for part in parts])
    values = np.concatenate([np.full(len(part[0]), part[2]) for part in parts])
    return sparse.csr_array((values, (rows, columns)), shape=shape)
