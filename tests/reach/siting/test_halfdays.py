"""Half-days shared between places: worked by hand, and against every sharing."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from portrea.base.errors import ParameterError
from portrea.reach.siting import State, half_days
from siting_worlds import CASES, all_sets, random_world, world

CASE = next(case for case in CASES["plans"] if case["model"] == "capacitated")


def test_hand_worked_half_days():
    plan = half_days(
        world(),
        openings=CASE["p"],
        added=CASE["half_days"],
        most=CASE["most"],
        per_half_day=CASE["per_half_day"],
    )
    assert plan.half_days == CASE["planned"]
    assert plan.objective == pytest.approx(CASE["objective"])
    assert plan.optimal
    assert plan.open == tuple(CASE["open"])


def test_half_days_that_receive_nobody_more_are_said():
    case = CASES["enough"]
    problem = world().with_states(dict.fromkeys(case["current"], State.FIXED))
    asked = {name: case[name] for name in ("current", "per_half_day", "threshold", "added")}
    plan = half_days(problem, openings=0, **asked)
    assert plan.objective == pytest.approx(case["received"])
    assert plan.half_days == case["current"]
    assert any(
        f"{case['unused']} demi-journées" in x and "personne de plus" in x for x in plan.notes
    )


DAYS = np.array(list(product(range(3), repeat=3)), dtype=float)
FULL = all_sets(3)


def received(near, persons, days, *, each):
    """Return the most persons received by each sharing: its smallest cut over the full places."""
    seen = (near[None] & ~FULL[:, None, :]).any(axis=2) @ persons
    return (seen[None, :] + each * days @ FULL.T).min(axis=1)


def test_every_sharing_of_half_days():
    """With one place to open at most and two or three half-days, all the sharings are tried."""
    for seed in range(500):
        problem = random_world(seed, points=5, places=3, mixed=False)
        if seed % 2:
            problem = problem.with_states({"p0": State.FIXED})
        fixed = problem.states == State.FIXED
        cells = problem.minutes.toarray()
        asked = {"openings": 1, "added": 2 + seed % 2, "most": 2, "per_half_day": 4.0}
        most = asked["added"] + fixed.sum()
        fair = (DAYS[:, fixed] >= 1).all(axis=1) & ((DAYS[:, ~fixed] > 0).sum(axis=1) <= 1)
        days = DAYS[fair & (DAYS.sum(axis=1) <= most)]
        best = received((cells > 0) & (cells <= 30), problem.persons, days, each=4.0).max()
        plan = half_days(problem, threshold=30, **asked)
        assert plan.objective == pytest.approx(best, abs=1e-6), seed
        assert plan.optimal
        assert sum(plan.half_days.values()) <= most


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"added": 0}, "Aucune demi-journée"),
        ({"added": -1}, "entier et positif"),
        ({"added": 1.5}, "entier et positif"),
        ({"added": 2, "per_half_day": -1.0}, "recevoir quelqu’un"),
        ({"added": 2, "current": {"X": -2}}, "entier positif ou nul"),
    ],
)
def test_wrong_half_days_are_refused_in_french(asked, words):
    with pytest.raises(ParameterError, match=words):
        half_days(world(), openings=1, **asked)
