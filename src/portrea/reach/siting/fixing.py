"""Places settled before the solver: those that no best set opens, those that every one opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.reach.siting.choice import ALWAYS, KEPT, MEANS, NEVER, Choice
from portrea.reach.siting.costs import Costs

if TYPE_CHECKING:
    from portrea.reach.siting.lagrange import Bound

MARGIN = 1e-9


def settled(costs: Costs, bound: Bound, *, target: float) -> Costs:
    """Return the costs where places are fixed whenever doing otherwise costs more than ``target``.

    Notes
    -----
    In a pool, opening one more place closes the dearest of those suggested, and closing one opens
    the cheapest of the others: when the bound so changed exceeds a known set's cost, it is proved
    that no better set does it.
    """
    pool, quota = costs.choice.pool.copy(), list(costs.choice.quota)
    room = target - bound.value + MARGIN * abs(target)
    for number in (MEANS, KEPT):
        members = costs.choice.members(number)
        if not quota[number] or quota[number] >= len(members):
            continue
        inside = members[bound.suggested[members]]
        outside = members[~bound.suggested[members]]
        dearest = float(np.max(bound.reduced[inside]))
        cheapest = float(np.min(bound.reduced[outside]))
        never = outside[bound.reduced[outside] - dearest > room]
        always = inside[cheapest - bound.reduced[inside] > room]
        pool[never], pool[always] = NEVER, ALWAYS
        quota[number] -= len(always)
    kept = np.flatnonzero(pool[costs.place] != NEVER)
    choice = Choice(pool, (quota[0], quota[1]))
    return Costs(
        costs.point[kept], costs.place[kept], costs.cost[kept], costs.none, costs.places, choice
    )
