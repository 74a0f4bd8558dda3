"""Worlds of places and people for the tests of placement: one worked by hand, others at random."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import yaml
from scipy import sparse

from portrea.reach.demand import Demand
from portrea.reach.siting import State, build_problem
from portrea.reach.times import Times

CASES = yaml.safe_load((Path(__file__).parents[0] / "cases/reach/siting.yaml").read_text("utf-8"))


def table(origins, places, minutes, t_max):
    pairs = minutes.tocoo()
    return Times.of_pairs(
        (origins, places),
        (pairs.row, pairs.col, pairs.data),
        t_max=t_max,
        engine="table",
        profile="car",
        version="",
    )


def world(**changes):
    card = CASES["world"]
    codes, places = list(card["persons"]), list(card["minutes"])
    cells = np.zeros((len(codes), len(places)), dtype=np.float32)
    for column, place in enumerate(places):
        for code, minutes in card["minutes"][place].items():
            cells[codes.index(code), column] = minutes
    times = table(np.array(codes), np.array(places), sparse.csr_array(cells), card["limit"])
    persons = np.array(list(card["persons"].values()), dtype=float)
    return build_problem(times, Demand(np.array(codes), persons, **changes))


def random_world(seed, *, points=7, places=6, mixed=True):
    """Return a small problem with round times and persons (ties happen), some pairs too far."""
    rng = np.random.default_rng(seed)
    cells = rng.integers(1, 12, (points, places)) * 5.0
    cells[rng.random(cells.shape) < 0.3] = 0
    persons = rng.integers(0, 9, points).astype(float)
    persons[0] += 1
    codes = np.array([f"c{row}" for row in range(points)])
    names = np.array([f"p{row}" for row in range(places)])
    times = table(codes, names, sparse.csr_array(cells), 50)
    problem = build_problem(times, Demand(codes, persons))
    if not mixed:
        return problem
    drawn = rng.choice(4, places, p=(0.55, 0.15, 0.15, 0.15))
    drawn[0] = 0
    return problem.with_states({f"p{row}": State(int(state)) for row, state in enumerate(drawn)})


def all_sets(places):
    """Return every set of places, one per row."""
    return (np.arange(2**places)[:, None] >> np.arange(places) & 1).astype(bool)


def allowed_sets(problem, openings, closures):
    """Return every set of open places that the rules allow, one per row."""
    sets = all_sets(len(problem.places))
    kept = {state: sets[:, problem.states == state].sum(axis=1) for state in State}
    were = {state: int((problem.states == state).sum()) for state in State}
    shared = kept[State.CANDIDATE] + kept[State.MOVABLE]
    return sets[
        (kept[State.FIXED] == were[State.FIXED])
        & (kept[State.REMOVABLE] == were[State.REMOVABLE] - closures)
        & (shared <= openings + were[State.MOVABLE])
    ]


def nearest_minutes(problem, sets):
    """Return the minutes to the nearest open place, sets × points (infinite when none)."""
    cells = problem.minutes.toarray()
    cells = np.where(cells > 0, cells, np.inf)
    return np.where(sets[:, None, :], cells[None], np.inf).min(axis=2)
