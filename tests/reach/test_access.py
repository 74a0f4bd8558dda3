"""Access of areas: a hand-worked world, intervals, and a border that changes nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from portrea.base.errors import DataError
from portrea.reach.access import ACCESS, access_table, score_access
from portrea.reach.catchment import Method, decay_named
from portrea.reach.demand import Demand
from portrea.reach.engines import crow_fly_times
from portrea.reach.supply import Supply
from portrea.reach.times import Times, times_around

WORLD = yaml.safe_load((Path(__file__).parents[1] / "cases/reach/access.yaml").read_text("utf-8"))


def world(*, known=None, draws=True):
    codes = np.array(WORLD["zones"])
    rows = [
        (i, j, minutes)
        for i, row in enumerate(WORLD["minutes"])
        for j, minutes in enumerate(row)
        if minutes is not None
    ]
    times = Times.of_pairs(
        (codes, WORLD["places"]),
        tuple(np.array(rows).T),
        t_max=60,
        engine="table",
        profile="car",
        version="essai",
    )
    drawn = np.array(WORLD["draws"], dtype=np.float32) if draws else None
    persons = np.array(WORLD["persons"], dtype=float)
    unknown = None if known is None else ~np.array(known)
    if unknown is not None:
        persons[unknown] = 0
    demand = Demand(codes, persons, drawn, "c", "persons", 1, unknown)
    parts = (np.array(WORLD[name], dtype=float) for name in ("hours", "declared", "firm"))
    return times, demand, Supply(np.array(WORLD["places"]), "aide", *parts)


MEMBERSHIP = pl.DataFrame(WORLD["membership"])


def row(frame: pl.DataFrame, code: str) -> dict:
    return frame.filter(pl.col("code") == code).row(0, named=True)


def test_hand_worked():
    table = access_table(score_access(*world()), MEMBERSHIP)
    ACCESS.check(table)
    assert table.height == len(WORLD["expected"])
    for case in WORLD["expected"]:
        got = row(table, case["code"])
        for name, value in case.items():
            expected = (
                value if value is None or isinstance(value, str) else pytest.approx(value, rel=1e-6)
            )
            assert got[name] == expected, (case["code"], name)


def test_what_is_received_is_what_is_given():
    times, demand, supply = world()
    for method in (Method.TWO_STAGE, Method.THREE_STAGE):
        scores = score_access(times, demand, supply, method=method)
        given = supply.hours.sum() - scores.unreached
        assert scores.access @ scores.demand.persons == pytest.approx(given)
        received = (scores.draws * demand.draws).sum(axis=0)
        assert received == pytest.approx([given] * received.size, rel=1e-5)


def test_the_order_of_zones_and_places_does_not_matter():
    times, demand, supply = world()
    back = slice(None, None, -1)
    turned = Demand(demand.codes[back], demand.persons[back], demand.draws[back], "c")
    mixed = supply.at(supply.places[back])
    same = access_table(score_access(times, turned, mixed), MEMBERSHIP)
    assert same.equals(access_table(score_access(times, demand, supply), MEMBERSHIP))


def test_two_scenarios_give_the_widest_bounds():
    times, demand, supply = world()
    low, high = demand.draws, demand.draws * np.float32(2)
    both = Demand(demand.codes, demand.persons, np.hstack([low, high]), "c", "persons", 2)
    got = row(access_table(score_access(times, both, supply), MEMBERSHIP), "A")
    alone = row(access_table(score_access(times, demand, supply), MEMBERSHIP), "A")
    assert got["access_high"] == pytest.approx(alone["access_high"], rel=1e-6)
    assert got["access_low"] == pytest.approx(alone["access_low"] / 2, rel=1e-6)
    assert got["persons_high"] == pytest.approx(2 * alone["persons_high"], rel=1e-6)


def test_unknown_need_is_told_and_unknown_place_is_no_zero():
    times, demand, supply = world(known=[True, False, True])
    scores = score_access(times, demand, supply, located=np.array([True, True, False]))
    table = access_table(scores, MEMBERSHIP)
    assert row(table, "A")["zones_unknown"] == 1
    assert row(table, "A")["persons"] == 100
    assert row(table, "B")["access"] is None
    assert row(table, "B")["access_low"] is None
    assert row(table, "B")["zones_unlocated"] == 1
    assert row(table, "B")["persons"] == 50


def test_without_draws_there_are_no_bounds_and_without_people_a_plain_mean():
    times, demand, supply = world(draws=False)
    table = access_table(score_access(times, demand, supply), MEMBERSHIP)
    assert table["access_low"].null_count() == table.height
    nobody = Demand(demand.codes, np.zeros(3), np.zeros((3, 4), np.float32))
    empty = row(access_table(score_access(times, nobody, supply), MEMBERSHIP), "A")
    assert empty["access"] == 0
    assert empty["share_beyond"] is None
    assert empty["nearest_minutes"] == 10


def test_in_the_evening_only_places_that_tell_their_hours_are_near():
    times, demand, supply = world()
    given, none = np.array([0.5, 2.0]), np.zeros(2)
    told = Supply(supply.places, "aide", given, np.array([0.0, 2.0]), none, "soir")
    got = row(access_table(score_access(times, demand, told), MEMBERSHIP), "A")
    assert got["nearest_minutes"] == pytest.approx((100 * 25 + 200 * 12) / 300)
    assert got["places_within"] == pytest.approx(200 / 300)
    assert got["when"] == "soir"
    assert got["imputed_share"] > 0
    guessed = Supply(supply.places, "aide", given, none, none, "soir")
    nobody = row(access_table(score_access(times, demand, guessed), MEMBERSHIP), "A")
    assert nobody["nearest_minutes"] is None
    assert nobody["share_beyond"] == 1
    assert nobody["imputed_share"] == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"codes": np.array(["A", "A"])}, "plusieurs fois"),
        ({"persons": np.array([1.0, np.nan])}, "absente"),
        ({"draws": np.zeros((1, 3), np.float32)}, "forme"),
        ({"draws": np.full((2, 3), np.nan, np.float32)}, "tirages"),
        ({"draws": np.zeros((2, 3), np.float32), "sides": 2}, "forme"),
    ],
)
def test_a_wrong_demand_is_refused(change, words):
    base = {"codes": np.array(["A", "B"]), "persons": np.array([1.0, 2.0])}
    with pytest.raises(DataError, match=words):
        Demand(**(base | change))


def test_moving_the_border_changes_no_household():
    """A small country at random: the zones of any territory score as with the whole country."""
    drawn = np.random.default_rng(5)
    zones, sites = 60, 25
    origins = pl.DataFrame(
        {
            "code": [f"z{i:02d}" for i in range(zones)],
            "longitude": drawn.uniform(-1.5, 0.5, zones),
            "latitude": drawn.uniform(47.6, 48.6, zones),
            "persons": drawn.uniform(100, 9000, zones),
            "area_km2": drawn.uniform(3, 40, zones),
        }
    )
    places = pl.DataFrame(
        {
            "id": [f"p{i:02d}" for i in range(sites)],
            "longitude": drawn.uniform(-1.5, 0.5, sites),
            "latitude": drawn.uniform(47.6, 48.6, sites),
        }
    )
    persons = drawn.gamma(2, 100, zones)
    demand = Demand(
        np.array(origins["code"].to_list()), persons,
        (persons[:, None] * drawn.uniform(0.8, 1.2, (zones, 20))).astype(np.float32),
    )  # fmt: skip
    hours = drawn.gamma(2, 10, sites)
    supply = Supply(np.array(places["id"].to_list()), "aide", hours, hours, np.zeros(sites))
    engine = partial(crow_fly_times, t_max=decay_named().t_max)
    whole = score_access(engine(origins, places), demand, supply)
    by_code = dict(zip(whole.times.origins.tolist(), range(zones), strict=True))
    for size in (1, 7, 30):
        inside = origins["code"].to_list()[:size]
        around = score_access(times_around(engine, origins, places, inside=inside), demand, supply)
        rows = {code: rank for rank, code in enumerate(around.times.origins.tolist())}
        for code in inside:
            there, here = by_code[code], rows[code]
            assert around.access[here] == pytest.approx(whole.access[there], rel=1e-12)
            assert around.draws[here] == pytest.approx(whole.draws[there], rel=1e-5)
