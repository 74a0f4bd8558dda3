"""Multilevel logit: closed forms, invariances, and honest spreads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from portrea.base.errors import ParameterError
from portrea.stats.multilevel import (
    Factor,
    MultilevelFit,
    fit_multilevel,
    independent,
    random_walk,
)

CASES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/stats/multilevel.yaml").read_text("utf-8")
)
FLAT = 1000.0


def flat(yes: list[float], answers: list[float], columns: list[list[float]]) -> MultilevelFit:
    fixed = np.array(columns, dtype=float).T
    sd = np.full(fixed.shape[1], FLAT)
    return fit_multilevel(np.array(yes, float), np.array(answers, float), fixed, [], fixed_sd=sd)


def two_factors(rows: int = 40, seed: int = 3) -> dict[str, Any]:
    """Answers crossed by five ordered ages and four groups."""
    rng = np.random.default_rng(seed)
    age, group = rng.integers(0, 5, rows), rng.integers(0, 4, rows)
    trials = rng.integers(5, 60, rows).astype(float)
    rate = expit(-1 + np.linspace(-1, 1, 5)[age] + np.array([0.5, 0, -0.3, -0.2])[group])
    return {
        "successes": rng.binomial(trials.astype(int), rate).astype(float),
        "trials": trials,
        "fixed": np.ones((rows, 1)),
        "age": np.eye(5)[age],
        "group": np.eye(4)[group],
    }


def fitted(data: dict[str, Any], scale: float = 1.0, points: int = 16) -> MultilevelFit:
    factors = [
        Factor("age", data["age"], random_walk(5), scale),
        Factor("group", data["group"], independent(4), scale),
    ]
    return fit_multilevel(
        data["successes"],
        data["trials"],
        data["fixed"],
        factors,
        fixed_sd=np.array([5.0]),
        points=points,
    )


# -- closed forms ----------------------------------------------------------------------------------


def test_one_rate_has_the_mean_of_its_beta() -> None:
    case = CASES["one_rate"]
    fit = flat([case["successes"]], [case["trials"]], [[1.0]])
    assert fit.mean[0] == pytest.approx(case["mean"], abs=1e-3)
    assert abs(fit.mean[0] - case["mode"]) > 5e-3, "the mean is not the mode"
    assert fit.covariance[0, 0] == pytest.approx(case["laplace_variance"], rel=1e-5)


def test_two_by_two_is_the_odds_ratio() -> None:
    case = CASES["two_by_two"]
    fit = flat(case["successes"], case["trials"], [[1.0, 1.0], [1.0, 0.0]])
    assert fit.sd[1] == pytest.approx(case["sd"], rel=1e-5)
    assert fit.mean[1] == pytest.approx(case["log_odds_ratio"], abs=0.05 * case["sd"])


def test_random_walk_is_the_scaled_pseudo_inverse() -> None:
    case = CASES["random_walk_3"]
    root = random_walk(case["levels"])
    assert root.shape == (3, 2)
    assert root @ root.T == pytest.approx(np.array(case["covariance"]), abs=1e-6)
    assert np.ones(3) @ root == pytest.approx(np.zeros(2), abs=1e-12)


def test_a_group_is_drawn_towards_the_others() -> None:
    case = CASES["shrinkage"]
    yes, answers = np.array(case["successes"], float), np.array(case["trials"], float)
    root = independent(2) * case["sd"]
    # σ known: its log is pinned by giving the factor as a fixed effect with that prior
    fit = fit_multilevel(yes, answers, np.eye(2) @ root, [], fixed_sd=np.full(2, case["sd"]))
    assert abs(fit.mean[0]) < 1e-9
    assert case["low"] - 0.02 < fit.mean[1] < case["high"] + 0.02
    assert fit.mean[1] < logit(0.8)


# -- invariances -----------------------------------------------------------------------------------


def test_grouping_and_order_of_rows_change_nothing() -> None:
    data = two_factors()
    once = fitted(data)
    order = np.random.default_rng(0).permutation(len(data["trials"]))
    shuffled = fitted({k: v[order] for k, v in data.items()})
    split = {k: np.repeat(v, 2, axis=0) for k, v in data.items()}
    split |= {"successes": split["successes"] / 2, "trials": split["trials"] / 2}
    halves = fitted(split)
    for other in (shuffled, halves):
        assert other.mean == pytest.approx(once.mean, abs=1e-3)
        assert other.sd == pytest.approx(once.sd, rel=1e-2)


def test_more_answers_of_the_same_kind_narrow_every_effect() -> None:
    data = two_factors()
    more = data | {"successes": 9 * data["successes"], "trials": 9 * data["trials"]}
    few, many = fitted(data), fitted(more)
    rows = np.hstack([data["fixed"], data["age"], data["group"]])
    spread = [np.sqrt(np.einsum("ij,jk,ik->i", rows, f.covariance, rows)) for f in (few, many)]
    assert (spread[1] < 0.6 * spread[0]).all()


def test_draws_have_the_announced_mean_and_spread() -> None:
    fit = fitted(two_factors())
    draws = fit.draw(20_000, seed=5)
    assert draws.shape == (10, 20_000)
    assert draws.mean(1) == pytest.approx(fit.mean, abs=0.03)
    assert draws.std(1) == pytest.approx(fit.sd, rel=0.03)
    assert np.array_equal(draws, fit.draw(20_000, seed=5))
    rows = np.hstack([np.ones((5, 1)), np.eye(5), np.zeros((5, 4))])
    assert fit.rates(rows) == pytest.approx(expit(rows @ draws).mean(1), abs=2e-3)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=8)
def test_any_answers_give_finite_effects(seed: int) -> None:
    data = two_factors(rows=12, seed=seed)
    fit = fitted(data, points=4)
    assert np.isfinite(fit.mean).all()
    assert (fit.sd > 0).all()
    assert sum(part.weight for part in fit.components) == pytest.approx(1.0, abs=1e-4)
    low_high = fit.sds().values()
    assert all(low <= mean <= high for mean, low, high in low_high)


# -- spreads ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Truth drawn from the model itself, 40 times: 95 % intervals hold it 92-98 % of the time."""
    rng = np.random.default_rng(11)
    inside = []
    for seed in range(40):
        data = two_factors(rows=60, seed=seed)
        sds = np.abs(rng.normal(0, 1.0, 2))
        age = sds[0] * (random_walk(5) @ rng.standard_normal(4))
        group = sds[1] * rng.standard_normal(4)
        eta = -1.0 + data["age"] @ age + data["group"] @ group
        data["successes"] = rng.binomial(data["trials"].astype(int), expit(eta)).astype(float)
        fit = fitted(data, points=8)
        rows = np.hstack([data["fixed"], data["age"], data["group"]])
        spread = np.sqrt(np.einsum("ij,jk,ik->i", rows, fit.covariance, rows))
        inside.append(np.abs(rows @ fit.mean - eta) < 1.96 * spread)
    assert 0.92 < np.mean(inside) < 0.98


# -- bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize("yes", [0.0, 10.0])
def test_an_outcome_that_never_varies_is_refused(yes: float) -> None:
    with pytest.raises(ParameterError, match="identiques"):
        flat([yes], [10.0], [[1.0]])
