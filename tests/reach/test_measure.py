"""Reach of areas: a case worked by hand, additivity, invariances, brute force."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.reach.measure import measure_reach
from portrea.reach.nearest import SITUATIONS, nearest_places, origins_table
from portrea.reach.tables import WEIGHTS
from portrea.reach.travel import crow_fly_km, travel_minutes
from portrea.vocab.tables import PLACES, TERRITORIES

CASE = yaml.safe_load((Path(__file__).parents[1] / "cases/reach/measure.yaml").read_text("utf-8"))


def territories_of(rows: list[dict]) -> pl.DataFrame:
    return TERRITORIES.conform(pl.DataFrame(rows, infer_schema_length=None))


def places_of(rows: list[dict]) -> pl.DataFrame:
    filled = [{"name": row["id"], "source": "test", **row} for row in rows]
    return PLACES.conform(pl.DataFrame(filled, infer_schema_length=None))


def weights_of(rows: list[dict]) -> pl.DataFrame:
    return WEIGHTS.conform(pl.DataFrame(rows, infer_schema_length=None))


@pytest.fixture(scope="module")
def hand_worked() -> pl.DataFrame:
    return measure_reach(
        territories_of(CASE["territories"]),
        places_of(CASE["places"]),
        weights_of(CASE["weights"]),
    )


@pytest.mark.parametrize(
    "expected",
    CASE["expected"],
    ids=[f"{e['level']}-{e['code']}-{e['situation']}" for e in CASE["expected"]],
)
def test_hand_worked_case(hand_worked, expected):
    key = {k: expected[k] for k in ("level", "code", "situation")}
    row = hand_worked.row(
        by_predicate=pl.all_horizontal(pl.col(k) == v for k, v in key.items()), named=True
    )
    for name, value in expected.items():
        close = isinstance(value, int | float)
        assert row[name] == (pytest.approx(value, abs=1e-5) if close else value), name


def test_origin_falls_back_on_the_commune_and_says_so():
    table = origins_table(territories_of(CASE["territories"]))
    assert dict(zip(table["code"], table["origin"], strict=True)) == {
        "010020000": "commune",
        "01001A001": "iris",
        "01001A002": "iris",
    }


def test_a_place_that_welcomes_nobody_is_left_out():
    places = CASE["places"][:1]
    closed = [{**places[0], "access_modes": ["Ce lieu n'accueille pas de public"]}]
    nearest = nearest_places(territories_of(CASE["territories"]), places_of(closed))
    assert nearest["minutes"].null_count() == nearest.height
    assert nearest["within_20"].to_list() == [0.0] * nearest.height


def test_mixed_measures_are_refused():
    weights = [{**w, "measure": m} for w, m in zip(CASE["weights"], "abc", strict=True)]
    with pytest.raises(DataError, match="une seule mesure"):
        measure_reach(
            territories_of(CASE["territories"]), places_of(CASE["places"]), weights_of(weights)
        )


def test_unknown_weights_give_no_share():
    weights = [{**w, "weight": None} for w in CASE["weights"]]
    reach = measure_reach(
        territories_of(CASE["territories"]), places_of(CASE["places"]), weights_of(weights)
    )
    assert reach["persons_beyond_20"].null_count() == reach.height
    assert reach["share_beyond_20"].null_count() == reach.height


def test_zero_weight_keeps_times_but_has_no_share():
    weights = [{**w, "weight": 0} for w in CASE["weights"]]
    reach = measure_reach(
        territories_of(CASE["territories"]), places_of(CASE["places"]), weights_of(weights)
    )
    aide = reach.filter(pl.col("situation") == "aide")
    assert aide["nearest_minutes"].null_count() == 0
    assert aide["share_beyond_20"].null_count() == aide.height
    assert aide["persons_beyond_20"].to_list() == [0.0] * aide.height


def random_world(seed: int, iris: int = 30, sites: int = 12):
    rng = np.random.default_rng(seed)
    communes = [f"{1000 + i // 3:05d}" for i in range(iris)]
    parents = [
        {"commune": c, "epci": "2" + c[:4] + "0000", "departement": "01", "region": "84"}
        for c in communes
    ]
    zones = [
        {
            "level": "iris",
            "code": f"{c}{i % 3:04d}",
            "name": "z",
            **parents[i],
            "longitude": float(lon),
            "latitude": float(lat),
            "area_km2": float(area),
        }
        for i, (c, lon, lat, area) in enumerate(
            zip(
                communes,
                rng.uniform(0, 1, iris),
                rng.uniform(46, 47, iris),
                rng.uniform(0.5, 40, iris),
                strict=True,
            )
        )
    ]
    heads = [
        {**zone, "level": "commune", "code": zone["commune"], "area_km2": 60.0}
        for zone in zones[::3]
    ]
    places = [
        {
            "id": f"P{i:02d}",
            "longitude": float(rng.uniform(0, 1)),
            "latitude": float(rng.uniform(46, 47)),
            "situations": [s for s in SITUATIONS[:-1] if rng.random() < 0.5],
        }
        for i in range(sites)
    ]
    weights = [
        {
            "code": z["code"],
            "weight": float(rng.integers(0, 500)),
            "measure": "a1",
            "population": float(rng.integers(100, 90_000)),
        }
        for z in zones
    ]
    return territories_of(zones + heads), places_of(places), weights_of(weights)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_brute_force_agrees(seed):
    territories, places, weights = random_world(seed)
    origins = origins_table(territories, weights)
    nearest = nearest_places(territories, places, population=weights)
    for situation in SITUATIONS:
        wanted = places.filter(
            pl.lit(situation == "any") | pl.col("situations").list.contains(situation)
        )
        got = nearest.filter(pl.col("situation") == situation).sort("code")
        for origin, row in zip(
            origins.iter_rows(named=True), got.iter_rows(named=True), strict=True
        ):
            floor = float(
                travel_minutes(
                    [0.0],
                    persons=[origin["commune_population"]],
                    area_km2=[origin["commune_area_km2"]],
                )[0]
            )
            # The floor is the IRIS' own, the density its commune's.
            own = floor * np.sqrt(origin["area_km2"] / origin["commune_area_km2"])
            here = np.full((2, wanted.height), [[origin["longitude"]], [origin["latitude"]]])
            crow = crow_fly_km(*here, wanted["longitude"], wanted["latitude"])
            per_km = floor / (0.5 * np.sqrt(origin["commune_area_km2"] / np.pi))
            expected = np.maximum(crow * per_km, own)
            if not len(expected):
                assert row["minutes"] is None
                assert row["within_20"] == 0
                continue
            assert row["minutes"] == pytest.approx(expected.min(), rel=1e-9)
            assert row["place"] == wanted["id"][int(np.argmin(crow))]
            assert row["within_20"] == (expected <= 20).sum()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_new_place_never_lengthens_a_time(seed):
    territories, places, weights = random_world(seed)
    fewer = measure_reach(territories, places.head(places.height - 1), weights)
    more = measure_reach(territories, places, weights)
    both = fewer.join(more, on=["level", "code", "situation"], suffix="_more")
    assert both.height == fewer.height == more.height
    longer = pl.col("nearest_minutes_more") > pl.col("nearest_minutes") + 1e-9
    assert both.filter(longer).is_empty()
    assert both.filter(
        pl.col("persons_beyond_20_more") > pl.col("persons_beyond_20") + 1e-9
    ).is_empty()
    assert both.filter(
        pl.col("places_within_20_more") < pl.col("places_within_20") - 1e-9
    ).is_empty()


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_row_order_changes_nothing(seed):
    territories, places, weights = random_world(seed)
    straight = measure_reach(territories, places, weights)
    shuffled = measure_reach(
        territories.sample(fraction=1, shuffle=True, seed=seed),
        places.sample(fraction=1, shuffle=True, seed=seed + 1),
        weights.sample(fraction=1, shuffle=True, seed=seed + 2),
    )
    assert straight.equals(shuffled)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_persons_beyond_add_up_from_iris_to_france(seed):
    territories, places, weights = random_world(seed)
    reach = measure_reach(territories, places, weights)
    totals = reach.group_by("level", "situation").agg(pl.col("persons_beyond_20").sum())
    spread = totals.group_by("situation").agg(
        (pl.col("persons_beyond_20").max() - pl.col("persons_beyond_20").min()).alias("gap")
    )
    assert spread["gap"].max() < 1e-6
    assert reach["nearest_minutes"].drop_nulls().min() > 0
