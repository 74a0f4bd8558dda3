from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from portrea.base.errors import ParameterError
from portrea.stats.small_area import (
    close_missing,
    interpolate_middle,
    solve_rows_given_columns,
    solve_two_margins,
)

CASE = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/needs/two_margin_model.yaml").read_text("utf-8")
)


def test_hand_worked_two_by_two():
    model = solve_two_margins(
        np.array(CASE["persons"], float),
        np.array(CASE["row_rates"]),
        np.array(CASE["column_rates"]),
    )
    assert model.rates == pytest.approx(np.array(CASE["theta"]), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.integers(2, 7))
def test_both_margins_reproduced_under_a_hundredth_of_a_person(seed, height, width):
    rng = np.random.default_rng(seed)
    persons = rng.gamma(2.0, 500.0, (height, width)) + 1
    truth = expit(rng.normal(-2, 1, (height, 1)) + rng.normal(0, 1, width))
    rows = (persons * truth).sum(1) / persons.sum(1)
    columns = (persons * truth).sum(0) / persons.sum(0)
    model = solve_two_margins(persons, rows, columns)
    assert np.abs((persons * model.rates).sum(1) - persons.sum(1) * rows).max() < 0.01
    assert np.abs((persons * model.rates).sum(0) - persons.sum(0) * columns).max() < 0.01
    assert model.rates == pytest.approx(truth, abs=1e-5)


def test_rows_given_contrasts_reach_the_published_rates():
    persons = np.array([[100.0, 300.0], [200.0, 50.0]])
    model = solve_rows_given_columns(persons, np.array([0.03, 0.6]), np.array([0.0, -1.0]))
    assert (persons * model.rates).sum(1) == pytest.approx([12.0, 150.0])


def test_missing_class_is_closed_by_the_total():
    filled = close_missing(np.array([100.0, 100.0, 100.0]), np.array([0.1, np.nan, 0.5]), 90.0)
    assert filled == pytest.approx([0.1, 0.3, 0.5])


def test_missing_class_outside_its_neighbours_is_refused():
    with pytest.raises(ParameterError, match="hors de ses voisines"):
        close_missing(np.array([100.0, 100.0, 100.0]), np.array([0.1, np.nan, 0.5]), 200.0)


def test_middle_classes_are_monotone_and_close_the_total():
    persons = np.array([10.0, 5.0, 24.0, 17.0, 12.0, 15.0])
    rates = interpolate_middle(persons, 0.42, 0.03, 12.0)
    assert persons @ rates == pytest.approx(12.0)
    assert rates[[0, -1]] == pytest.approx([0.42, 0.03])
    assert (np.diff(rates) < 0).all()
