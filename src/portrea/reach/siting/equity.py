"""When « nobody beyond so many minutes » is impossible: why, and the smallest change that mends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.base.estimates import integer
from portrea.reach.siting.center import shortest_limit
from portrea.reach.siting.choice import MEANS
from portrea.reach.siting.costs import cover_costs, least
from portrea.reach.siting.covering import openings_needed
from portrea.reach.siting.plan import Relaxation
from portrea.reach.siting.problem import State
from portrea.reach.siting.search import search

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.siting.choice import Choice
    from portrea.reach.siting.problem import Problem
    from portrea.reach.siting.search import Effort

NAMED = 3


def why_impossible(
    problem: Problem, choice: Choice, *, minutes: float, effort: Effort
) -> tuple[Relaxation, ...]:
    """Return the smallest changes, one rule at a time, that make a limit for all possible."""
    return (
        *_more_places(problem, choice, minutes, effort),
        *_longer(problem, choice, minutes, effort),
        *_left_out(problem, choice, minutes, effort),
    )


def _more_places(
    problem: Problem, choice: Choice, minutes: float, effort: Effort
) -> tuple[Relaxation, ...]:
    found = openings_needed(problem, choice, minutes, seconds=effort.seconds)
    if found.is_open is None:
        return ()
    more = found.count - choice.quota[MEANS]
    proven = found.bound >= found.count
    sentence = (
        f"Ouvrir {integer(more)} lieu{'x' if more > 1 else ''} de plus : avec "
        f"{integer(found.count - _movable(problem))} ouvertures au lieu de "
        f"{choice.quota[MEANS] - _movable(problem)}, personne n’est à plus de {minutes:g} minutes"
        + ("." if proven else f" (au moins {integer(found.bound - choice.quota[MEANS])} de plus).")
    )
    return (Relaxation("places", more, sentence, proven=proven),)


def _movable(problem: Problem) -> int:
    return int((problem.states == State.MOVABLE).sum())


def _longer(
    problem: Problem, choice: Choice, minutes: float, effort: Effort
) -> tuple[Relaxation, ...]:
    far = ~np.isfinite(problem.nearest(np.arange(len(problem.places)))) & (problem.persons > 0)
    if far.any():
        return ()
    found = shortest_limit(problem, choice, seconds=effort.seconds)
    if found.is_open is None:
        return ()
    proven = found.bound >= found.minutes
    rounded = np.ceil(found.minutes)
    sentence = f"Accepter {rounded:g} minutes au lieu de {minutes:g}, sans rien changer d’autre."
    return (Relaxation("minutes", found.minutes, sentence, proven=proven),)


def _left_out(
    problem: Problem, choice: Choice, minutes: float, effort: Effort
) -> tuple[Relaxation, ...]:
    costs = cover_costs(problem, choice, threshold=minutes)
    found = search(costs, effort)
    assert found.is_open is not None
    return (left_out(problem, least(costs, found.is_open)[0] > 0, minutes, proven=found.proven),)


def left_out(
    problem: Problem, beyond: NDArray[np.bool_], minutes: float, *, proven: bool
) -> Relaxation:
    """Return the change « leave these points beyond the limit »."""
    rows = np.flatnonzero(beyond)
    rows = rows[np.argsort(-problem.persons[rows], kind="stable")]
    codes = tuple(str(code) for code in problem.codes[rows])
    persons = float(problem.persons[rows].sum())
    named = ", ".join(codes[:NAMED]) + (" …" if len(codes) > NAMED else "")
    many = "s" if len(codes) > 1 else ""
    sentence = (
        f"Accepter que {integer(persons)} personnes de {len(codes)} zone{many} ({named}) "
        f"restent à plus de {minutes:g} minutes."
    )
    return Relaxation("leave", persons, sentence, codes, proven)
