"""The composite estimator and the household shift, on cases worked by hand and by their laws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, logit

from portrea.needs.composite import Design, fill_gaps, meet_total, predict
from portrea.stats.calibration import shift_shares

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/needs/composite.yaml").read_text())


def _named(key):
    return pytest.mark.parametrize("case", CASES[key], ids=[c["name"] for c in CASES[key]])


@_named("shift_shares")
def test_the_household_shift_worked_by_hand(case):
    got = shift_shares(
        np.array(case["shares"]),
        np.array(case["weights"], dtype=float),
        np.array(case["owners"]),
        np.array(case["totals"], dtype=float),
    )
    assert got.tables == pytest.approx(np.array(case["expected"]), abs=1e-7)
    assert got.residuals == pytest.approx(case["residuals"], abs=1e-5)


@_named("meet_total")
def test_free_shares_meet_a_total_worked_by_hand(case):
    got, shift = meet_total(
        np.array(case["shares"]),
        np.array(case["persons"], dtype=float),
        np.array(case["free"]),
        case["total"],
    )
    assert got == pytest.approx(case["expected"], abs=1e-8)
    assert shift == pytest.approx(case["shift"], abs=1e-7)


@_named("fill_gaps")
def test_gaps_are_filled_by_neighbours(case):
    got = fill_gaps(np.array(case["values"])[:, None], (np.array(case["group"]),))
    assert got[:, 0] == pytest.approx(case["expected"])


def test_gaps_are_filled_by_the_finest_group_that_knows():
    values = np.array([[1.0, 5], [np.nan, 5], [np.nan, 5], [4, 5], [np.nan, 5], [np.nan, np.nan]])
    departement, epci = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 2, 2])
    got = fill_gaps(values, (departement, epci))
    assert got.tolist() == [[1, 5], [1, 5], [4, 5], [4, 5], [2.5, 5], [2.5, 5]]
    assert np.isnan(values[1, 0])
    assert fill_gaps(np.full((2, 1), np.nan), (np.array([0, 1]),)).tolist() == [[0], [0]]


@pytest.mark.parametrize("total", [30.0, 20.0, 130.0, 200.0])
def test_a_total_out_of_reach_moves_nothing(total):
    """Thirty persons are held: 0 to 100 may be added, neither end is a share."""
    shares, persons = np.array([0.3, 0.5]), np.array([100.0, 100])
    got, shift = meet_total(shares, persons, np.array([False, True]), total)
    assert (got.tolist(), shift) == ([0.3, 0.5], 0)


def test_nothing_free_moves_nothing():
    shares = np.array([0.3, 0.5])
    got, shift = meet_total(shares, np.array([100.0, 100]), np.zeros(2, dtype=bool), 85.0)
    assert (got.tolist(), shift) == ([0.3, 0.5], 0)


@given(
    arrays(float, 5, elements=st.floats(0, 1)), arrays(float, 5, elements=st.floats(1, 9e3)),
    st.floats(0.05, 0.95),
)  # fmt: skip
def test_a_total_within_reach_is_met(shares, persons, part):
    free = np.array([True, True, False, True, True])
    total = float((shares * persons)[~free].sum() + part * persons[free].sum())
    got, shift = meet_total(shares, persons, free, total)
    assert got @ persons == pytest.approx(total, rel=1e-7)
    assert got[2] == shares[2]
    moved = logit(got[free]) - logit(np.clip(shares[free], 0.002, 0.998))
    assert moved == pytest.approx(np.full(4, shift), abs=1e-6)


@_named("predict")
def test_prediction_worked_by_hand(case):
    group = np.array(case["groups"])
    design = Design(np.zeros((len(group), 1)), (group,), (case["prior"],))
    got = predict(np.array(case["shares"]), np.array(case["weights"], dtype=float), design)
    assert got == pytest.approx(case["expected"], abs=1e-6)


def test_a_true_slope_and_a_true_departement_are_found():
    draws = np.random.default_rng(5)
    size = 3000
    covariate = draws.normal(size=(size, 1))
    group = draws.integers(0, 30, size)
    effect = draws.normal(0, 0.3, 30)
    truth = 1 / (1 + np.exp(-(-0.5 + 0.8 * covariate[:, 0] + effect[group])))
    hidden = draws.random(size) < 0.5
    shares = np.where(hidden, np.nan, truth)
    got = predict(shares, np.where(hidden, 0.0, 1.0), Design(covariate, (group,), (1.0,)))
    assert np.abs(got - truth)[hidden].max() < 0.02


def penalised(shares, weights, design):
    """Solve at once what the estimator solves in turn: slopes, départements and EPCI together."""
    known = np.isfinite(shares) & (weights > 0)
    response = logit(np.clip(shares, 0.002, 0.998))
    centre = np.average(design.covariates[known], axis=0, weights=weights[known])
    spread = design.covariates[known].std(axis=0)
    standard = (design.covariates - centre) / np.where(spread > 0, spread, 1)
    columns = [np.ones(len(shares)), *np.clip(standard, -4, 4).T]
    penalties = [0.0, *[design.ridge] * design.covariates.shape[1]]
    for group, prior in zip(design.groups, design.priors, strict=True):
        columns += list(np.eye(group.max() + 1)[group].T)
        penalties += [prior] * (group.max() + 1)
    table = np.column_stack(columns)
    seen = table[known].T * weights[known]
    found = np.linalg.solve(seen @ table[known] + np.diag(penalties), seen @ response[known])
    return expit(table @ found)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [40, 240])
def test_prediction_is_the_penalised_least_squares(seed, size):
    draws = np.random.default_rng(seed)
    epci = draws.integers(0, 24, size)
    covariates = draws.normal(3, [0.5, 20, 1, 0.2], (size, 4))
    covariates[:, 2] = 7.0  # the same everywhere
    covariates[:4, 0] = [-60, 90, 40, -30]  # far outside
    logits = 0.4 * covariates[:, 0] - 0.03 * covariates[:, 1] + 4 * (covariates[:, 3] - 3)
    shares = expit(logits - 1 + draws.normal(0, 1, size))
    shares[5:9] = [0, 1, 0, 1]
    shares[draws.random(size) < 0.4] = np.nan
    weights = draws.uniform(0.1, 3, size)
    weights[draws.random(size) < 0.1] = 0
    design = Design(covariates, (epci // 6, epci), (8.0, 9.0), ridge=30.0)
    assert predict(shares, weights, design) == pytest.approx(
        penalised(shares, weights, design), abs=3e-3
    )


def test_a_shrunk_group_stays_between_its_mean_and_the_nation():
    shares = np.array([0.2, 0.2, 0.2, 0.2, 0.6, np.nan])
    group = np.array([0, 0, 0, 0, 1, 1])
    design = Design(np.zeros((6, 1)), (group,), (1.0,))
    got = predict(shares, np.array([1.0, 1, 1, 1, 1, 0]), design)
    assert 0.25 < got[5] < 0.6


@given(
    shares=arrays(float, (6, 4), elements=st.floats(0, 1)),
    weights=arrays(float, (6, 4), elements=st.floats(0, 1e4)),
    part=st.floats(0, 1),
)
def test_the_shift_keeps_bounds_zeros_and_totals(shares, weights, part):
    owners = np.array([0, 0, 1, 1, 2, 2])
    most = np.bincount(owners, (weights * (shares > 0)).sum(1))
    least = np.bincount(owners, (weights * (shares >= 1)).sum(1))
    totals = least + part * (most - least)
    got = shift_shares(shares, weights, owners, totals)
    assert ((got.tables >= 0) & (got.tables <= 1)).all()
    assert (got.tables[shares == 0] == 0).all()
    sums = np.bincount(owners, (weights * got.tables).sum(1))
    missed = np.abs(sums - totals)
    assert got.residuals == pytest.approx(missed[owners], abs=1e-6)


@given(
    shares=arrays(float, (6, 4), elements=st.floats(0.01, 0.99)),
    weights=arrays(float, (6, 4), elements=st.floats(1, 1e4)),
    part=st.floats(0.01, 0.99),
)
def test_the_shift_reaches_whatever_may_be_reached(shares, weights, part):
    owners = np.array([0, 0, 1, 1, 2, 2])
    totals = part * np.bincount(owners, weights.sum(1))
    got = shift_shares(shares, weights, owners, totals)
    assert got.residuals == pytest.approx(np.zeros(6), abs=1e-3)


@given(order=st.permutations(range(8)))
def test_prediction_does_not_depend_on_the_order_of_areas(order):
    draws = np.random.default_rng(3)
    shares, weights = draws.uniform(0.1, 0.9, 8), draws.uniform(0.2, 1, 8)
    shares[[1, 6]] = np.nan
    covariates, group = draws.normal(size=(8, 2)), np.array([0, 0, 1, 1, 2, 2, 2, 0])
    rows = np.array(order)
    straight = predict(shares, weights, Design(covariates, (group,), (2.0,)))
    mixed = predict(shares[rows], weights[rows], Design(covariates[rows], (group[rows],), (2.0,)))
    assert mixed == pytest.approx(straight[rows], abs=1e-9)
