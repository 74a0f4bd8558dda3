"""Means of an action and cost by person, against cases worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.steering.means import Line, together, unit_cost, year_of
from portrea.steering.means_reading import amount_of, read_means

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/steering/means.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES["amortisation"], ids=lambda case: case["name"])
def test_an_investment_weighs_each_year_of_its_life(case: dict[str, Any]) -> None:
    line = Line("investissement", case["amount"], case["year"], case["life"])
    assert {year: line.in_year(year) for year in case["in"]} == case["in"]


@pytest.mark.parametrize("case", CASES["year"], ids=lambda case: case["name"])
def test_the_means_of_a_year_worked_by_hand(case: dict[str, Any]) -> None:
    found = year_of([Line(**line) for line in case["lines"]], case["asked"])
    for name in ("running", "invested", "cost", "etp", "hours"):
        assert getattr(found, name) == case[name], name
    assert (list(found.inside), list(found.outside)) == (case["inside"], case["outside"])


@pytest.mark.parametrize("case", CASES["unit_cost"], ids=lambda case: case["name"])
def test_the_cost_by_person_worked_by_hand(case: dict[str, Any]) -> None:
    found = unit_cost(case["cost"], case["count"])
    if case["value"] is None:
        assert found is None
        return
    assert found is not None
    assert [round(one, 1) for one in (found.value, found.low, found.high)] == [
        case["value"], case["low"], case["high"],
    ]  # fmt: skip


@pytest.mark.parametrize("case", CASES["import"], ids=lambda case: case["name"])
def test_a_table_is_read_whole_or_every_fault_is_told(case: dict[str, Any]) -> None:
    if "faults" not in case:
        found = read_means(case["rows"])
        assert len(found) == case["lines"]
        assert len({one.title for one in found}) == case["actions"]
        assert (found[0].line.amount, found[0].line.life) == (48000.0, 8)
        return
    with pytest.raises(DataError) as told:
        read_means(case["rows"])
    for words in case["faults"]:
        assert words in told.value.message


def test_a_table_without_its_columns_says_which() -> None:
    with pytest.raises(DataError, match="« Montant »"):
        read_means([{"Action": "Bus", "Type": "bus", "Année": "2026", "Nature": "etp"}])
    with pytest.raises(DataError, match="aucune ligne"):
        read_means([])


@pytest.mark.parametrize(
    ("text", "number"),
    [("12 500,50 €", 12500.5), ("12\u202f500", 12500.0), ("-3", None), ("nan", None), ("", None),
     ("99999999999", None)],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, number: float | None) -> None:
    assert amount_of(text) == number


amounts = st.floats(0, 1e6).map(lambda x: round(x, 2))
lines = st.builds(
    Line,
    st.sampled_from(["salaires", "fonctionnement", "investissement"]),
    amounts,
    st.integers(2020, 2026),
    st.integers(1, 9),
)


@given(st.lists(lines, max_size=8))
def test_every_euro_is_spent_once(told: list[Line]) -> None:
    """Over enough years, the costs add up to the amounts; funders add up to the cost."""
    years = [year_of(told, year) for year in range(2020, 2040)]
    spent = sum(one.cost or 0 for one in years)
    assert spent == pytest.approx(sum(line.amount for line in told))
    for one in years:
        assert sum(one.funders.values()) == pytest.approx(one.cost or 0)
    assert together(years).cost in (None, pytest.approx(spent))


@given(st.floats(1, 1e6), st.integers(20, 100_000))
def test_a_cost_lies_within_its_bounds(cost: float, count: int) -> None:
    found = unit_cost(cost, count)
    assert found is not None
    assert found.low < found.value < found.high
