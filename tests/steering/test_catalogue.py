"""Open data: hand-worked cases, and laws that no case may break."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.estimates import Estimate, Quality
from portrea.steering import display
from portrea.steering.catalogue import editions, rounding, telling
from portrea.steering.catalogue.datagouv import plan_of
from portrea.steering.catalogue.entries import Variable
from portrea.steering.catalogue.graph import Literal, turtle_literal
from portrea.steering.catalogue.licences import licence_of
from portrea.steering.catalogue.made import Input

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/catalogue.yaml").read_text("utf-8")
)


def _cases(name):
    return pytest.mark.parametrize("case", CASES[name], ids=lambda c: c.get("name", ""))


@_cases("licences")
def test_the_licence_follows_the_inputs(case):
    inputs = [Input(producer="", vintage="2021", **one) for one in case["inputs"]]
    licence, untold = licence_of(inputs)
    assert (licence.id, list(untold)) == (case["expect"]["id"], case["expect"]["untold"])


@_cases("versions")
def test_a_version_is_made_only_when_the_content_changes(case):
    assert editions.next_version(case["last"], case["digest"], case["day"]) == case["expect"]


@_cases("periods")
def test_the_period_is_that_of_the_years_told(case):
    expected = None if case["expect"] is None else tuple(case["expect"])
    assert editions.period_of(case["vintages"]) == expected


@_cases("citations")
def test_citations(case):
    asked = dict(case["given"])
    assert telling.bibtex(**asked) == case["bibtex"]
    slug = asked.pop("slug")
    assert telling.citation(**asked) == case["text"].strip()
    told = yaml.safe_load(telling.cff(**asked))
    assert (told["type"], told["version"]) == ("dataset", asked["version"])
    assert told["date-released"] == asked["day"].isoformat()
    assert slug in told["url"]


@_cases("schemas")
def test_the_dictionary_is_a_table_schema(case):
    variables = [Variable.of(told) for told in case["variables"]]
    assert telling.table_schema(variables, case["key"]) == case["expect"]
    assert [Variable.of(one.to_dict()) for one in variables] == variables


@_cases("literals")
def test_texts_are_escaped_in_turtle(case):
    assert turtle_literal(Literal(case["given"])) == case["expect"]


@_cases("plans")
def test_what_a_publication_would_change(case):
    found = plan_of(case["here"], case["there"])
    assert [[step.what, step.name] for step in found] == case["expect"]


# -- rounding --------------------------------------------------------------------------------------

BOUNDS = st.tuples(st.floats(0, 1e7), st.floats(0, 1e6), st.floats(0, 1))


@given(st.lists(BOUNDS, min_size=1, max_size=20), st.booleans())
def test_a_table_rounds_counts_as_a_page_does(rows, iris):
    low = np.array([row[0] for row in rows])
    high = low + np.array([row[1] for row in rows])
    value = np.minimum(low + np.array([row[1] * row[2] for row in rows]), high)
    shown = rounding.shown_counts(value, low, high, iris=iris)
    for rank in range(len(rows)):
        estimate = Estimate(float(value[rank]), float(low[rank]), float(high[rank]), Quality.B)
        told = display.shown_count(estimate, "iris" if iris else "commune")
        assert tuple(column[rank] for column in shown) == (told.value, told.low, told.high)


@pytest.mark.parametrize("width", [0.0, 1.0, 10.0, 99.0, 100.0, 1000.0, 1e5])
def test_powers_of_ten_round_alike(width):
    estimate = Estimate(500.0 + width / 2, 500.0, 500.0 + width, Quality.B)
    told = display.shown_count(estimate, "commune")
    arrays = (np.array([x]) for x in (estimate.value, estimate.low, estimate.high))
    assert [float(x[0]) for x in rounding.shown_counts(*arrays, iris=False)] == [
        told.value, told.low, told.high,
    ]  # fmt: skip


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_table_rounds_shares_as_a_page_does(low, width, where):
    high = min(1.0, low + width)
    value = min(high, low + where * (high - low))
    told = display.shown_share(Estimate(value, low, high, Quality.B))
    shown = rounding.shown_shares(*(np.array([x]) for x in (value, low, high)))
    assert [float(x[0]) for x in shown] == [told.value, told.low, told.high]


def test_what_is_not_known_stays_unknown():
    empty = np.array([np.nan])
    assert all(np.isnan(x[0]) for x in rounding.shown_counts(empty, empty, empty, iris=False))
    bounds = rounding.shown_counts(empty, np.array([12.0]), np.array([40.0]), iris=False)
    assert np.isnan(bounds[0][0])
    assert (bounds[1][0], bounds[2][0]) == (10, 40)


def test_days_are_written_in_french():
    assert telling.day_words(date(2026, 8, 1)) == "1ᵉʳ août 2026"
    assert telling.day_words(date(2026, 11, 23)) == "23 novembre 2026"
