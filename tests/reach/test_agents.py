"""Rational agents: hand-worked equilibria, a proof of each by duality, PySAL, and large worlds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from portrea.base.errors import DataError
from portrea.reach import agents
from portrea.reach.agents import Rules, rational_agents

CASES = Path(__file__).parents[1] / "cases/reach"
WORKED = yaml.safe_load((CASES / "catchment.yaml").read_text("utf-8"))["raam"]
PEER = yaml.safe_load((CASES / "pysal_access.yaml").read_text("utf-8"))
EXACT = {"gap": 1e-12, "cycles": 4000}


def exact(**changes) -> Rules:
    return Rules.usual(**(EXACT | changes))


def sparse(rows) -> csr_array:
    table = np.array([[np.nan if x is None else x for x in row] for row in rows], dtype=np.float32)
    row, column = np.nonzero(~np.isnan(table))
    return csr_array((table[row, column], (row, column)), shape=table.shape)


@pytest.mark.parametrize("case", WORKED, ids=lambda case: case["name"])
def test_hand_worked(case):
    found = rational_agents(
        sparse(case["minutes"]), case["supply"], case["persons"], rules=exact(tau=case["tau"])
    )
    assert found.costs == pytest.approx(case["costs"], rel=1e-7)
    assert found.loads == pytest.approx(case["loads"], rel=1e-7, abs=1e-7)


def test_equal_to_pysal_as_near_as_its_steps_allow():
    """That library moves whole persons by steps of 1/5,000 of a zone: it stops around 1e-4."""
    many = np.array(PEER["persons"], dtype=float) * PEER["raam"]["times"]
    found = rational_agents(sparse(PEER["minutes"]), PEER["supply"], many, rules=exact(gap=1e-9))
    assert found.gap <= 1e-9
    assert found.costs == pytest.approx(PEER["raam"]["costs"], rel=5e-4)


def proven(minutes, supply, persons, tau):
    """Return the sum that is least at the equilibrium, bounded from below and from above.

    With the loads found, the least travel is a transport problem solved by HiGHS; the price of
    each place gives a lower bound that no assignment can beat.
    """
    found = rational_agents(sparse(minutes), supply, persons, rules=exact(tau=tau))
    pairs = [(i, j, t / tau) for i, row in enumerate(minutes) for j, t in enumerate(row)
             if t is not None and supply[j] > 0]  # fmt: skip
    inside = sorted({i for i, _, _ in pairs if persons[i] > 0})
    served = [p if i in inside else 0 for i, p in enumerate(persons)]
    rate = [sum(supply) / sum(persons) / s if s else 0.0 for s in supply]
    price = [load * r for load, r in zip(found.loads, rate, strict=True)]
    below = sum(p * min(price[j] + t for i, j, t in pairs if i == zone)
                for zone, p in enumerate(served) if p)  # fmt: skip
    below -= sum(p * p / (2 * r) for p, r in zip(price, rate, strict=True) if r)
    equal = np.zeros((len(persons) + len(supply), len(pairs)))
    for column, (i, j, _) in enumerate(pairs):
        equal[i, column] = equal[len(persons) + j, column] = 1
    solved = linprog([t for _, _, t in pairs], A_eq=equal, b_eq=[*served, *found.loads])
    crowding = sum(load**2 * r / 2 for load, r in zip(found.loads, rate, strict=True))
    return found, below, crowding + solved.fun


@st.composite
def worlds(draw):
    zones, places = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    minute = st.one_of(st.none(), st.integers(1, 160).map(lambda x: x / 2))
    minutes = [[draw(minute) for _ in range(places)] for _ in range(zones)]
    minutes[0][0] = 12.0
    supply = [draw(st.integers(0, 40)) for _ in range(places)]
    supply[0] = max(supply[0], 1)
    return minutes, supply, [draw(st.integers(1, 900)) for _ in range(zones)]


@given(world=worlds())
@settings(max_examples=25)
def test_nobody_gains_by_moving(world):
    found, below, above = proven(*world, 60)
    assert above - below <= 1e-6 * max(above, 1)
    reach = [
        any(t is not None and s for t, s in zip(row, world[1], strict=True)) for row in world[0]
    ]
    assert np.isfinite(found.costs).tolist() == reach
    assert found.loads.sum() == pytest.approx(sum(np.array(world[2])[reach]))


def test_a_large_world_starts_from_a_foreseen_crowd_and_ends_at_the_same_place(monkeypatch):
    drawn = np.random.default_rng(11)
    minutes = drawn.gamma(3, 15, (150, 60)).astype(np.float32)
    minutes[minutes > 70] = 0
    world = csr_array(minutes), drawn.gamma(2, 10, 60), drawn.gamma(2, 100, 150)
    slow = rational_agents(*world, rules=exact(gap=1e-5))
    monkeypatch.setattr(agents, "LARGE", 100)
    fast = rational_agents(*world, rules=exact(gap=1e-5))
    assert max(slow.gap, fast.gap) <= 1e-5
    assert fast.costs == pytest.approx(slow.costs, rel=2e-3)


def test_nothing_to_share():
    empty = rational_agents(csr_array((2, 1), dtype=np.float32), [5], [1, 2])
    assert np.isnan(empty.costs).all()
    useless = rational_agents(sparse([[5], [6]]), [0], [1, 2])
    assert np.isnan(useless.costs).all()
    nobody = rational_agents(sparse([[6], [12]]), [10], [0, 0])
    assert nobody.costs == pytest.approx([0.1, 0.2])
    with pytest.raises(DataError, match="absente"):
        rational_agents(sparse([[5]]), [np.nan], [1])
