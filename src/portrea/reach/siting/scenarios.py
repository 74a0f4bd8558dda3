"""What each more place brings, what each place holds, and which of two or three plans is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import ParameterError
from portrea.base.estimates import percent
from portrea.reach.siting.choice import choice_of
from portrea.reach.siting.costs import cover_costs, least
from portrea.reach.siting.figures import Figures, Spread, drawn, figures, spread
from portrea.reach.siting.interchange import greedy
from portrea.reach.siting.models import ANY_EFFORT, maximal_cover
from portrea.reach.siting.params import default_parameters
from portrea.reach.siting.problem import check_threshold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from portrea.reach.siting.plan import Plan
    from portrea.reach.siting.problem import Problem
    from portrea.reach.siting.search import Effort

MOST_SCENARIOS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One more opening: the best plan of that many, what it wins, and one place at a time.

    ``step_by_step`` are the persons covered when places open one after the other, each the best
    then, without moving those already open: what a territory that opens one a year gets.
    ``gain`` is what the best plan wins over the best plan of one opening less.
    """

    openings: int
    plan: Plan
    gain: float
    step_by_step: float


def marginal_curve(
    problem: Problem,
    *,
    most: int,
    threshold: float | None = None,
    effort: Effort = ANY_EFFORT,
) -> tuple[Step, ...]:
    """Return what 1, 2, … ``most`` openings bring in persons covered, exact beside one by one."""
    threshold = check_threshold(problem, threshold or default_parameters().threshold)
    choice_of(problem, openings=most)
    former = figures(problem, problem.existing, threshold=threshold).covered.value
    steps = []
    for openings in range(1, most + 1):
        plan = maximal_cover(problem, openings=openings, threshold=threshold, effort=effort)
        covered = plan.objective or 0.0
        one_by_one = _one_by_one(problem, openings, threshold)
        steps.append(Step(openings, plan, covered - former, one_by_one))
        former = covered
    return tuple(steps)


def _one_by_one(problem: Problem, openings: int, threshold: float) -> float:
    choice = choice_of(problem, openings=openings)
    costs = cover_costs(problem, choice, threshold=threshold)
    return problem.total - costs.value(greedy(costs))


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """What closing one place would lose: persons who have no other within the threshold.

    ``minutes`` are those that its persons (nearest to it today) would have more, in the mean.
    """

    place: str
    persons: Spread
    codes: tuple[str, ...]
    minutes: float


def losses(
    problem: Problem, *, existing: Sequence[str] | None = None, threshold: float | None = None
) -> tuple[Loss, ...]:
    """Return what the closing of each open place alone would lose, the most serious first."""
    threshold = check_threshold(problem, threshold or default_parameters().threshold)
    rows = problem.existing if existing is None else problem.positions(existing)
    is_open = np.zeros(len(problem.places), dtype=bool)
    is_open[rows] = True
    costs = cover_costs(problem, choice_of(problem, openings=0), threshold=threshold)
    _, holder, runner = least(costs, is_open)
    alone = (holder >= 0) & (runner > 0)
    now = problem.nearest(rows)
    found = [_loss(problem, rows, row, alone & (holder == row), now) for row in rows]
    return tuple(sorted(found, key=lambda loss: (-loss.persons.value, loss.place)))


def _loss(
    problem: Problem,
    rows: NDArray[np.intp],
    row: int,
    mask: NDArray[np.bool_],
    now: NDArray[np.float32],
) -> Loss:
    then = problem.nearest(rows[rows != row])
    longer = np.minimum(then, problem.limit) - np.minimum(now, problem.limit)
    persons = problem.persons * (longer > 0)
    mean = float(longer @ persons / persons.sum()) if persons.sum() > 0 else 0.0
    points = np.flatnonzero(mask)
    points = points[np.argsort(-problem.persons[points], kind="stable")]
    codes = tuple(str(code) for code in problem.codes[points])
    return Loss(str(problem.places[row]), spread(problem, mask), codes, mean)


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Scenarios side by side.

    Attributes
    ----------
    names, figures
        Name and figures of each scenario.
    change
        Persons covered more (or less) than in the first scenario, range draw by draw.
    best
        Share of the draws where each covers the most (None without draws; ties are shared).
    sentence
        One French sentence.
    """

    names: tuple[str, ...]
    figures: tuple[Figures, ...]
    change: tuple[Spread, ...]
    best: tuple[float, ...] | None
    sentence: str


def compare(
    problem: Problem, scenarios: Mapping[str, Sequence[str]], *, threshold: float | None = None
) -> Compared:
    """Compare sets of open places, by name, the first being the reference.

    Raises
    ------
    ParameterError
        With fewer than two scenarios, or more than can be read side by side.
    """
    if not 2 <= len(scenarios) <= MOST_SCENARIOS:
        raise ParameterError(
            f"On compare de deux à {MOST_SCENARIOS} scénarios (reçu : {len(scenarios)})."
        )
    threshold = check_threshold(problem, threshold or default_parameters().threshold)
    sets = [problem.positions(places) for places in scenarios.values()]
    measured = tuple(figures(problem, rows, threshold=threshold) for rows in sets)
    near = [(one.minutes <= threshold).astype(float) for one in measured]
    change = tuple(spread(problem, one - near[0]) for one in near)
    best = _best(problem, near)
    names = tuple(scenarios)
    return Compared(names, measured, change, best, _said(names, measured, best))


def _best(problem: Problem, near: list[NDArray[np.float64]]) -> tuple[float, ...] | None:
    draws = [drawn(problem, one) for one in near]
    if problem.draws is None:
        return None
    stacked = np.array(draws)
    winners = stacked >= stacked.max(axis=0) * (1 - 1e-6)
    return tuple((winners / winners.sum(axis=0)).mean(axis=1).tolist())


def _said(
    names: tuple[str, ...], measured: tuple[Figures, ...], best: tuple[float, ...] | None
) -> str:
    order = sorted(range(len(names)), key=lambda row: -measured[row].covered.value)
    first, second = order[0], order[1]
    ahead, behind = measured[first].covered, measured[second].covered
    if ahead.value - behind.value <= 1e-9 * max(ahead.value, 1.0):
        return f"« {names[first]} » et « {names[second]} » couvrent autant de personnes : {ahead}."
    text = f"« {names[first]} » couvre {ahead} personnes, « {names[second]} » {behind}"
    if best is not None:
        text += f" ; « {names[first]} » est en tête dans {percent(best[first])} des tirages"
    return text + "."
