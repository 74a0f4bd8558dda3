"""Weights to margins: those who did not say, groups without answers, weights that are cut."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.surveys.margins import ages_of, margin_of_ages, weigh
from portrea.surveys.margins_words import margin_of_diplomas, margin_of_households

WORKED = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/surveys/margins.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", WORKED["weighing"])
def test_weights_as_worked_by_hand(case):
    found = weigh(case["answers"], case["margins"])
    assert found.weights.tolist() == pytest.approx(case["weights"])
    assert [[one.question, one.group, one.into] for one in found.joined] == case["joined"]
    assert found.residual == 0


@pytest.mark.parametrize("case", WORKED["trimming"])
def test_cut_weights_as_worked_by_hand(case):
    found = weigh(case["answers"], case["margins"], most=case["most"])
    assert found.weights.tolist() == pytest.approx(case["weights"])
    for name in ("residual", "effect", "effective"):
        assert getattr(found, name) == pytest.approx(case[name])


def test_a_cap_that_undoes_everything_is_refused():
    with pytest.raises(ParameterError, match="trop peu"):
        weigh({"q": ["a"]}, {"q": {"a": 1}}, most=1.0)


@pytest.mark.parametrize("case", WORKED["ages"], ids=lambda case: case["label"])
def test_ages_are_read_in_labels(case):
    found = ages_of(case["label"])
    assert found == (None if case["low"] is None else (case["low"], case["high"]))


@pytest.mark.parametrize("case", WORKED["bands"])
def test_ages_of_a_question_meet_those_of_the_census(case):
    assert margin_of_ages(case["choices"], case["bands"]) == case["margin"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", "c", ""]), min_size=4, max_size=30),
    st.lists(st.integers(0, 50), min_size=3, max_size=3).filter(any),
    st.sampled_from([None, 2.0, 5.0]),
)
def test_weights_are_kept_in_number_and_in_sum(told, people, most):
    """Whatever is empty or unsaid: weights are positive, sum to the people, none passes the cap."""
    found = weigh({"q": told}, {"q": dict(zip("abc", people, strict=True))}, most=most)
    assert len(found.weights) == len(told)
    assert (found.weights > 0).all()
    if found.used:
        assert found.weights.sum() == pytest.approx(sum(people))
        if most is not None:
            assert found.weights.max() <= most * found.weights.mean() * (1 + 1e-9)


@pytest.mark.parametrize("case", WORKED["diplomas"])
def test_words_of_diplomas_meet_those_of_the_census(case):
    assert margin_of_diplomas(case["choices"], case["people"]) == case["margin"]


@pytest.mark.parametrize("case", WORKED["households"])
def test_words_of_households_meet_those_of_the_census(case):
    people = {"alone": case["alone"], "others": case["others"]}
    assert margin_of_households(case["choices"], **people) == case["margin"]
