"""Priority areas: cases worked by hand, laws, and what may not be said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from polars.testing import assert_frame_equal

from portrea.base.errors import ParameterError
from portrea.reach.priority import (
    lacking,
    prioritise,
    ranks_of,
    threshold_of,
)
from portrea.reach.priority_areas import Areas, grouped
from portrea.reach.priority_readings import kept, quadrants, reference_of, sensitivity, steadiness
from portrea.reach.priority_rules import default_rule, parameters
from portrea.reach.priority_tables import Status

CASE = yaml.safe_load((Path(__file__).parents[1] / "cases/reach/priority.yaml").read_text("utf-8"))
EXPECTED = CASE["expected"]


def areas_of(**changes: object) -> Areas:
    told = {name: np.asarray(value, dtype=float) for name, value in CASE["areas"].items()
            if name != "codes"}  # fmt: skip
    told["draws"] = told["draws"].astype(np.float32)
    return replace(Areas(codes=np.array(CASE["areas"]["codes"]), **told), **changes)


def rule_of(**changes: object):
    return default_rule(first=2, **changes)


@pytest.fixture(scope="module")
def table():
    return prioritise(areas_of(), rule_of())


def test_bar_is_half_the_mean_access_of_the_persons(table):
    assert threshold_of(areas_of(), rule_of()) == pytest.approx(CASE["threshold"]["value"])
    known = areas_of().known_only()
    assert threshold_of(known, rule_of()) == pytest.approx(CASE["threshold"]["known"])
    assert table["threshold"].unique().to_list() == pytest.approx([CASE["threshold"]["value"]])


@pytest.mark.parametrize(
    "name", ["uncovered", "rank", "first", "p_first", "share", "imputed_share", "first_known"]
)
def test_figures_are_those_worked_by_hand(table, name):
    found = [0 if v is None else v for v in table[name].to_list()]
    assert found == pytest.approx(EXPECTED[name])


def test_ranks_that_rest_on_imputed_hours_are_not_given(table):
    assert table["status"].to_list() == EXPECTED["status"]


def test_nothing_imputed_leaves_what_the_draws_say():
    areas = areas_of(access_known=areas_of().access)
    assert prioritise(areas, rule_of())["status"].to_list() == EXPECTED["status_nothing_imputed"]


def test_a_bar_told_by_the_user_does_not_move():
    case = CASE["fixed_threshold"]
    found = prioritise(areas_of(), rule_of(threshold=case["value"]))
    assert found["first_known"].to_list() == case["first_known"]
    assert found["status"].to_list() == case["status"]


@pytest.mark.parametrize("order", ["share", "access"])
def test_each_figure_may_order_the_table_alone(order):
    found = prioritise(areas_of(), rule_of(order=order))
    assert found["rank"].to_list() == EXPECTED[f"rank_by_{order}"]


def test_quadrants_of_need_and_access():
    case = CASE["quadrants"]
    found = quadrants(areas_of())
    assert reference_of(areas_of()) == pytest.approx(
        (case["reference_share"], case["reference_access"])
    )
    assert found["quadrant"].to_list() == case["quadrant"]
    odds = found.select("p_more_less", "p_more_more", "p_less_less", "p_less_more")
    assert odds.sum_horizontal().to_list() == pytest.approx([1.0] * 5)
    # B: 50 / 400 in one draw of four is under the reference.
    assert found["p_more_less"][1] == pytest.approx(0.75)


def test_groups_add_up():
    case = CASE["groups"]
    owners = np.array(case["owners"])
    found = grouped(lacking(areas_of(), rule_of()), owners)
    assert found.areas.codes.tolist() == case["codes"]
    assert found.areas.persons.tolist() == case["persons"]
    assert found.persons.tolist() == case["uncovered"]
    assert found.areas.access.tolist() == pytest.approx(case["access"])
    table = prioritise(areas_of(), default_rule(first=1), owners=owners)
    assert table["p_first"].to_list() == pytest.approx(case["p_first_of_one"])


def test_sensitivity_to_the_choices_made():
    case = CASE["sensitivity"]
    variants = {
        name: (
            areas_of(persons=np.array(v.get("persons", CASE["areas"]["persons"]), float)),
            rule_of(threshold=v["threshold"]),
        )
        for name, v in case["variants"].items()
    }
    found = sensitivity(variants)
    for name, first in case["first"].items():
        assert found.filter("first", variant=name)["code"].to_list() == first
    times = steadiness(found)
    assert dict(times.select("code", "times_first").iter_rows()) == case["times_first"]
    assert dict(kept(found).select("variant", "kept").iter_rows()) == case["kept"] | {"base": 2}


def test_unknown_access_is_neither_covered_nor_ranked():
    access = areas_of().access.copy()
    access[1] = np.nan
    found = prioritise(areas_of(access=access, access_known=None), rule_of())
    assert found["status"][1] == Status.UNKNOWN
    assert found["uncovered"][1] is None
    assert found["p_first"][1] is None
    assert not found["first"][1]


def test_without_draws_nothing_is_sure():
    found = prioritise(areas_of(draws=None, access_known=None), rule_of())
    assert found["status"].to_list() == ["covered", "undrawn", "undrawn", "undrawn", "covered"]
    assert found["p_first"].null_count() == 5


def test_a_need_known_between_two_scenarios_is_sure_when_both_say_so():
    # Under a bar that does not move, B is among the two first in draws 1, 3 and 4: half of the low
    # scenario, all of the high.
    found = prioritise(areas_of(sides=2, access_known=None), rule_of(threshold=0.54))
    assert found.row(1, named=True)["p_first"] == 0.75
    assert (found["p_first_low"][1], found["p_first_high"][1]) == (0.5, 1.0)
    assert found["status"][1] == Status.UNCERTAIN
    # Its 95 % interval is the widest of both: 50 and 80, then 70 and 90.
    assert found["persons_low"][1] == pytest.approx(50.75)
    assert found["persons_high"][1] == pytest.approx(89.5)


def test_no_supply_at_all_leaves_everyone_uncovered():
    found = prioritise(areas_of(access=np.zeros(5), access_known=np.zeros(5)), rule_of())
    assert found["uncovered"].to_list() == CASE["areas"]["persons"]
    assert found["imputed_share"].null_count() == 5


def test_more_first_areas_than_lacking_ones_names_no_covered_area():
    found = prioritise(areas_of(access_known=None), default_rule(first=5))
    assert found["first"].to_list() == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first": 0}, "trop petit"),
        ({"order": "score"}, "n’existe pas"),
        ({"threshold": -1.0}, "positif"),
        ({"threshold": float("nan")}, "positif"),
    ],
)
def test_impossible_rules_are_refused_in_french(changes, words):
    with pytest.raises(ParameterError, match=words):
        default_rule(**changes)


def test_every_parameter_is_dated_sourced_and_told_as_ours():
    for entry in parameters().values():
        assert {"value", "unit", "source", "date"} <= set(entry)
        assert entry.get("hypothese") or not entry["source"].startswith("Notre supposition")


@st.composite
def random_areas(draw):
    size, times = draw(st.integers(2, 8)), draw(st.integers(1, 6))
    # Distinct integers: no ties, and sums that float32 holds exactly.
    persons = draw(
        st.lists(st.integers(1, 10**6), min_size=size * times, max_size=size * times, unique=True)
    )
    drawn = np.array(persons, np.float32).reshape(size, times)
    access = draw(arrays(float, size, elements=st.floats(0, 5)))
    return Areas(
        codes=np.array([f"{i:02}" for i in range(size)]),
        persons=drawn.astype(float).mean(axis=1),
        population=drawn.max(axis=1).astype(float) * 2,
        access=access,
        draws=drawn,
        access_known=access,
    )


@given(random_areas(), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_laws(areas, first):
    rule = default_rule(first=first, threshold=2.0)
    table = prioritise(areas, rule)
    lacks = int((table["uncovered"] > 0).sum())
    # No ties: each draw has exactly min(k, areas that lack) first ones.
    assert table["p_first"].sum() == pytest.approx(min(first, lacks))
    assert table.filter(table["uncovered"] == 0)["p_first"].sum() == 0
    assert not table["status"].is_in(["unrankable"]).any()
    # Twice as many people everywhere, who share the same help: the same ranks, just as sure.
    usual = default_rule(first=first)
    half = areas.access / 2
    twice = replace(areas, persons=areas.persons * 2, draws=areas.draws * 2, access=half,
                    access_known=half)  # fmt: skip
    for name in ("rank", "p_first", "status"):
        assert prioritise(twice, usual)[name].equals(prioritise(areas, usual)[name])
    # A stricter bar covers no one more.
    strict = prioritise(areas, default_rule(first=first, threshold=1.0))
    assert (strict["uncovered"] <= table["uncovered"]).all()


@given(random_areas(), st.permutations(range(8)))
@settings(max_examples=30, deadline=None)
def test_the_order_of_rows_changes_nothing(areas, order):
    order = [i for i in order if i < len(areas.codes)]
    turned = Areas(
        **{
            name: value[order] if isinstance(value, np.ndarray) else value
            for name, value in ((n, getattr(areas, n)) for n in areas.__dataclass_fields__)
        }
    )
    rule = default_rule(first=2)
    found, wanted = prioritise(turned, rule).sort("code"), prioritise(areas, rule).sort("code")
    # The mean that makes the bar is summed in another order: the last bit may differ.
    assert_frame_equal(found, wanted, rel_tol=1e-12)


@given(arrays(float, st.integers(1, 12), elements=st.sampled_from([0.0, 1.0, 2.0, 5.0, np.nan])))
@settings(max_examples=60, deadline=None)
def test_ranks_against_brute_force(values):
    known = values[np.isfinite(values)]
    wanted = [1 + int((known > v).sum()) if np.isfinite(v) else len(known) + 1 for v in values]
    assert ranks_of(values).tolist() == wanted
