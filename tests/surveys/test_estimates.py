"""Weights and estimates of surveys: hand-worked cases, laws, and what may not be said."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError, ParameterError
from portrea.surveys.coding import agreement
from portrea.surveys.designs import Design
from portrea.surveys.estimates import (
    Sample,
    Saying,
    advised_size,
    difference,
    mean,
    parameters,
    share,
)
from portrea.surveys.sampling import quotas
from portrea.surveys.weighting import kish, post_stratify, rake

WORKED = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/surveys/estimates.yaml").read_text("utf-8")
)
SEXES = st.lists(st.sampled_from("FH"), min_size=6, max_size=40)


def sample(case, size: int) -> Sample:
    told = {name: case[name] for name in ("weights", "strata", "population") if name in case}
    return Sample.of(size, **told)


@pytest.mark.parametrize("case", WORKED["raking"])
def test_raking_as_worked_by_hand(case):
    sexes = [sex for sex, ages in case["people"].items() for _age in ages]
    ages = [age for group in case["people"].values() for age in group]
    found = rake({"sexe": sexes, "age": ages}, case["margins"])
    expected = [weight for group in case["weights"].values() for weight in group]
    assert found.values == pytest.approx(expected, abs=1e-6)
    assert found.effect == pytest.approx(kish(np.array(expected)))


@pytest.mark.parametrize("case", WORKED["post_stratification"])
def test_post_stratification_as_worked_by_hand(case):
    assert post_stratify(case["cells"], case["totals"]).values.tolist() == case["weights"]


@pytest.mark.parametrize("case", WORKED["proportions"])
def test_shares_as_worked_by_hand(case):
    found = share(np.array(case["answers"], dtype=bool), sample(case, len(case["answers"])))
    assert found.value == pytest.approx(case["share"])
    for name in ("error", "low", "high", "effect"):
        if name in case:
            assert getattr(found, name) == pytest.approx(case[name], abs=2e-6), name


@pytest.mark.parametrize("case", WORKED["means"])
def test_means_as_worked_by_hand(case):
    found = mean(case["answers"], sample(case, len(case["answers"])))
    assert (found.value, found.error) == pytest.approx((case["mean"], case["error"]))


@pytest.mark.parametrize("case", WORKED["sizes"])
def test_sizes_as_worked_by_hand(case):
    found = advised_size(case["margin"], people=case["people"], effect=case.get("effect", 1.0))
    assert found == case["size"]


@pytest.mark.parametrize("case", WORKED["differences"])
def test_differences_as_worked_by_hand(case):
    found = difference(case["table"])
    assert found.method == case["method"]
    assert found.p == pytest.approx(case["p"], abs=5e-5)
    if "statistic" in case:
        assert found.statistic == pytest.approx(case["statistic"])


@pytest.mark.parametrize("case", WORKED["agreement"])
def test_agreement_as_worked_by_hand(case):
    found = agreement(case["first"], case["second"])
    assert (found.alike, found.kappa) == pytest.approx((case["agree"], case["kappa"]))
    assert found.word == "moyen"


@pytest.mark.parametrize("case", WORKED["quotas"])
def test_quotas_as_worked_by_hand(case):
    assert quotas(case["people"], case["size"]) == case["quotas"]


@pytest.mark.parametrize("design", [Design.QUOTA, Design.CONVENIENCE])
def test_volunteers_and_quotas_never_have_a_margin(design):
    found = share([True] * 30 + [False] * 30, Sample.of(60, design=design))
    assert (found.error, found.low, found.high) == (None, None, None)
    average = mean(list(range(60)), Sample.of(60, design=design))
    assert (average.error, average.low, average.high) == (None, None, None)


def test_too_few_answers_say_nothing_and_all_asked_leaves_no_doubt():
    assert share([True] * 9, Sample.of(9)).saying is Saying.NOTHING
    assert share([True] * 10 + [False] * 10, Sample.of(20)).saying is Saying.WIDE
    assert share([True] * 300 + [False] * 300, Sample.of(600)).saying is Saying.FIRM
    assert share([True] * 29, Sample.of(29, design=Design.QUOTA)).saying is Saying.CAUTION
    assert share([], Sample.of(0)).saying is Saying.NOTHING


@pytest.mark.parametrize("yes", [0, 1, 39, 60])
def test_no_interval_is_told_when_everybody_answered(yes):
    told = [True] * yes + [False] * (60 - yes)
    whole = share(told, Sample.of(60, design=Design.CENSUS, population=60))
    assert (whole.value, whole.error, whole.low, whole.high) == (yes / 60, 0, None, None)
    assert whole.saying is Saying.FIRM
    average = mean(told, Sample.of(60, design=Design.CENSUS, population=60))
    assert (average.low, average.high) == (None, None)
    almost = share(told, Sample.of(60, design=Design.CENSUS, population=61))
    assert almost.low is not None
    assert almost.low < almost.high


def test_every_threshold_says_its_source_and_whether_it_is_ours():
    for rule in parameters().values():
        assert {"value", "unit", "source", "date", "hypothese"} <= set(rule)


def test_small_tables_that_no_test_can_judge_are_said():
    assert difference([[1, 2, 1], [2, 1, 1]]).p is None
    assert difference([[5, 5]]).method == "aucun"
    assert difference([[30, 20], [20, 30]], effect=2.0).statistic == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("answers", "margins", "says"),
    [
        ({"a": ["x", "y"]}, {"a": {"x": 1}}, "« y »"),
        ({"a": ["x", "x"]}, {"a": {"x": 1, "y": 2}}, "« y »"),
        ({"a": ["x", "y"]}, {"a": {"x": -1, "y": 2}}, "négatif"),
        (
            {"a": ["x", "y"], "b": ["x", "y"]},
            {"a": {"x": 1, "y": 2}, "b": {"x": 2, "y": 1}},
            "marges",
        ),
    ],
)
def test_margins_that_nobody_can_reach_are_refused(answers, margins, says):
    with pytest.raises(DataError, match=says) as refused:
        rake(answers, margins)
    assert refused.value.remedy


@pytest.mark.parametrize("told", [{"margin": 0}, {"margin": 0.05, "effect": 0.5}])
def test_impossible_sizes_are_refused(told):
    with pytest.raises(ParameterError):
        advised_size(**told)


@settings(max_examples=50)
@given(sexes=SEXES, data=st.data(), women=st.integers(10, 500), young=st.integers(10, 500))
def test_raking_reaches_every_margin_whatever_the_order(sexes, data, women, young):
    ages = data.draw(st.lists(st.sampled_from("jv"), min_size=len(sexes), max_size=len(sexes)))
    assume(len({*zip(sexes, ages, strict=True)}) == 4)
    margins = {"sexe": {"F": women, "H": 600 - women}, "age": {"j": young, "v": 600 - young}}
    found = rake({"sexe": sexes, "age": ages}, margins).values
    assert (found > 0).all()
    for name, told in (("sexe", sexes), ("age", ages)):
        for category, people in margins[name].items():
            assert found[np.array(told) == category].sum() == pytest.approx(people, rel=1e-6)
    back = rake({"sexe": sexes[::-1], "age": ages[::-1]}, margins).values[::-1]
    assert found == pytest.approx(back)


@settings(max_examples=50)
@given(
    told=st.lists(st.booleans(), min_size=1, max_size=60),
    weights=st.lists(st.floats(0.1, 9), min_size=60, max_size=60),
)
def test_an_interval_holds_its_share_within_bounds(told, weights):
    found = share(told, Sample.of(len(told), weights=weights[: len(told)]))
    assert 0 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1
    assert found.effect >= 1 - 1e-9


@given(
    people=st.dictionaries(
        st.text(min_size=1, max_size=3), st.integers(1, 999), min_size=1, max_size=8
    ),
    size=st.integers(1, 300),
)
def test_quotas_share_everybody_fairly(people, size):
    found = quotas(people, size)
    assert sum(found.values()) == size
    total = sum(people.values())
    assert all(abs(found[group] - size * people[group] / total) < 1 for group in people)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """4,000 simple draws of 50 in a share of 30 %: between 93 and 97 % of intervals hold it."""
    draws = np.random.default_rng(20261122).random((4_000, 50)) < 0.3
    one = Sample.of(50)
    held = sum((found := share(draw, one)).low <= 0.3 <= found.high for draw in draws)
    assert 0.93 < held / 4_000 < 0.97


def test_only_those_who_answered_count():
    told = Sample.of(4, weights=[1, 2, 3, 4], strata=["a", "a", "b", "b"])
    kept = told.only(np.array([True, False, True, True]))
    assert kept.weights.tolist() == [1, 3, 4]
    assert math.isclose(kish(np.ones(7)), 1)
