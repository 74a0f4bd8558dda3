"""From costs to a set of open places with what is proven of it.

Every answer has a bound. A good set is found first (greedy, interchange); the Lagrangian bound
says how far from the best it may be, and settles most places; the solver decides the rest when
what is left is within its reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.reach.siting.exact import Solved, solve_costs
from portrea.reach.siting.fixing import settled
from portrea.reach.siting.interchange import greedy, interchange
from portrea.reach.siting.lagrange import lagrangian_bound

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from portrea.reach.siting.costs import Costs

FEW_ROUNDS, PAIRS_SEEN = 60, 30_000_000
PROVEN = 1e-9
"""Share of the cost under which value and bound are the same number."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to look.

    ``seconds`` is the most that the solver may take; it is not called on more than ``pairs`` pairs
    of points and places left to decide; ``rounds`` is the most steps of the Lagrangian bound;
    ``nearest`` keeps so many candidates per point in the solver (all when None). ``direct``: up to
    so many pairs, the solver is called at once on all of them.
    """

    seconds: float = 8.0
    pairs: int = 60_000
    rounds: int = 200
    nearest: int | None = None
    direct: int = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A set of open places, its cost, a proven lower bound, and how it was found.

    ``is_open`` is None when no set satisfies the constraints (``impossible``: proven so).
    ``pruned`` says that the solver kept the nearest candidates only.
    """

    is_open: NDArray[np.bool_] | None
    value: float
    bound: float
    impossible: bool = False
    exact: bool = False
    pruned: bool = False

    @property
    def proven(self) -> bool:
        """Whether no other set is better."""
        return self.is_open is not None and self.value - self.bound <= PROVEN * abs(self.value)


IMPOSSIBLE = Found(None, np.inf, np.inf, impossible=True)


def search(
    costs: Costs,
    effort: Effort,
    *,
    fined: Costs | None = None,
    must: sparse.csr_array | None = None,
) -> Found:
    """Return the best set found and its bound.

    Parameters
    ----------
    costs
        Pairs and choice.
    effort
        How long to look.
    fined, must
        With a constraint of equity: the same costs, where breaking it costs more than all, and the
        rows over places of which one at least must be open.
    """
    if len(costs.point) <= min(effort.direct, effort.pairs):
        return _direct(costs, effort, must)
    guide = costs if fined is None else fined
    is_open = interchange(guide, greedy(guide))
    bound = lagrangian_bound(costs, is_open, rounds=_rounds(costs, effort))
    is_open = _better(guide, is_open, interchange(guide, bound.suggested))
    if fined is None and _close(costs, is_open, bound.value):
        value = costs.value(is_open)
        return Found(is_open, value, min(bound.value, value))
    if not _allowed(is_open, must):
        return _direct(costs, effort, must)
    value = costs.value(is_open)
    left = settled(costs, bound, target=value)
    if len(left.point) > effort.pairs:
        return Found(is_open, value, min(bound.value, value))
    other, solved = solve_costs(left, seconds=effort.seconds, must=must, nearest=effort.nearest)
    return _finished(
        costs, is_open, bound.value, (other, solved), pruned=effort.nearest is not None
    )


def _rounds(costs: Costs, effort: Effort) -> int:
    """Return how many steps the bound may take: fewer where each one is long."""
    return min(effort.rounds, max(FEW_ROUNDS, PAIRS_SEEN // max(len(costs.point), 1)))


def _direct(costs: Costs, effort: Effort, must: sparse.csr_array | None) -> Found:
    """Let the solver decide everything."""
    is_open, solved = solve_costs(costs, seconds=effort.seconds, must=must)
    if is_open is None:
        return Found(None, np.inf, np.inf, impossible=not solved.feasible)
    value = costs.value(is_open)
    return Found(is_open, value, min(solved.bound, value), exact=True)


def _close(costs: Costs, is_open: NDArray[np.bool_], bound: float) -> bool:
    value = costs.value(is_open)
    return value - bound <= PROVEN * abs(value)


def _better(costs: Costs, one: NDArray[np.bool_], other: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return other if costs.value(other) < costs.value(one) else one


def _allowed(is_open: NDArray[np.bool_], must: sparse.csr_array | None) -> bool:
    return must is None or bool((must @ is_open.astype(float) >= 1).all())


def _finished(
    costs: Costs,
    is_open: NDArray[np.bool_],
    bound: float,
    decided: tuple[NDArray[np.bool_] | None, Solved],
    *,
    pruned: bool,
) -> Found:
    """Join what was known and what the solver decided; never worse than the known set."""
    value, (other, solved) = costs.value(is_open), decided
    if other is not None and costs.value(other) < value:
        is_open, value = other, costs.value(other)
    proven = solved.bound if solved.feasible else value
    return Found(is_open, value, min(max(bound, proven), value), exact=True, pruned=pruned)
