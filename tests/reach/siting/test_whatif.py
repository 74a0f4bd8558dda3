"""« Et si ? » on the world worked by hand, and on worlds drawn at random."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from portrea.base.errors import DataError, ParameterError
from portrea.reach.demand import Demand
from portrea.reach.siting import build_problem, what_if
from siting_worlds import CASES, table, world


@pytest.mark.parametrize("case", CASES["what_if"], ids=lambda case: case["name"])
def test_hand_worked_changes(case):
    changes = {name: case.get(name, ()) for name in ("add", "remove", "move")}
    answer = what_if(world(), existing=case["existing"], **changes)
    assert answer.before.covered.value == case["before"]
    assert answer.after.covered.value == case["after"]
    assert answer.gained.value == case["gained"]
    assert answer.lost.value == case["lost"]
    assert answer.change.value == case["after"] - case["before"]


def test_the_range_is_that_of_the_draws():
    persons = np.array([100.0, 80, 60, 40, 20])
    draws = (persons[:, None] * np.linspace(0.5, 1.5, 201)[None, :]).astype(np.float32)
    answer = what_if(world(draws=draws), existing=["X"], add=["Y"])
    # 100 persons gained × quantiles 2.5 % and 97.5 % of a uniform 0.5–1.5.
    assert answer.gained.low == pytest.approx(52.5, rel=1e-4)
    assert answer.gained.high == pytest.approx(147.5, rel=1e-4)
    assert "100 (entre 52 et 148) en gagneraient un" in answer.sentence


def test_two_scenarios_give_the_widest_range():
    persons = np.array([100.0, 80, 60, 40, 20])
    halves = np.repeat([[0.5], [2.0]], 50, axis=1).ravel()
    draws = (persons[:, None] * halves[None, :]).astype(np.float32)
    answer = what_if(world(draws=draws, sides=2), existing=["X"], add=["Y"])
    assert (answer.gained.low, answer.gained.high) == (50, 200)


def test_times_and_names():
    answer = what_if(world(), existing=["X"], add=["Y"], half_days={"Y": 2})
    # Means of cases/reach/siting.yaml: 5900 / 300 and 3920 / 300.
    assert answer.before.mean_minutes == pytest.approx(5900 / 300)
    assert answer.after.mean_minutes == pytest.approx(3920 / 300)
    assert answer.winners == ("C", "D")
    assert answer.after.unreached.value == 20
    assert answer.appointments == 2 * 5 * 44


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"add": ["W"]}, "Lieu inconnu"),
        ({"add": ["X"]}, "déjà ouvert"),
        ({"remove": ["Y"]}, "n’est pas ouvert"),
        ({"threshold": 60.0}, "dépasse les temps connus"),
        ({"threshold": -3.0}, "temps positif"),
        ({"half_days": {"Y": 1.5}}, "nombre entier"),
    ],
)
def test_wrong_questions_are_refused_in_french(changes, words):
    with pytest.raises(ParameterError, match=words):
        what_if(world(), existing=["X"], **changes)


def test_nothing_to_ask_is_refused_in_french():
    one = table(np.array(["A"]), np.array(["X"]), sparse.csr_array([[5.0]]), 45)
    none = table(np.array(["A"]), np.array([], dtype=str), sparse.csr_array((1, 0)), 45)
    with pytest.raises(DataError, match="Personne n’est compté"):
        build_problem(one, Demand(np.array(["A"]), np.zeros(1)))
    with pytest.raises(DataError, match="Aucun lieu"):
        build_problem(none, Demand(np.array(["A"]), np.ones(1)))
    with pytest.raises(DataError, match="besoin"):
        build_problem(one, Demand(np.array(["A"]), np.array([np.nan])))


def test_rows_are_joined_by_code_whatever_their_order():
    cells = sparse.csr_array(np.array([[5, 0], [0, 9], [3, 0]], dtype=np.float32))
    times = table(np.array(["B", "A", "D"]), np.array(["X", "Y"]), cells, 45)
    problem = build_problem(times, Demand(np.array(["A", "C", "B"]), np.ones(3)))
    assert problem.nearest(np.array([0])).tolist() == [np.inf, np.inf, 5]
    assert problem.nearest(np.array([1])).tolist() == [9, np.inf, np.inf]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_moving_is_closing_and_opening(seed):
    rng = np.random.default_rng(seed)
    cells = sparse.random_array((12, 6), density=0.4, rng=rng, dtype=np.float64) * 30
    places = np.array(list("abcdef"))
    times = table(np.arange(12).astype(str), places, sparse.csr_array(cells), 45)
    problem = build_problem(times, Demand(np.arange(12).astype(str), rng.random(12) + 0.1))
    moved = what_if(problem, existing=["a", "b"], move=[("a", "c")])
    changed = what_if(problem, existing=["a", "b"], add=["c"], remove=["a"])
    assert moved.after.covered == changed.after.covered
    assert moved.change.value == pytest.approx(moved.gained.value - moved.lost.value)
    grown = what_if(problem, existing=["a", "b"], add=["d", "e"])
    assert grown.lost.value == 0
    assert grown.after.mean_minutes <= grown.before.mean_minutes
