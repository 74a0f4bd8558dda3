from __future__ import annotations

from math import fsum
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError, TerritoryError
from portrea.territory.apportionment import aggregate, apportion
from portrea.territory.completion import complete_territories

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/territory/apportion.yaml").read_text("utf-8")
)["integers"]
IRIS = ["352380101", "352380102", "351880000", "351120000", "350620000", "751010101", "2A0040101"]


def places() -> pl.DataFrame:
    rows = {
        "level": ["iris"] * len(IRIS) + ["commune", "commune"],
        "code": [*IRIS, "35238", "35188"],
        "name": [None] * len(IRIS) + ["Rennes", "Montfort"],
        "epci": [None] * len(IRIS) + ["243500139", "243500550"],
    }
    empty = ("commune", "departement", "region", "kind")
    numbers = dict.fromkeys(("longitude", "latitude", "area_km2"))
    frame = pl.DataFrame(rows).with_columns(
        *(pl.lit(None, dtype=pl.String).alias(n) for n in empty),
        *(pl.lit(None, dtype=pl.Float64).alias(n) for n in numbers),
    )
    return complete_territories(frame)


def iris_counts(values) -> pl.DataFrame:
    return pl.DataFrame(
        {"level": ["iris"] * len(IRIS), "code": IRIS, "n": values},
        schema={"level": pl.String, "code": pl.String, "n": pl.Int64},
    )


def test_aggregate_by_hand():
    counts = iris_counts([1, 2, 4, 8, 16, 32, 64])
    communes = aggregate(counts, places(), to="commune", sums=["n"])
    assert dict(communes.select("code", "n").iter_rows()) == {
        "2A004": 64,
        "35062": 24,  # 8 of Fleurigné, merged, + 16
        "35188": 4,
        "35238": 3,
        "75056": 32,
    }
    epci = aggregate(counts, places(), to="epci", sums=["n"])
    assert dict(epci.select("code", "n").iter_rows()) == {"243500139": 3, "243500550": 4}
    assert aggregate(counts, places(), to="france", sums=["n"]).rows() == [("france", "FR", 127)]


def test_an_unknown_part_makes_an_unknown_sum():
    counts = iris_counts([1, None, 4, 8, 16, 32, 64])
    departements = aggregate(counts, places(), to="departement", sums=["n"])
    assert dict(departements.select("code", "n").iter_rows()) == {"2A": 64, "35": None, "75": 32}


@given(st.lists(st.integers(0, 10**9), min_size=len(IRIS), max_size=len(IRIS)), st.randoms())
@settings(max_examples=25, deadline=None)
def test_totals_are_preserved_at_every_level_in_any_order(values, random):
    counts = iris_counts(values)
    shuffled = counts[random.sample(range(len(IRIS)), len(IRIS))]
    table = places()
    for level in ("commune", "departement", "region", "france"):
        done = aggregate(counts, table, to=level, sums=["n"])
        assert done["n"].sum() == sum(values)
        assert done.equals(aggregate(shuffled, table, to=level, sums=["n"]))
    by_commune = aggregate(counts, table, to="commune", sums=["n"])
    direct = aggregate(counts, table, to="region", sums=["n"])
    assert aggregate(by_commune, table, to="region", sums=["n"]).equals(direct)


def test_what_cannot_be_added_is_refused():
    counts = iris_counts([1] * len(IRIS))
    odd = pl.when(pl.col("code") == IRIS[0]).then(pl.lit("commune")).otherwise("level")
    mixed = counts.with_columns(level=odd)
    with pytest.raises(DataError, match="plusieurs niveaux"):
        aggregate(mixed, places(), to="epci", sums=["n"])
    with pytest.raises(DataError, match="deux fois"):
        aggregate(pl.concat([counts, counts]), places(), to="epci", sums=["n"])
    unknown = counts.with_columns(code=pl.col("code").replace({IRIS[0]: "999990101"}))
    with pytest.raises(TerritoryError, match="999990101"):
        aggregate(unknown, places(), to="epci", sums=["n"])


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_largest_remainder_by_hand(case):
    totals = pl.DataFrame({"parent": ["p"], "total": [case["total"]]})
    weights = pl.DataFrame(
        {"parent": "p", "code": list(case["weights"]), "weight": list(case["weights"].values())}
    )
    shared = apportion(totals, weights)
    assert dict(shared.select("code", "total").iter_rows()) == case["parts"]


weights_lists = st.lists(st.floats(0, 1e6), min_size=1, max_size=30).filter(lambda w: sum(w) > 0)


@given(st.lists(st.tuples(st.integers(0, 10**12), weights_lists), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_whole_numbers_add_up_and_stay_whole(groups):
    totals, weights = _tables(groups, pl.Int64)
    shared = apportion(totals, weights)
    assert shared.schema["total"] == pl.Int64
    _check(shared, totals, weights)


@given(st.lists(st.tuples(st.floats(0, 1e12), weights_lists), min_size=1, max_size=4), st.randoms())
@settings(max_examples=40, deadline=None)
def test_floats_add_up_exactly_in_any_order(groups, random):
    totals, weights = _tables(groups, pl.Float64)
    shared = apportion(totals, weights)
    _check(shared, totals, weights)
    mixed = weights[random.sample(range(weights.height), weights.height)]
    assert apportion(totals, mixed).equals(shared)


def _tables(groups, dtype):
    totals = pl.DataFrame(
        {"parent": [f"p{i}" for i in range(len(groups))], "total": [g[0] for g in groups]},
        schema={"parent": pl.String, "total": dtype},
    )
    rows = [(f"p{i}", f"c{j:02}", w) for i, g in enumerate(groups) for j, w in enumerate(g[1])]
    return totals, pl.DataFrame(rows, schema=["parent", "code", "weight"], orient="row")


def _check(shared, totals, weights):
    assert shared.height == weights.height
    assert (shared["total"] >= 0).all()
    for parent, total in totals.iter_rows():
        part = shared.filter(pl.col("parent") == parent)["total"].to_list()
        assert sum(part) == total
        assert sum(reversed(part)) == total
        assert fsum(part) == total
        heavy = weights.filter(pl.col("parent") == parent).sort("code")["weight"].to_list()
        for share, weight in zip(part, heavy, strict=True):
            expected = total * weight / sum(heavy)
            assert share == pytest.approx(expected, rel=1e-9, abs=1 + 1e-9 * total)
            assert weight > 0 or share == 0


def test_unknown_total_gives_unknown_parts_and_bad_weights_are_refused():
    totals = pl.DataFrame({"parent": ["p", "q"], "total": [None, 4.0]})
    weights = pl.DataFrame(
        {"parent": ["p", "q", "q"], "code": ["a", "b", "c"], "weight": [1, 1, 3]}
    )
    shared = apportion(totals, weights)["total"].to_list()
    assert shared[0] is None
    assert shared[1:] == pytest.approx([1.0, 3.0], rel=1e-14)
    assert shared[1] + shared[2] == 4.0
    for bad in ([1, 0, 0], [1, -1, 2], [1, None, 2]):
        with pytest.raises(DataError, match="Répartition impossible"):
            apportion(totals, weights.with_columns(weight=pl.Series(bad)))
    with pytest.raises(DataError, match="Répartition impossible"):
        apportion(pl.DataFrame({"parent": ["z"], "total": [1.0]}), weights)
