"""Rational agents of a territory: by hand, draws, a border that hardly matters."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from portrea.base.errors import ParameterError
from portrea.reach.access import ACCESS, access_table, score_access
from portrea.reach.agents import Rules
from portrea.reach.catchment import Method
from portrea.reach.demand import Demand
from portrea.reach.engines import crow_fly_times
from portrea.reach.rational import first_draws, score_agents
from portrea.reach.supply import Supply
from portrea.reach.times import Times, rings_around

WORLD = yaml.safe_load((Path(__file__).parents[1] / "cases/reach/access.yaml").read_text("utf-8"))
RAAM = WORLD["raam"]
EXACT = Rules.usual(gap=1e-10, draws_gap=1e-8, cycles=4000)


def world():
    minutes = WORLD["minutes"]
    rows = [(i, j, t) for i, row in enumerate(minutes) for j, t in enumerate(row) if t is not None]
    times = Times.of_pairs(
        (WORLD["zones"], WORLD["places"]), tuple(np.array(rows).T),
        t_max=60, engine="table", profile="car", version="essai",
    )  # fmt: skip
    persons = np.array(WORLD["persons"], dtype=float)
    drawn = np.array(WORLD["draws"], dtype=np.float32)
    parts = (np.array(WORLD[name], dtype=float) for name in ("hours", "declared", "firm"))
    demand = Demand(np.array(WORLD["zones"]), persons, drawn)
    return times, demand, Supply(np.array(WORLD["places"]), "aide", *parts)


def test_hand_worked():
    scores = score_agents(*world(), mean=RAAM["mean"], rules=EXACT, draws=2)
    assert scores.costs == pytest.approx(RAAM["costs"], rel=1e-6)
    table = access_table(scores, pl.DataFrame(WORLD["membership"]))
    ACCESS.check(table)
    for case in RAAM["expected"]:
        got = table.filter(pl.col("code") == case["code"]).row(0, named=True)
        for name, value in case.items():
            told = value if isinstance(value, str) else pytest.approx(value, rel=2e-6)
            assert got[name] == told, (case["code"], name)
        assert 0 <= got["gap"] <= 1e-10


def test_the_mean_of_the_country_is_given_not_guessed():
    other = RAAM["other_mean"]
    scores = score_agents(*world(), mean=other["mean"], rules=EXACT)
    assert scores.costs == pytest.approx(other["costs"], rel=1e-6)
    assert 100 * scores.access == pytest.approx(other["access"], rel=1e-6)
    assert scores.draws is None
    for wrong in (0, -1, np.nan, np.inf):
        with pytest.raises(ParameterError, match="positif"):
            score_agents(*world(), mean=wrong)


def test_catchments_do_not_take_agents_for_weights():
    with pytest.raises(ParameterError, match="raam"):
        score_access(*world(), method=Method.RATIONAL)


def test_no_help_and_nobody():
    times, demand, supply = world()
    useless = replace(supply, hours=np.zeros(2), declared=np.zeros(2), firm=np.zeros(2))
    found = score_agents(times, demand, useless, mean=7, draws=2)
    assert not found.access.any()
    assert not found.draws.any()
    table = access_table(found, pl.DataFrame(WORLD["membership"]))
    assert table["cost"].null_count() == table.height
    nobody = replace(demand, persons=np.zeros(3))
    empty = score_agents(times, nobody, supply, mean=7, rules=EXACT, draws=2)
    assert empty.costs == pytest.approx([8 / 60, 12 / 60, 40 / 60])
    alone = score_agents(*world(), mean=7, rules=EXACT, draws=2)
    assert empty.draws == pytest.approx(alone.draws, rel=1e-4)


def test_draws_searched_from_the_centre_are_those_searched_from_nothing():
    times, demand, supply, _ = country(5)
    found = score_agents(times, demand, supply, mean=3, rules=EXACT, draws=6)
    for column, rank in enumerate(found.kept.tolist()):
        alone = replace(demand, persons=demand.draws[:, rank].astype(float), draws=None, sides=1)
        cold = score_agents(times, alone, supply, mean=3, rules=EXACT)
        assert found.draws[:, column] == pytest.approx(cold.access, rel=1e-4)


def test_the_first_draws_of_each_scenario():
    drawn = np.ones((1, 20), np.float32)
    two = Demand(np.array(["a"]), np.ones(1), drawn, sides=2)
    assert first_draws(two, 6).tolist() == [0, 1, 2, 10, 11, 12]
    assert first_draws(two, 500).tolist() == list(range(20))
    assert first_draws(replace(two, draws=None), 6).tolist() == []


def country(seed: int):
    """Return a small country at random, wide enough for several rings."""
    drawn = np.random.default_rng(seed)
    zones, sites = 240, 60
    where = {"longitude": drawn.uniform(-3, 3, zones), "latitude": drawn.uniform(46, 49, zones)}
    codes = [f"z{i:03d}" for i in range(zones)]
    persons, area = drawn.uniform(100, 9000, zones), drawn.uniform(3, 40, zones)
    origins = pl.DataFrame({"code": codes, **where, "persons": persons, "area_km2": area})
    names = [f"p{i:02d}" for i in range(sites)]
    places = pl.DataFrame(
        {"id": names, "longitude": drawn.uniform(-3, 3, sites),
         "latitude": drawn.uniform(46, 49, sites)}
    )  # fmt: skip
    counted = drawn.gamma(2, 100, zones)
    draws = (counted[:, None] * drawn.uniform(0.7, 1.3, (zones, 8))).astype(np.float32)
    hours = drawn.gamma(2, 10, sites)
    engine = partial(crow_fly_times, t_max=45)
    supply = Supply(np.array(names), "aide", hours, hours, np.zeros(sites))
    return engine(origins, places), Demand(np.array(codes), counted, draws), supply, (
        engine, origins, places,
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_moving_the_border_hardly_changes_a_household(seed):
    """Each ring around a territory brings its zones nearer to what the whole country says."""
    times, demand, supply, ground = country(seed)
    mean = float(demand.persons.sum() / supply.hours.sum())
    whole = score_agents(times, demand, supply, mean=mean, rules=EXACT)
    by_code = dict(zip(times.origins.tolist(), whole.access.tolist(), strict=True))
    west = ground[1].sort("longitude")["code"].to_list()
    inside = west[100:110]
    told = np.array([by_code[code] for code in inside])
    apart = []
    for around in rings_around(*ground, inside=inside, rings=3):
        scores = score_agents(around, demand, supply, mean=mean, rules=EXACT)
        rows = {code: rank for rank, code in enumerate(around.origins.tolist())}
        found = scores.access[[rows[code] for code in inside]]
        apart.append(float(np.max(np.abs(found - told) / np.maximum(told, 1e-12))))
    assert len(around.origins) < len(times.origins)
    assert apart[2] <= 0.01
    assert apart[2] <= max(apart[0], 1e-12), "not nearer, rounding apart"
