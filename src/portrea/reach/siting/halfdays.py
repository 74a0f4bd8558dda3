"""Half-days per week of each place, when a place can only receive so many persons (capacitated).

Notes
-----
``max Σ f_ij`` with ``Σ_j f_ij ≤ persons_i``, ``Σ_i f_ij ≤ r · h_j``, ``f_ij ≤ persons_i · x_j``,
``h_j ≤ most · x_j``, ``h_j`` whole: the capacitated maximal covering problem (Current and
Storbeck, 1988) where the capacity itself is chosen, half-day by half-day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from portrea.base.errors import ParameterError
from portrea.base.estimates import integer
from portrea.reach.siting.choice import ALWAYS, KEPT, MEANS, choice_of
from portrea.reach.siting.exact import Program, solve
from portrea.reach.siting.params import default_parameters
from portrea.reach.siting.plan import Model, Plan, plan_of
from portrea.reach.siting.problem import State, check_threshold
from portrea.reach.siting.search import Effort

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from portrea.reach.siting.choice import Choice
    from portrea.reach.siting.problem import Problem

CLOSE = 1e-7
"""Share of the persons under which value and bound are the same number."""


@dataclass(frozen=True, slots=True)
class _Terms:
    """Half-days added, most in one place, persons that each follows, minutes within reach."""

    added: int
    most: int
    each: float
    threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class _Flows:
    """Pairs of points and places within the threshold, and the limits of the half-days."""

    point: NDArray[np.intp]
    place: NDArray[np.intp]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    total: float
    each: float


def half_days(
    problem: Problem,
    *,
    openings: int,
    added: int,
    current: Mapping[str, int] | None = None,
    unchanged: Collection[str] = (),
    closures: int = 0,
    most: int | None = None,
    per_half_day: float | None = None,
    threshold: float | None = None,
    effort: Effort = Effort(),  # noqa: B008
) -> Plan:
    """Share half-days between places so that most people can be received within the threshold.

    Parameters
    ----------
    problem
        Demand, places, states and times.
    openings, closures
        As in :func:`~portrea.reach.siting.maximal_cover`.
    added
        Half-days per week to share, besides those of today.
    current
        Half-days per week of the existing places (one when not said). A fixed place keeps at
        least its own; those of a movable or closing place are shared again.
    unchanged
        Existing places that get no more than their own, beyond the border for instance.
    most
        Most half-days per week in one place.
    per_half_day
        Persons that one weekly half-day can follow in a year.
    threshold
        Minutes within which a person can be received.
    effort
        How long to look.

    Raises
    ------
    ParameterError
        When there is no half-day to share, or numbers are out of their domain.
    """
    settings = default_parameters()
    threshold = check_threshold(problem, threshold or settings.threshold)
    choice = choice_of(problem, openings=openings, closures=closures)
    now = _current(problem, current)
    terms = _Terms(
        added=added,
        most=settings.most_half_days if most is None else most,
        each=settings.persons_per_half_day if per_half_day is None else per_half_day,
        threshold=threshold,
    )
    flows = _flows(problem, now, terms)
    rows = problem.positions(unchanged)
    flows.most[rows] = now[rows]
    solved = solve(_program(problem, choice, flows), seconds=effort.seconds)
    if solved.values is None:
        return _kept(problem, flows, now, threshold)
    served = -solved.value
    given = _needed(flows, solved.values)
    if not closures and served - _served(problem, flows, now) <= CLOSE * max(served, 1.0):
        given = now
    bound = max(-solved.bound, served)
    proof = (served, served if bound - served <= CLOSE * max(bound, 1.0) else bound)
    return _plan(problem, flows, given, threshold=threshold, proof=proof)


def _needed(flows: _Flows, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the half-days of each place, but those that receive nobody."""
    places = len(flows.most)
    received = np.bincount(flows.place, values[2 * places :], minlength=places)
    asked = np.ceil(received / flows.each - CLOSE)
    given: NDArray[np.float64] = np.round(values[places : 2 * places])
    return np.minimum(given, np.maximum(asked, flows.least))


def _current(problem: Problem, current: Mapping[str, int] | None) -> NDArray[np.float64]:
    now: NDArray[np.float64] = (problem.states != State.CANDIDATE).astype(np.float64)
    for place, count in (current or {}).items():
        if int(count) != count or count < 0:
            raise ParameterError(
                f"Les demi-journées de « {place} » doivent être un nombre entier positif ou nul "
                f"(reçu : {count})."
            )
        now[problem.positions([place])] = count
    return now


def _flows(problem: Problem, now: NDArray[np.float64], terms: _Terms) -> _Flows:
    added, most, each = terms.added, terms.most, terms.each
    if int(added) != added or added < 0:
        raise ParameterError(
            f"Le nombre de demi-journées à partager doit être entier et positif (reçu : {added})."
        )
    if added + now.sum() <= 0:
        raise ParameterError(
            "Aucune demi-journée à partager : personne ne pourrait être reçu.",
            remedy="Donnez au moins une demi-journée par semaine.",
        )
    if most < 1 or each <= 0:
        raise ParameterError(
            "Une demi-journée doit pouvoir recevoir quelqu’un, et un lieu en tenir au moins une "
            f"(reçu : {most} au plus par lieu, {each:g} personnes par demi-journée)."
        )
    near = np.flatnonzero(problem.minutes.data <= terms.threshold)
    point = np.repeat(np.arange(len(problem.codes)), np.diff(problem.minutes.indptr))[near]
    kept = problem.persons[point] > 0
    return _Flows(
        point=point[kept],
        place=problem.minutes.indices[near][kept].astype(np.intp),
        least=np.where(problem.states == State.FIXED, now, 0.0),
        most=np.maximum(np.full(len(now), float(most)), now),
        total=float(now.sum() + added),
        each=each,
    )


