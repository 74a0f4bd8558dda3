"""The models of placement on the world worked by hand, and their refusals in French."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portrea.reach.siting import State, maximal_cover, p_center, p_median, set_cover
from siting_worlds import CASES, world

MODELS = {"mclp": maximal_cover, "p_median": p_median, "p_center": p_center, "lscp": set_cover}


def plan_of_case(case):
    states = {place: State[name.upper()] for place, name in case.get("states", {}).items()}
    names = {"p": "openings", "closures": "closures", "equity": "equity", "threshold": "threshold"}
    asked = {names[key]: case[key] for key in names if key in case}
    problem = world().with_states(states)
    if "hours" in case:
        problem = replace(problem, hours=np.array([case["hours"][p] for p in problem.places]))
    return MODELS[case["model"]](problem, **asked)


@pytest.mark.parametrize(
    "case", [c for c in CASES["plans"] if c["model"] in MODELS], ids=lambda case: case["name"]
)
def test_hand_worked_plans(case):
    plan = plan_of_case(case)
    assert plan.open == tuple(case["open"])
    assert plan.objective == pytest.approx(case["objective"], rel=1e-9)
    assert plan.optimal, plan.bound


@pytest.mark.parametrize("case", CASES["infeasible"], ids=lambda case: case["name"])
def test_what_is_impossible_says_the_smallest_change(case):
    plan = plan_of_case(case)
    assert not plan.feasible
    found = {change.kind: change for change in plan.relaxations}
    assert found["leave"].codes == tuple(case["left_codes"])
    assert found["leave"].value == case["left_persons"]
    assert all(change.proven for change in plan.relaxations)
    for kind in ("minutes", "places"):
        if kind in case:
            assert found[kind].value == case[kind]
