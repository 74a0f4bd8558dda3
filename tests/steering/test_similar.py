"""Territories that resemble one another: the hand-worked case, and what must always hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import TerritoryError
from portrea.needs import rank_intervals
from portrea.needs.estimation import rank_ranges
from portrea.sources.store import Store
from portrea.steering.computation import atoms_of, gather_inputs
from portrea.steering.context import LEVELS, read_context
from portrea.steering.reading import Reader
from portrea.steering.similar import (
    Context,
    Neighbour,
    compared,
    nearest,
    rule,
    spreads,
    variables,
)

CASE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "steering" / "similar.yaml").read_text("utf-8")
)
NAMES = list(CASE["weights"])
SHARE = st.floats(0.01, 1)
ROWS = st.lists(st.tuples(SHARE, SHARE, SHARE), min_size=4, max_size=12)


def numbers(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def context_of(rows: Any, codes: list[str] | None = None) -> Context:
    values = np.array(rows, dtype=float)
    return Context("epci", tuple(codes or [f"{i:03}" for i in range(len(values))]), values)


def near(context: Context, code: str, **changes: Any) -> list[Neighbour]:
    width = context.values.shape[1]
    given = {"count": 99, "least": 0.0, "weights": np.ones(width), "logs": [False] * width}
    given |= {"spread": np.ones(width)} | changes
    return nearest(context, code, **given)


def of_case(least: float) -> list[Neighbour]:
    rows = [numbers([card[name] for name in NAMES]) for card in CASE["territories"].values()]
    return near(
        context_of(rows, list(CASE["territories"])),
        CASE["from"],
        least=least,
        weights=numbers([CASE["weights"][name] for name in NAMES]),
        spread=numbers([CASE["spreads"][name] for name in NAMES]),
    )


def test_the_distances_of_the_case() -> None:
    found = of_case(0.0)
    assert [each.code for each in found] == [each["code"] for each in CASE["distances"]]
    for each, expected in zip(found, CASE["distances"], strict=True):
        assert each.distance == pytest.approx(expected["distance"], abs=1e-6)
        assert each.covered == pytest.approx(expected["covered"])
        assert NAMES[each.farthest[0]] == expected["farthest"]
        assert not set(each.closest) & set(each.farthest)


def test_too_little_known_is_left_out() -> None:
    assert [each.code for each in of_case(CASE["least"])] == CASE["kept"]


@pytest.mark.parametrize("case", CASE["spreads_of"], ids=lambda case: str(case["values"]))
def test_the_spread_of_the_case(case: dict[str, Any]) -> None:
    (found,) = spreads(numbers(case["values"])[:, None], least=0.5)
    if case["spread"] is None:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(case["spread"], abs=1e-6)


@given(ROWS)
def test_the_distance_is_the_same_both_ways(rows: list[tuple[float, ...]]) -> None:
    context = context_of(rows)
    there = {each.code: each.distance for each in near(context, "000")}
    for code, distance in there.items():
        back = {each.code: each.distance for each in near(context, code)}
        assert back["000"] == pytest.approx(distance)


@given(ROWS)
def test_a_copy_is_at_nothing_and_comes_first(rows: list[tuple[float, ...]]) -> None:
    first = near(context_of([*rows, rows[0]]), "000")[0]
    assert first.distance == 0
    assert first.farthest == ()


@given(ROWS)
def test_one_more_far_territory_changes_no_order(rows: list[tuple[float, ...]]) -> None:
    before = near(context_of(rows), "000")
    after = near(context_of([*rows, (1e6, 1e6, 1e6)]), "000")
    assert after[:-1] == before


@given(ROWS, st.tuples(*[st.floats(0.001, 1000)] * 3))
def test_units_change_nothing(rows: list[tuple[float, ...]], units: tuple[float, ...]) -> None:
    """In persons or in thousands, as a part or in percent; a ratio does not see them at all."""
    logs = [True, False, False]

    def distances(values: Any) -> list[tuple[str, float]]:
        context = context_of(values)
        found = near(context, "000", spread=spreads(compared(context.values, logs)), logs=logs)
        return sorted((each.code, each.distance) for each in found)

    for mine, theirs in zip(distances(rows), distances(np.array(rows) * units), strict=True):
        assert mine[0] == theirs[0]
        assert mine[1] == pytest.approx(theirs[1], rel=1e-6, abs=1e-9)


def test_an_unknown_territory_is_told() -> None:
    with pytest.raises(TerritoryError, match="Aucun chiffre de contexte"):
        near(context_of([(1, 2, 3)]), "999")


def test_nothing_that_portrea_estimates_is_compared() -> None:
    measures = {"n", "share", "a1", "a2", "a3", "b", "c"}
    assert not measures & {variable.id for variable in variables()}
    assert all(variable.weight > 0 and len(variable.source) == 1 for variable in variables())


def test_the_context_of_real_territories(demo_home: Path) -> None:
    """The sum of the communes; an EPCI among those of its département finds others."""
    reader = Reader(Store(demo_home))
    table = reader.computation.table("territories")
    found = {level: read_context(reader.store, table, level) for level in LEVELS}
    people = {level: context.values[:, 0] for level, context in found.items()}
    communes = dict(zip(found["commune"].codes, people["commune"], strict=True))
    inside = reader.codes("commune", "epci", "243500550")
    own = people["epci"][found["epci"].codes.index("243500550")]
    assert own == pytest.approx(sum(communes[code] for code in inside))
    aged = [variable.id for variable in variables()].index("aged")
    assert 0.05 < found["epci"].values[found["epci"].codes.index("243500550"), aged] < 0.5
    context = found["epci"]
    logs = [variable.log for variable in variables()]
    spread = spreads(compared(context.values, logs), rule("least_territories"))
    weights = np.array([variable.weight for variable in variables()])
    some = near(context, "243500550", spread=spread, weights=weights, logs=logs, count=3)
    assert len(some) == 3
    assert some[0].distance <= some[-1].distance


# -- ranks -----------------------------------------------------------------------------------------


def test_the_ranks_of_the_case() -> None:
    low, high = rank_intervals(np.array(CASE["ranks"]["draws"]))
    assert low.tolist() == CASE["ranks"]["low"]
    assert high.tolist() == CASE["ranks"]["high"]


@given(st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), min_size=1, max_size=6))
def test_a_rank_is_one_more_than_those_above(rows: list[list[int]]) -> None:
    draws = np.array(rows, dtype=float)
    ranks = 1 + (draws[None] > draws[:, None]).sum(axis=1)
    low, high = rank_intervals(draws)
    assert low.tolist() == ranks.min(axis=1).tolist()
    assert high.tolist() == ranks.max(axis=1).tolist()


def test_the_ranks_of_real_territories(demo_home: Path) -> None:
    """The one whose interval is wholly above another's never ranks after it."""
    reader = Reader(Store(demo_home))
    inputs = gather_inputs(reader.store)
    codes = reader.codes("epci", "departement", "35")[:6]
    selection = reader.gazetteer.resolve(",".join(f"epci:{code}" for code in codes))
    found = rank_ranges(
        inputs.territories, inputs.observations, inputs.crosstab,
        level="epci", measure="a1", selection=atoms_of(inputs.territories, selection, "epci"),
        codes=codes, draws=200,
    )  # fmt: skip
    ranks = {row["code"]: (row["rank_low"], row["rank_high"]) for row in found.to_dicts()}
    assert set(ranks) == set(codes)
    assert all(1 <= low <= high <= len(codes) for low, high in ranks.values())
    assert any(low < high for low, high in ranks.values())
    estimates = reader.estimates("epci", codes, "a1").to_dicts()
    first = max(estimates, key=lambda row: row["share"])["code"]
    last = min(estimates, key=lambda row: row["share"])["code"]
    assert ranks[first][0] == 1
    assert ranks[last][1] == len(codes)
