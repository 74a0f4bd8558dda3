"""What may be decided: how many places open, close or move, and among which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import ParameterError
from portrea.reach.siting.problem import State

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.siting.problem import Problem

ALWAYS, MEANS, KEPT, NEVER = -1, 0, 1, 2
"""Pools: places always open; places that share the means (candidates and movable ones); those
among which some close (removable ones); places proved to be in no best set."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Which pool each place belongs to, and how many of each pool are open at most.

    ``pool`` is :data:`ALWAYS`, :data:`MEANS` or :data:`KEPT`; ``quota`` counts open places of the
    last two.
    """

    pool: NDArray[np.int8]
    quota: tuple[int, int]

    @property
    def always(self) -> NDArray[np.intp]:
        """Positions of the places that stay open."""
        return np.flatnonzero(self.pool == ALWAYS)

    def members(self, pool: int) -> NDArray[np.intp]:
        """Positions of the places of a pool."""
        return np.flatnonzero(self.pool == pool)


def choice_of(problem: Problem, *, openings: int, closures: int = 0) -> Choice:
    """Return what may be decided.

    Parameters
    ----------
    problem
        Places and their states.
    openings
        Places that open with new means; a movable one that closes lets another open.
    closures
        Removable places that must close, without being replaced.

    Raises
    ------
    ParameterError
        When these numbers are not whole, negative, or more than there are places.
    """
    counts = [int((problem.states == state).sum()) for state in State]
    candidates, _, removable, movable = counts
    _check_count("Le nombre de lieux à ouvrir", openings)
    _check_count("Le nombre de lieux à fermer", closures)
    if openings and not candidates:
        raise ParameterError(
            "Aucun bâtiment candidat : il n’y a nulle part où ouvrir un lieu.",
            remedy="Ajoutez des candidats (mairies, bibliothèques, bureaux de poste…).",
        )
    if openings > candidates:
        raise ParameterError(
            f"{openings} lieux à ouvrir, mais seulement {candidates} "
            f"bâtiment{'s' if candidates > 1 else ''} candidat{'s' if candidates > 1 else ''}.",
            remedy=f"Demandez au plus {candidates}, ou ajoutez des candidats.",
        )
    if closures > removable:
        raise ParameterError(
            f"Lieux à fermer : {closures} ; lieux qui peuvent l’être : {removable}.",
            remedy="Dites quels lieux existants pourraient fermer.",
        )
    pool = np.full(len(problem.places), MEANS, dtype=np.int8)
    pool[problem.states == State.FIXED] = ALWAYS
    pool[problem.states == State.REMOVABLE] = KEPT if closures else ALWAYS
    return Choice(pool, (openings + movable, removable - closures if closures else 0))


def _check_count(name: str, count: int) -> None:
    if isinstance(count, bool) or int(count) != count or count < 0:
        raise ParameterError(f"{name} doit être un nombre entier positif ou nul (reçu : {count}).")
