"""Those who do not claim, by a published rate, against cases worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from portrea.rights.catalogue import rights
from portrea.rights.take_up import Range, added, by_rate, gap, lines, published, threshold
from portrea.vocab.variables import variables

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/rights/take_up.yaml").read_text("utf-8"))
WITH_RATE = [line for line in lines().values() if line.rate is not None]
COUNTS = st.integers(11, 2_000_000).map(float)
STATES = st.sampled_from(["ok", "rounded"])


def named(part: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in CASES[part]]


def count_of(line: str, figure: dict[str, Any] | None) -> Range | None:
    return figure and published(**figure, hidden_below=lines()[line].hidden_below)


def same(found: Range | None, wanted: list[float | None] | None) -> None:
    assert (found is None) == (wanted is None)
    if found is not None and wanted is not None:
        assert [found.low, found.value, found.high] == [
            None if number is None else pytest.approx(number, abs=1e-6) for number in wanted
        ]


@pytest.mark.parametrize("case", named("by_rate"))
def test_a_benefit_as_worked_by_hand(case) -> None:
    found = by_rate(lines()[case["line"]], count_of(case["line"], case["published"]))
    assert found.saying == case["says"]
    same(found.beneficiaries, case["beneficiaries"])
    same(found.eligible, case["eligible"])
    same(found.unclaimed, case["unclaimed"])


@pytest.mark.parametrize("case", named("added"))
def test_communes_added(case) -> None:
    same(added([count_of(case["line"], figure) for figure in case["published"]]), case["sum"])


def test_bounds_give_bounds() -> None:
    (case,) = CASES["bounds"]
    found = by_rate(lines()[case["line"]], Range(*case["beneficiaries"]))
    same(found.eligible, case["eligible"])
    same(found.unclaimed, case["unclaimed"])


@pytest.mark.parametrize("case", named("gaps"))
def test_the_gap_of_the_other_road(case) -> None:
    beneficiaries = case["beneficiaries"] and Range(*case["beneficiaries"])
    found = gap(Range(*case["eligible"]), beneficiaries, units=tuple(case["units"]))
    same(found, case["gap"])


@given(st.sampled_from(WITH_RATE), COUNTS, COUNTS, STATES)
def test_more_beneficiaries_never_make_fewer_eligible(line, one, other, status) -> None:
    small, large = (
        by_rate(line, published(value, status, hidden_below=5)) for value in sorted((one, other))
    )
    assume(small.eligible and large.eligible)
    assert small.eligible.low <= large.eligible.low
    assert small.eligible.high <= large.eligible.high
    assert small.eligible.size <= large.eligible.size


@given(COUNTS.filter(lambda count: count >= 200), STATES)
def test_a_higher_rate_never_makes_fewer_eligible(count, status) -> None:
    single = sorted((x for x in WITH_RATE if not x.ceiling), key=lambda x: x.rate or 0.0)
    figure = published(count, status, hidden_below=5)
    found = [by_rate(line, figure).eligible for line in single]
    values = [one.size for one in found if one is not None]
    assert len(values) == len(single)
    assert values == sorted(values)


@given(st.sampled_from(WITH_RATE), COUNTS, STATES)
def test_eligible_are_no_fewer_than_beneficiaries_and_add_up(line, count, status) -> None:
    found = by_rate(line, published(count, status, hidden_below=5))
    assume(found.eligible)
    assert found.eligible.low >= found.beneficiaries.low
    assert found.eligible.high >= found.beneficiaries.high
    assert found.eligible.low <= found.eligible.size <= found.eligible.high
    if found.eligible.value is not None:
        together = found.beneficiaries.value + found.unclaimed.value
        assert found.eligible.value == pytest.approx(together)


@given(st.sampled_from(list(lines().values())), st.integers(0, 60).map(float), STATES)
def test_no_number_under_the_threshold(line, count, status) -> None:
    found = by_rate(line, published(count, status, hidden_below=5))
    for said in (found.beneficiaries, found.eligible, found.unclaimed):
        assert said is None or said.size >= threshold()
    if found.unclaimed is not None:
        assert found.unclaimed.low == 0 or found.unclaimed.low >= threshold()
        assert found.eligible.low in (
            found.beneficiaries.low,
            pytest.approx(found.beneficiaries.low + found.unclaimed.low),
        )


@given(st.lists(st.integers(100, 5_000), min_size=1, max_size=40), st.integers(-2, 2))
def test_the_communes_together_hold_the_departement(counts, shift) -> None:
    """Each commune is rounded to 5, its département is not: its interval is inside their sum."""
    line = lines()["rsa"]
    true = [max(0, 5 * round(count / 5) + shift) for count in counts]
    communes = [
        by_rate(line, published(5.0 * round(count / 5), "rounded", hidden_below=5))
        for count in true
    ]
    whole = by_rate(line, published(float(sum(true)), "ok", hidden_below=5))
    assert sum(one.eligible.low for one in communes) <= whole.eligible.low + 1e-6
    assert sum(one.eligible.high for one in communes) >= whole.eligible.high - 1e-6


def test_every_line_names_what_exists_and_where_it_comes_from() -> None:
    for line in lines().values():
        assert line.unit in ("foyers", "personnes")
        assert not line.right or line.right in rights()
        assert {line.variable, line.context} - {""} <= set(variables())
        assert line.silent
        if line.rate is not None:
            assert 0 < line.lowest <= line.rate < 1
            assert line.source
            assert line.year
            assert line.interval
            assert line.universe


def test_a_line_without_rate_has_no_bounds() -> None:
    with pytest.raises(ValueError, match="ppa"):
        _ = lines()["ppa"].rates