def _program(problem: Problem, choice: Choice, flows: _Flows) -> Program:
    """Return the program: open (integer), half-days (integer), then persons of each pair."""
    places, pairs = len(problem.places), len(flows.point)
    columns = 2 * places + pairs
    site, flow = np.arange(places), np.arange(pairs)
    days, moved = places + site, 2 * places + flow
    members = [choice.members(pool) for pool in (MEANS, KEPT)]
    blocks: list[list[tuple[NDArray[np.intp], NDArray[np.intp], ArrayLike]]] = [
        [(flows.point, moved, 1.0)],
        [(flows.place, moved, 1.0), (site, days, -flows.each)],
        [(site, days, 1.0), (site, site, -flows.most)],
        [(flow, moved, 1.0), (flow, flows.place, -problem.persons[flows.point])],
        [(0 * site, days, 1.0)],
        [(0 * members[0], members[0], 1.0)],
        [(0 * members[1], members[1], 1.0)],
    ]
    quotas = np.array(choice.quota, dtype=float)
    high = [problem.persons, np.zeros(2 * places + pairs), [flows.total], quotas]
    stacked = _stacked(columns, blocks, (len(problem.codes), places, places, pairs, 1, 1, 1))
    always = (choice.pool == ALWAYS).astype(float)
    return Program(
        cost=np.concatenate((np.zeros(2 * places), -np.ones(pairs))),
        rows=stacked,
        low=np.full(stacked.shape[0], -np.inf),
        high=np.concatenate(high),
        integral=np.arange(columns) < 2 * places,
        lower=np.concatenate((always, flows.least, np.zeros(pairs))),
        upper=np.concatenate((np.ones(places), flows.most, problem.persons[flows.point])),
    )


def _stacked(
    columns: int,
    blocks: Sequence[Sequence[tuple[NDArray[np.intp], NDArray[np.intp], ArrayLike]]],
    heights: Sequence[int],
) -> sparse.csr_array:
    """Return blocks of rows, one under the other, from their (rows, columns, values)."""
    starts = np.concatenate(([0], np.cumsum(heights)))
    parts = [(part, start) for block, start in zip(blocks, starts, strict=False) for part in block]
    row = np.concatenate([part[0] + start for part, start in parts])
    column = np.concatenate([part[1] for part, _ in parts])
    value = np.concatenate([np.broadcast_to(np.asarray(p[2], float), len(p[0])) for p, _ in parts])
    return sparse.csr_array((value, (row, column)), shape=(int(starts[-1]), columns))


def _served(problem: Problem, flows: _Flows, given: NDArray[np.float64]) -> float:
    """Return the most persons that these half-days can receive (a transport problem)."""
    used = np.flatnonzero(given[flows.place] > 0)
    point, place = flows.point[used], flows.place[used]
    columns, flow = len(used), np.arange(len(used))
    blocks = [[(point, flow, 1.0)], [(place, flow, 1.0)]]
    rows = _stacked(columns, blocks, (len(problem.codes), len(given)))
    if not columns:
        return 0.0
    program = Program(
        cost=-np.ones(columns),
        rows=rows,
        low=np.full(rows.shape[0], -np.inf),
        high=np.concatenate((problem.persons, flows.each * given)),
        integral=np.zeros(columns, dtype=bool),
        lower=np.zeros(columns),
        upper=problem.persons[point],
    )
    return -solve(program, seconds=60.0).value


def _kept(problem: Problem, flows: _Flows, now: NDArray[np.float64], threshold: float) -> Plan:
    """Return today's half-days, and a plain bound, when the solver had no time to share them."""
    bound = min(flows.each * flows.total, problem.total)
    late = "Le temps a manqué pour répartir : les demi-journées d’aujourd’hui sont gardées."
    proof = (_served(problem, flows, now), bound)
    return _plan(problem, flows, now, threshold=threshold, proof=proof, late=(late,))


def _plan(
    problem: Problem,
    flows: _Flows,
    given: NDArray[np.float64],
    *,
    threshold: float,
    proof: tuple[float, float],
    late: tuple[str, ...] = (),
) -> Plan:
    notes = (
        f"Une demi-journée par semaine suit {integer(flows.each)} personnes par an "
        "(supposition, à remplacer par votre activité réelle).",
        f"{integer(given.sum())} demi-journées par semaine : {integer(proof[0])} personnes reçues.",
    )
    if (unused := flows.total - given.sum()) >= 1:
        late = (*late, _useless(int(unused)))
    named = zip(problem.places.tolist(), given.tolist(), strict=True)
    return plan_of(
        problem,
        (given > 0) | (problem.states == State.FIXED),
        Model.CAPACITATED,
        threshold=threshold,
        proof=proof,
        notes=(*notes, *late),
        half_days={place: int(count) for place, count in named if count > 0},
    )


def _useless(count: int) -> str:
    if count == 1:
        return "Une demi-journée ne recevrait personne de plus : elle n’est pas placée."
    return f"{count} demi-journées ne recevraient personne de plus : elles ne sont pas placées."
