from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, logit

from portrea.base.errors import ParameterError
from portrea.stats.small_area import (
    close_missing,
    close_to_total,
    graduate,
    interpolate_middle,
    solve_margins,
)

CASES = Path(__file__).parents[1] / "cases/needs"


def read(name: str):
    return yaml.safe_load((CASES / name).read_text("utf-8"))


def margins(shape: tuple[int, ...]) -> np.ndarray:
    """Classes of every axis of a table; the first one is left out, but for the first axis."""
    cells = np.indices(shape).reshape(len(shape), -1)
    rows = [cells[axis] == k for axis, size in enumerate(shape) for k in range(axis > 0, size)]
    return np.array(rows, dtype=float)


def test_hand_worked_two_margins():
    case = read("two_margin_model.yaml")
    persons = np.array(case["persons"], float)
    rows = np.array(case["row_rates"]) * persons.sum(1)
    columns = np.array(case["column_rates"]) * persons.sum(0)
    model = solve_margins(persons.ravel(), margins((2, 2)), np.r_[rows, columns[1:]])
    assert model.rates.reshape(2, 2) == pytest.approx(np.array(case["theta"]), abs=1e-6)


def test_hand_worked_three_margins():
    case = read("three_margin_model.yaml")
    persons = np.full(8, float(case["persons"]))
    targets = 4 * case["persons"] * np.r_[case["ages"], case["diplomas"][1], case["alone"]]
    model = solve_margins(persons, margins((2, 2, 2)), targets)
    assert model.rates.reshape(2, 2, 2) == pytest.approx(np.array(case["theta"]), abs=1e-9)
    assert model.effects == pytest.approx(np.log([1, 2, 2, 3]), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 7), st.integers(1, 3))
def test_all_margins_reproduced_under_a_hundredth_of_a_person(seed, height, width, depth):
    rng = np.random.default_rng(seed)
    shape = (height, width, depth)
    persons = (rng.gamma(2.0, 500.0, shape) + 1).ravel()
    sides = [rng.normal(0, 1, size) for size in shape]
    truth = expit(sides[0][:, None, None] + sides[1][:, None] + sides[2] - 2).ravel()
    members = margins(shape)
    model = solve_margins(persons, members, members @ (persons * truth))
    assert np.abs(members @ (persons * (model.rates - truth))).max() < 0.01
    assert model.rates == pytest.approx(truth, abs=1e-5)


def test_rows_given_contrasts_reach_the_published_rates():
    persons = np.array([100.0, 300.0, 200.0, 50.0])
    rows = np.array([[1.0, 1, 0, 0], [0, 0, 1, 1]])
    model = solve_margins(persons, rows, np.array([12.0, 150.0]), offset=np.array([0, -1, 0, -1.0]))
    assert rows @ (persons * model.rates) == pytest.approx([12.0, 150.0])
    odds = model.rates / (1 - model.rates)
    assert odds[[1, 3]] / odds[[0, 2]] == pytest.approx(np.exp([-1.0, -1.0]))


def test_impossible_margins_are_refused():
    with pytest.raises(ParameterError, match="ne converge pas"):
        solve_margins(np.array([100.0]), np.ones((1, 1)), np.array([120.0]))


@pytest.mark.parametrize("case", read("graduation.yaml"), ids=lambda c: c["name"])
def test_hand_worked_graduations(case):
    classes = np.eye(len(case["rates"]))[case["classes"]].T
    curve = graduate(
        np.array(case["ages"], float),
        np.array(case["persons"], float),
        classes,
        np.array(case["rates"]),
    )
    assert expit(curve) == pytest.approx(case["result"], abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.lists(st.integers(1, 4), min_size=2, max_size=5))
def test_a_graduated_curve_never_falls_and_keeps_class_means(seed, sizes):
    rng = np.random.default_rng(seed)
    classes = np.repeat(np.eye(len(sizes)), sizes, axis=1)
    ages = 15 + np.cumsum(rng.uniform(3, 10, classes.shape[1]))
    persons = rng.gamma(2.0, 500.0, classes.shape[1]) + 10
    rates = np.sort(rng.uniform(0.02, 0.9, len(sizes)))
    curve = graduate(ages, persons, classes, rates)
    assert classes @ (persons * expit(curve)) == pytest.approx(classes @ persons * rates, abs=0.01)
    assert (np.diff(curve) >= -1e-6).all()


@pytest.mark.parametrize("seed", range(4))
def test_a_graduated_curve_is_the_smoothest_one(seed):
    """Against a general optimiser: unequal steps of age, parts of a cell with a known contrast."""
    rng = np.random.default_rng(seed)
    ages = np.array([15.0, 18, 25, 35, 40, 55, 60, 72, 85])
    classes = np.repeat(np.eye(3), 3, axis=1)
    persons = rng.gamma(2.0, 500.0, (9, 2)) + 50
    offset = np.array([0.0, -0.8])
    rates = np.array([0.05, 0.2, 0.5])
    curve = graduate(ages, persons, classes, rates, offset=offset)

    def means(found):
        return (
            classes @ (persons * expit(found[:, None] + offset)).sum(1) / (classes @ persons.sum(1))
        )

    def curvature(found):
        slopes = np.diff(found) / np.diff(ages)
        return 1e3 * (np.diff(slopes) ** 2 / ((ages[2:] - ages[:-2]) / 2)).sum()

    best = minimize(
        curvature, np.linspace(-4, 1, 9), method="SLSQP", options={"maxiter": 900, "ftol": 1e-14},
        constraints=[
            {"type": "eq", "fun": lambda found: logit(means(found)) - logit(rates)},
            {"type": "ineq", "fun": np.diff},
        ],
    )  # fmt: skip
    assert means(curve) == pytest.approx(rates, abs=1e-9)
    assert best.success
    assert curvature(curve) <= curvature(best.x) * (1 + 1e-4)
    assert curve == pytest.approx(best.x, abs=0.02)


