"""Nobody too far: the fewest places within a limit (LSCP), the shortest limit (p-center)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.estimates import integer
from portrea.reach.siting.center import shortest_limit
from portrea.reach.siting.choice import ALWAYS, MEANS, Choice, choice_of
from portrea.reach.siting.costs import median_costs
from portrea.reach.siting.covering import fewest, must_rows
from portrea.reach.siting.equity import left_out, why_impossible
from portrea.reach.siting.models import ANY_EFFORT, tidied
from portrea.reach.siting.params import default_parameters
from portrea.reach.siting.plan import Model, Plan, Relaxation, plan_of, refusal
from portrea.reach.siting.problem import State, check_threshold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.siting.problem import Problem
    from portrea.reach.siting.search import Effort


def set_cover(
    problem: Problem, *, threshold: float | None = None, effort: Effort = ANY_EFFORT
) -> Plan:
    """Place the fewest places so that nobody is beyond the threshold (LSCP).

    Fixed places stay; the others, existing or not, are open only if needed. The objective is the
    number of open places, fixed ones included.
    """
    threshold = check_threshold(problem, threshold or default_parameters().threshold)
    pool = np.where(problem.states == State.FIXED, ALWAYS, MEANS).astype(np.int8)
    choice = Choice(pool, (len(pool), 0))
    must = must_rows(problem, choice, threshold)
    if must is None:
        nearest = problem.nearest(np.arange(len(pool)))
        beyond = (problem.persons > 0) & ~(nearest <= threshold)
        reasons = (
            *_reach(problem, nearest, threshold),
            left_out(problem, beyond, threshold, proven=True),
        )
        return refusal(problem, Model.LSCP, threshold=threshold, relaxations=reasons)
    found = fewest(must, choice, np.ones(len(pool), dtype=bool), seconds=effort.seconds)
    assert found.is_open is not None, "every row has a place and no quota binds"
    proof = (found.count, max(found.bound, float((pool == ALWAYS).sum())))
    return plan_of(problem, found.is_open, Model.LSCP, threshold=threshold, proof=proof)


def _reach(
    problem: Problem, nearest: NDArray[np.float32], threshold: float
) -> tuple[Relaxation, ...]:
    """Return the limit that the places of the table could hold, when it reaches everybody."""
    needed = float(np.max(nearest[problem.persons > 0]))
    if not np.isfinite(needed):
        return ()
    sentence = f"Accepter {np.ceil(needed):g} minutes au lieu de {threshold:g}."
    return (Relaxation("minutes", needed, sentence),)


def p_center(
    problem: Problem,
    *,
    openings: int,
    closures: int = 0,
    threshold: float | None = None,
    effort: Effort = ANY_EFFORT,
) -> Plan:
    """Place so that the longest time to the nearest open place is shortest (p-center).

    The objective is in minutes. Points that no place of the table reaches are set aside, and said.
    """
    threshold = check_threshold(problem, threshold or default_parameters().threshold)
    choice = choice_of(problem, openings=openings, closures=closures)
    found = shortest_limit(problem, choice, seconds=effort.seconds)
    if found.is_open is None:
        reached = problem.nearest(np.arange(len(problem.places))) <= problem.limit
        known = replace(problem, persons=np.where(reached, problem.persons, 0.0))
        reasons = why_impossible(known, choice, minutes=problem.limit, effort=effort)
        return refusal(problem, Model.P_CENTER, threshold=threshold, relaxations=reasons)
    is_open = tidied(problem, median_costs(problem, choice), found.is_open)
    return plan_of(
        problem,
        is_open,
        Model.P_CENTER,
        threshold=threshold,
        proof=(found.minutes, found.bound),
        notes=_set_aside(problem),
    )


def _set_aside(problem: Problem) -> tuple[str, ...]:
    nearest = problem.nearest(np.arange(len(problem.places)))
    far = ~np.isfinite(nearest) & (problem.persons > 0)
    if not far.any():
        return ()
    return (
        f"{integer(problem.persons[far].sum())} personnes de {far.sum()} zones, qu’aucun lieu "
        f"n’approche à moins de {problem.limit:g} minutes, sont mises à part.",
    )
