"""Most people covered (MCLP) and least mean time (p-median): the models that share the costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.reach.siting.choice import KEPT, MEANS, choice_of
from portrea.reach.siting.costs import cover_costs, least, median_costs
from portrea.reach.siting.covering import must_rows
from portrea.reach.siting.equity import why_impossible
from portrea.reach.siting.params import default_parameters
from portrea.reach.siting.plan import Model, Plan, plan_of, refusal
from portrea.reach.siting.problem import State, check_threshold
from portrea.reach.siting.search import IMPOSSIBLE, Effort, search

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from portrea.reach.siting.choice import Choice
    from portrea.reach.siting.costs import Costs
    from portrea.reach.siting.problem import Problem
    from portrea.reach.siting.search import Found

ANY_EFFORT = Effort()
MEDIAN_EFFORT = Effort(nearest=default_parameters().nearest_candidates)


def maximal_cover(
    problem: Problem,
    *,
    openings: int,
    closures: int = 0,
    threshold: float | None = None,
    equity: float | None = None,
    effort: Effort = ANY_EFFORT,
) -> Plan:
    """Place so that most people have an open place within the threshold (MCLP).

    Parameters
    ----------
    problem
        Demand, places, states and times.
    openings
        Places that open with new means.
    closures
        Removable places that close without being replaced.
    threshold
        Minutes within which a person is covered; the parameter by default.
    equity
        Nobody may be farther than these minutes from an open place.
    effort
        How long to look.
    """
    threshold = check_threshold(problem, threshold or default_parameters().threshold)
    choice = choice_of(problem, openings=openings, closures=closures)

    def costs(limit: float | None) -> Costs:
        return cover_costs(problem, choice, threshold=threshold, equity=limit)

    return _planned(problem, Model.MCLP, costs, threshold=threshold, equity=equity, effort=effort)


def p_median(
    problem: Problem,
    *,
    openings: int,
    closures: int = 0,
    threshold: float | None = None,
    equity: float | None = None,
    effort: Effort = MEDIAN_EFFORT,
) -> Plan:
    """Place so that the mean time to the nearest open place is shortest (p-median).

    The objective is in person-minutes; a person beyond the table of times counts its limit.
    ``threshold`` only serves the figures. Other parameters are those of :func:`maximal_cover`.
    """
    threshold = check_threshold(problem, threshold or default_parameters().threshold)
    choice = choice_of(problem, openings=openings, closures=closures)

    def costs(limit: float | None) -> Costs:
        return median_costs(problem, choice, equity=limit)

    return _planned(
        problem, Model.P_MEDIAN, costs, threshold=threshold, equity=equity, effort=effort
    )


def _planned(
    problem: Problem,
    model: Model,
    costs_of: Callable[[float | None], Costs],
    *,
    threshold: float,
    equity: float | None,
    effort: Effort,
) -> Plan:
    """Search the plan of least cost; ``costs_of`` gives the costs with a limit for all, or none."""
    costs, fined = costs_of(None), None
    if equity is not None:
        equity = check_threshold(problem, equity, name="La limite pour tous")
        fined = costs_of(equity)
    found = _looked(problem, costs, fined, equity, effort)
    if found.is_open is None:
        reasons = why_impossible(problem, costs.choice, minutes=equity or 0.0, effort=effort)
        return refusal(problem, model, threshold=threshold, relaxations=reasons)
    is_open = tidied(problem, fined or costs, found.is_open)
    proof = (found.value, found.value if found.proven else found.bound)
    return plan_of(
        problem,
        is_open,
        model,
        threshold=threshold,
        proof=_persons_proven(problem, found) if model is Model.MCLP else proof,
        notes=_notes(costs.choice, is_open, found),
    )


def _looked(
    problem: Problem, costs: Costs, fined: Costs | None, equity: float | None, effort: Effort
) -> Found:
    """Search, with the rows of equity when there is a limit for all."""
    if equity is None:
        return search(costs, effort)
    must = must_rows(problem, costs.choice, equity)
    return IMPOSSIBLE if must is None else search(costs, effort, fined=fined, must=must)


def _persons_proven(problem: Problem, found: Found) -> tuple[float, float]:
    """Return the persons covered and the most that any plan covers."""
    covered = problem.total - found.value
    return covered, covered if found.proven else min(problem.total - found.bound, problem.total)


def _notes(choice: Choice, is_open: NDArray[np.bool_], found: Found) -> tuple[str, ...]:
    notes = []
    spare = choice.quota[MEANS] - int(is_open[choice.members(MEANS)].sum())
    if spare > 0:
        notes.append(
            f"{spare} ouverture{'s' if spare > 1 else ''} de moins que permis : "
            "un lieu de plus n’apporterait rien à ce que ce modèle mesure."
        )
    if found.pruned:
        notes.append(
            f"Calcul restreint aux {default_parameters().nearest_candidates} candidats les plus "
            "proches de chaque zone ; la limite prouvée est celle du problème entier."
        )
    if not found.exact and not found.proven:
        notes.append("Trop grand pour une résolution exacte : recherche approchée, écart prouvé.")
    return tuple(notes)


def tidied(problem: Problem, costs: Costs, is_open: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Close the candidates that bring nothing, and reopen what exists while the quotas allow."""
    is_open = is_open.copy()
    while True:
        idle = is_open & (problem.states == State.CANDIDATE) & (_brought(costs, is_open) <= 0)
        if not idle.any():
            break
        is_open[np.flatnonzero(idle)[-1]] = False
    for pool, state in ((MEANS, State.MOVABLE), (KEPT, State.REMOVABLE)):
        members = costs.choice.members(pool)
        spare = costs.choice.quota[pool] - int(is_open[members].sum())
        shut = np.flatnonzero(~is_open & (problem.states == state) & (costs.choice.pool == pool))
        is_open[shut[: max(spare, 0)]] = True
    return is_open if problem.hours is None else _spared(costs, is_open, problem.hours)


def _spared(
    costs: Costs, is_open: NDArray[np.bool_], hours: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Close, of the places whose closing loses as little, those that give fewest hours of help."""
    mine = np.zeros(costs.places, dtype=bool)
    mine[costs.choice.members(KEPT)] = True
    shut = np.flatnonzero(mine & ~is_open)
    for row in shut[np.argsort(-hours[shut], kind="stable")]:
        is_open[row] = True
        idle = np.flatnonzero(mine & is_open & (_brought(costs, is_open) <= 0))
        is_open[min(idle.tolist(), key=lambda one: (hours[one], one != row), default=row)] = False
    return is_open


def _brought(costs: Costs, is_open: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what the closing of each open place alone would cost."""
    best, holder, runner = least(costs, is_open)
    held = holder >= 0
    lost: NDArray[np.float64] = np.bincount(
        holder[held], (runner - best)[held], minlength=costs.places
    )
    return lost