def test_rates_that_fall_with_age_are_refused():
    with pytest.raises(ParameterError, match="monter de classe en classe") as refused:
        graduate(np.array([20.0, 50, 80]), np.ones(3), np.eye(3), np.array([0.9, 0.5, 0.1]))
    assert refused.value.remedy == "Vérifiez l’ordre des classes d’âge et leurs taux."


def test_a_search_may_start_from_a_solution():
    persons, members = np.array([100.0, 300, 200, 50]), margins((2, 2))
    targets = np.array([80.0, 60, 90])
    found = solve_margins(persons, members, targets)
    assert 0 <= found.residual <= 1e-12 * persons.sum()
    again = solve_margins(persons, members, targets, start=found.effects)
    assert np.array_equal(again.effects, found.effects)
    far = solve_margins(persons, members, targets, start=np.array([9.0, -9, 9]))
    assert far.rates == pytest.approx(found.rates, abs=1e-9)


def test_rates_are_moved_together_to_a_total():
    persons, rates = np.array([100.0, 200, 50]), np.array([0.1, 0.4, 0.8])
    moved = close_to_total(persons, rates, 160.0)
    assert persons @ moved == pytest.approx(160.0)
    assert logit(moved) - logit(rates) == pytest.approx(np.full(3, logit(moved)[0] - logit(0.1)))
    some = close_to_total(persons, rates, 120.0, movable=np.array([True, False, True]))
    assert persons @ some == pytest.approx(120.0)
    assert some[1] == pytest.approx(0.4)
    assert logit(some[0]) - logit(0.1) == pytest.approx(logit(some[2]) - logit(0.8))
    for total in (0.0, 350.0):
        with pytest.raises(ParameterError, match="incompatible avec les taux publiés"):
            close_to_total(persons, rates, total)


def test_missing_class_is_closed_by_the_total():
    filled = close_missing(np.array([100.0, 100.0, 100.0]), np.array([0.1, np.nan, 0.5]), 90.0)
    assert filled == pytest.approx([0.1, 0.3, 0.5])


def test_missing_class_outside_its_neighbours_is_refused():
    with pytest.raises(ParameterError, match="hors de ses voisines"):
        close_missing(np.array([100.0, 100.0, 100.0]), np.array([0.1, np.nan, 0.5]), 200.0)


@pytest.mark.parametrize("rates", [[0.1, 0.2, 0.5], [np.nan, np.nan, 0.5]])
def test_only_one_missing_class_is_closed(rates):
    with pytest.raises(ParameterError, match="Une seule classe manquante"):
        close_missing(np.full(3, 100.0), np.array(rates), 90.0)


def test_a_class_of_no_order_may_be_any_rate():
    persons, rates = np.full(3, 100.0), np.array([0.1, np.nan, 0.5])
    assert close_missing(persons, rates, 150.0, between=False)[1] == pytest.approx(0.9)
    assert close_missing(persons, rates, 60.0, between=False)[1] == pytest.approx(0, abs=1e-12)
    assert close_missing(persons, rates, 110.0)[1] == pytest.approx(0.5)
    for total in (59.0, 161.0):
        with pytest.raises(ParameterError, match="hors de ses voisines"):
            close_missing(persons, rates, total, between=False)


def test_neighbours_are_the_classes_beside():
    rates = np.array([0.05, 0.2, np.nan, 0.4, 0.9])
    for total in (160.0, 210.0):  # 0.05 and 0.55: between the ends, not between 0.2 and 0.4
        with pytest.raises(ParameterError, match=r"\[0\.200, 0\.400\]"):
            close_missing(np.full(5, 100.0), rates, total)
    last = close_missing(np.full(3, 100.0), np.array([0.1, 0.5, np.nan]), 110.0)
    assert last[2] == pytest.approx(0.5)


def test_a_total_that_no_middle_classes_reach_is_refused():
    for total in (1.0, 60.0):
        with pytest.raises(ParameterError, match="deux taux extrêmes"):
            interpolate_middle(np.array([10.0, 5, 24, 17]), 0.42, 0.03, total)


def test_middle_classes_are_monotone_and_close_the_total():
    persons = np.array([10.0, 5.0, 24.0, 17.0, 12.0, 15.0])
    rates = interpolate_middle(persons, 0.42, 0.03, 12.0)
    assert persons @ rates == pytest.approx(12.0)
    assert rates[[0, -1]] == pytest.approx([0.42, 0.03])
    assert (np.diff(rates) < 0).all()
