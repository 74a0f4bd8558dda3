"""A plan: which places open or close, what it gives, and what is proven of it, in French."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.estimates import integer, percent
from portrea.reach.siting.figures import Figures, figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from portrea.reach.siting.problem import Problem


class Model(StrEnum):
    """What a plan looks for."""

    MCLP = "mclp"
    LSCP = "lscp"
    P_MEDIAN = "p_median"
    P_CENTER = "p_center"
    CAPACITATED = "capacitated"

    @property
    def label(self) -> str:
        """French label."""
        return _LABELS[self]


_LABELS = {
    Model.MCLP: "le plus de personnes à portée",
    Model.LSCP: "le moins de lieux pour que tous soient à portée",
    Model.P_MEDIAN: "le trajet moyen le plus court",
    Model.P_CENTER: "le plus long trajet le plus court",
    Model.CAPACITATED: "le plus de personnes reçues, selon les demi-journées",
}


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The smallest change of one rule that makes the question possible.

    ``kind`` is ``places`` (more openings), ``minutes`` (a longer limit) or ``leave`` (persons left
    beyond it); ``proven`` says that no smaller one exists.
    """

    kind: str
    value: float
    sentence: str
    codes: tuple[str, ...] = ()
    proven: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Answer of a model of placement.

    Attributes
    ----------
    model, threshold
        What was looked for, and the minutes within which a person counts as covered.
    open
        Places open in the plan, ``opened`` and ``closed`` those that change.
    objective, bound
        Value reached and proven limit of any plan, in the unit of the model: persons (more is
        better), places, person-minutes, or minutes. None when no plan exists.
    figures, before
        What the plan gives, and what today's places give.
    half_days
        Half-days per week of each open place (capacitated model).
    notes
        French sentences to show beside the plan.
    relaxations
        When nothing satisfies the rules: why, and the smallest changes that would.
    """

    model: Model
    threshold: float
    open: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    objective: float | None = None
    bound: float | None = None
    figures: Figures | None = None
    before: Figures | None = None
    half_days: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether a plan was found."""
        return self.objective is not None

    @property
    def gap(self) -> float | None:
        """Share of the objective that a better plan could win at most."""
        if self.objective is None or self.bound is None:
            return None
        if self.objective == self.bound:
            return 0.0
        return abs(self.objective - self.bound) / max(abs(self.objective), abs(self.bound))

    @property
    def optimal(self) -> bool:
        """Whether it is proven that no plan is better."""
        return self.gap is not None and self.gap <= 1e-8

    @property
    def proof(self) -> str:
        """French sentence: what is proven."""
        if self.gap is None:
            return "Aucun plan ne respecte toutes les règles."
        if self.optimal:
            return "Il est prouvé qu’aucun autre choix ne fait mieux."
        return (
            f"Il est prouvé qu’aucun autre choix ne fait mieux de plus de {_upper(self.gap)} ; "
            "un choix un peu meilleur peut exister."
        )


def _upper(gap: float) -> str:
    """Write a share rounded up, so that the sentence stays true."""
    return percent(np.ceil(gap * 1000) / 1000, decimals=1)


def plan_of(
    problem: Problem,
    is_open: NDArray[np.bool_],
    model: Model,
    *,
    threshold: float,
    proof: tuple[float, float],
    notes: tuple[str, ...] = (),
    half_days: Mapping[str, int] | None = None,
) -> Plan:
    """Return the plan of a set of open places, ``proof`` being its objective and its bound."""
    was = np.zeros(len(problem.places), dtype=bool)
    was[problem.existing] = True
    return Plan(
        model=model,
        threshold=threshold,
        open=_names(problem, is_open),
        opened=_names(problem, is_open & ~was),
        closed=_names(problem, was & ~is_open),
        objective=proof[0],
        bound=proof[1],
        figures=figures(problem, np.flatnonzero(is_open), threshold=threshold),
        before=figures(problem, problem.existing, threshold=threshold),
        half_days=half_days or {},
        notes=(*usual_notes(problem, threshold), *notes),
    )


def refusal(
    problem: Problem, model: Model, *, threshold: float, relaxations: tuple[Relaxation, ...]
) -> Plan:
    """Return the plan that says why nothing respects the rules, and what would."""
    return Plan(
        model=model,
        threshold=threshold,
        before=figures(problem, problem.existing, threshold=threshold),
        notes=usual_notes(problem, threshold),
        relaxations=relaxations,
    )


def _names(problem: Problem, rows: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(str(place) for place in problem.places[rows])


def usual_notes(problem: Problem, threshold: float) -> tuple[str, ...]:
    """Return what must be said of the data before any plan."""
    asked = problem.persons > 0
    near = np.zeros(len(asked), dtype=bool)
    point = np.repeat(np.arange(len(asked)), np.diff(problem.minutes.indptr))
    near[point[problem.minutes.data <= threshold]] = True
    notes = []
    if not len(problem.existing):
        notes.append("Aucun lieu n’existe aujourd’hui dans cette question : tout part de zéro.")
    far = asked & ~near
    if far.any():
        notes.append(
            f"{integer(problem.persons[far].sum())} personnes de {far.sum()} "
            f"zone{'s' if far.sum() > 1 else ''} sont à plus de {threshold:g} minutes de tout lieu "
            "et de tout candidat : aucun plan ne peut les mettre à portée."
        )
    if len(problem.places) - len(problem.existing) == 1:
        notes.append("Un seul bâtiment candidat : le choix se réduit à oui ou non.")
    return tuple(notes)
