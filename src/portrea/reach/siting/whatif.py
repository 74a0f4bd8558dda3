"""« Et si ? »: who wins and who loses a place within reach when places open, close or move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import ParameterError
from portrea.base.estimates import integer
from portrea.reach.siting.figures import Figures, Spread, figures_of, spread
from portrea.reach.siting.params import default_parameters
from portrea.reach.siting.problem import check_threshold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from portrea.reach.siting.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Before and after a change of places.

    Attributes
    ----------
    threshold
        Minutes within which a person counts as covered.
    before, after
        Figures of the two sets of open places.
    gained, lost, change
        Persons who win a place within the threshold, who lose theirs, and the difference, whose
        range is taken draw by draw (narrower than the difference of two ranges).
    winners, losers
        Codes of the points concerned, most persons first.
    closer, farther
        Persons whose nearest place becomes closer, or farther, within the threshold or not.
    appointments
        Appointments per year that the half-days added minus those removed offer, None if not said.
    """

    threshold: float
    before: Figures
    after: Figures
    gained: Spread
    lost: Spread
    change: Spread
    winners: tuple[str, ...]
    losers: tuple[str, ...]
    closer: Spread
    farther: Spread
    appointments: float | None

    @property
    def sentence(self) -> str:
        """One French sentence for an elected person."""
        return _sentence(self)


def what_if(
    problem: Problem,
    *,
    existing: Sequence[str] | None = None,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    move: Sequence[tuple[str, str]] = (),
    half_days: Mapping[str, int] | None = None,
    threshold: float | None = None,
) -> Answer:
    """Return the persons covered before and after places open, close or move.

    Parameters
    ----------
    problem
        Demand, places and times.
    existing
        Places open today; those of ``problem`` that are not candidates when not given.
    add, remove, move
        Places that open, that close, and pairs (from, to).
    half_days
        Half-days per week added (or, negative, removed) at a place.
    threshold
        Minutes; the parameter ``threshold`` by default.

    Raises
    ------
    ParameterError
        When a place is unknown, opens twice, or closes without being open.
    """
    threshold = check_threshold(problem, threshold or default_parameters().threshold)
    today = problem.existing if existing is None else problem.positions(existing)
    after = _after(problem, today, add, remove, move)
    old, new = problem.nearest(today), problem.nearest(after)
    was, now = old <= threshold, new <= threshold
    return Answer(
        threshold=threshold,
        before=figures_of(problem, old, threshold=threshold),
        after=figures_of(problem, new, threshold=threshold),
        gained=spread(problem, now & ~was),
        lost=spread(problem, was & ~now),
        change=spread(problem, now.astype(float) - was),
        winners=_named(problem, now & ~was),
        losers=_named(problem, was & ~now),
        closer=spread(problem, new < old),
        farther=spread(problem, new > old),
        appointments=_appointments(half_days),
    )


def _after(
    problem: Problem,
    today: NDArray[np.intp],
    add: Sequence[str],
    remove: Sequence[str],
    move: Sequence[tuple[str, str]],
) -> NDArray[np.intp]:
    """Return the positions open once the changes are made."""
    opened = problem.positions([*add, *(to for _, to in move)])
    closed = problem.positions([*remove, *(start for start, _ in move)])
    for rows, wrong, verb in (
        (opened, np.isin(opened, today), "est déjà ouvert : il ne peut pas ouvrir"),
        (closed, ~np.isin(closed, today), "n’est pas ouvert : il ne peut pas fermer"),
    ):
        if wrong.any():
            place = problem.places[rows[wrong][0]]
            raise ParameterError(
                f"Le lieu « {place} » {verb}.",
                remedy="Retirez-le de la question, ou corrigez la liste des lieux ouverts.",
            )
    return np.union1d(np.setdiff1d(today, closed), opened)


def _named(problem: Problem, mask: NDArray[np.bool_]) -> tuple[str, ...]:
    rows = np.flatnonzero(mask & (problem.persons > 0))
    order = rows[np.argsort(-problem.persons[rows], kind="stable")]
    return tuple(str(code) for code in problem.codes[order])


def _appointments(half_days: Mapping[str, int] | None) -> float | None:
    if not half_days:
        return None
    for place, count in half_days.items():
        if int(count) != count:
            raise ParameterError(
                f"Les demi-journées de « {place} » doivent être un nombre entier (reçu : {count})."
            )
    return sum(half_days.values()) * default_parameters().appointments_per_year


def _sentence(answer: Answer) -> str:
    within = f"à moins de {answer.threshold:g} minutes d’un lieu"
    if not answer.winners and not answer.losers:
        return (
            f"Rien ne change pour le nombre de personnes {within} : "
            f"{answer.before.covered} avant comme après."
        )
    parts = [f"{answer.after.covered} personnes seraient {within}, contre {answer.before.covered}"]
    if answer.winners:
        parts.append(f"{answer.gained} en gagneraient un")
    if answer.losers:
        parts.append(f"{answer.lost} perdraient le leur")
    text = " ; ".join(parts) + "."
    if answer.appointments:
        text += f" Rendez-vous par an : {integer(answer.appointments)} (supposition)."
    return text
