"""The shortest limit that nobody is beyond, with so many places (p-center)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.reach.siting.choice import MEANS, NEVER
from portrea.reach.siting.covering import openings_needed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.siting.choice import Choice
    from portrea.reach.siting.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Radius:
    """Smallest limit found in minutes, proven lower limit, and the places that give it.

    ``is_open`` is None when even the longest known time does not suffice.
    """

    is_open: NDArray[np.bool_] | None
    minutes: float
    bound: float


def shortest_limit(problem: Problem, choice: Choice, *, seconds: float) -> Radius:
    """Return the shortest limit within which every point that a place reaches is served.

    Notes
    -----
    The limit is one of the known times: it is found by halving their list, each question (are so
    many places enough within this limit?) being a smallest cover, proven or not.
    """
    reachable = (problem.persons > 0) & np.isfinite(_with_all(problem, choice))
    if not reachable.any():
        return Radius(None, np.inf, np.inf)
    least = float(np.max(_with_all(problem, choice)[reachable]))
    levels = np.unique(problem.minutes.data)
    levels = levels[levels >= np.float32(least)].astype(np.float64)
    quota, low, high = choice.quota[MEANS], 0, len(levels)
    best, refused = None, -1
    while low < high:
        middle = (low + high) // 2
        found = openings_needed(
            problem, choice, levels[middle], seconds=seconds, among=reachable, enough=quota
        )
        if found.is_open is not None and found.count <= quota:
            best, high = found.is_open, middle
        else:
            refused = max(refused, middle if found.bound > quota else -1)
            low = middle + 1
    bound = levels[refused + 1] if refused + 1 < len(levels) else np.inf
    minutes = levels[high] if best is not None else np.inf
    return Radius(best, float(minutes), float(min(bound, minutes)))


def _with_all(problem: Problem, choice: Choice) -> NDArray[np.float32]:
    return problem.nearest(np.flatnonzero(choice.pool != NEVER))
