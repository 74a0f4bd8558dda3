"""The table of travel times: hand-worked, against brute force, and wherever a border passes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from portrea.reach.catchment import Decay, Method, nearest, score, weigh, within
from portrea.reach.engines import crow_fly_times, crow_fly_version
from portrea.reach.nearest import nearest_places
from portrea.reach.times import LEAST, Times, times_around, version_of
from portrea.reach.travel import crow_fly_km, default_travel, travel_minutes

WORKED = yaml.safe_load((Path(__file__).parents[1] / "cases/reach/times.yaml").read_text("utf-8"))
NUMBERS = dict.fromkeys(("longitude", "latitude", "persons", "area_km2"), pl.Float64)


def frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Return rows as a table whose numbers may be null."""
    names = list(rows[0])
    return pl.DataFrame(rows, schema={name: NUMBERS.get(name, pl.String) for name in names})


@pytest.mark.parametrize("case", WORKED["cases"], ids=[c["name"] for c in WORKED["cases"]])
def test_hand_worked_table(case):
    times = crow_fly_times(
        frame(WORKED["origins"]),
        frame(WORKED["places"]),
        t_max=case["t_max"],
        profile=case["profile"],
    )
    found = {(origin, place): minutes for origin, place, minutes in times.table().iter_rows()}
    assert found == {(o, p): pytest.approx(m, rel=1e-6) for o, p, m in case["pairs"]}
    assert (times.engine, times.profile, times.t_max) == (
        "crow_fly",
        case["profile"],
        case["t_max"],
    )


def world(seed: int, *, size: int, middle: tuple[float, float]) -> tuple[pl.DataFrame, ...]:
    """Return origins and places around a point, some without position, some at the same one."""
    rng = np.random.default_rng(seed)
    spread = np.array([[4.0], [2.0]])
    at = rng.normal(0, 1, (2, 2 * size)) * spread + np.array(middle)[:, None]
    at[1] = np.clip(at[1], -90, 90)
    at[:, size] = at[:, 0]
    origins = pl.DataFrame(
        {
            "code": [f"o{i}" for i in range(size)],
            "longitude": at[0, :size],
            "latitude": at[1, :size],
            "persons": rng.choice([np.nan, 50.0, 4000.0, 90000.0], size),
            "area_km2": rng.choice([np.nan, 2.0, 20.0, 900.0], size),
        },
        nan_to_null=True,
    )
    places = pl.DataFrame(
        {
            "id": [f"p{i}" for i in range(size)],
            "longitude": at[0, size:],
            "latitude": at[1, size:],
        }
    )
    missing = pl.when(pl.arange(size) != size - 1)
    return (
        origins.with_columns(longitude=missing.then("longitude")),
        places.with_columns(latitude=missing.then("latitude")),
    )


def brute(
    origins: pl.DataFrame, places: pl.DataFrame, t_max: float, profile: str
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return minutes of every pair by the formula of one pair, NaN beyond ``t_max``."""
    o, p = (f.fill_null(float("nan")) for f in (origins, places))
    row, column = np.indices((o.height, p.height)).reshape(2, -1)
    start, stop = ((f["longitude"].to_numpy(), f["latitude"].to_numpy()) for f in (o, p))
    km = crow_fly_km(start[0][row], start[1][row], stop[0][column], stop[1][column])
    km = km.reshape(o.height, p.height)
    zone = {name: o[name].to_numpy()[:, None] for name in ("persons", "area_km2")}
    minutes = travel_minutes(np.where(np.isfinite(km), km, np.inf), **zone, mode=profile)
    return np.where(minutes <= t_max, np.maximum(minutes, LEAST), np.nan)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    t_max=st.sampled_from([1.0, 30.0, 240.0, 4000.0]),
    profile=st.sampled_from(["car", "no_car", "walk"]),
    middle=st.sampled_from([(2.0, 47.0), (179.5, -16.0), (-180.0, 60.0), (10.0, 89.0), (0.0, -90)]),
)
def test_the_times_are_those_of_brute_force(seed, t_max, profile, middle):
    origins, places = world(seed, size=25, middle=middle)
    times = crow_fly_times(origins, places, t_max=t_max, profile=profile)
    expected = brute(origins, places, t_max, profile)
    found = np.full(expected.shape, np.nan)
    sparse = times.minutes.tocoo()
    found[sparse.row, sparse.col] = sparse.data
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert times.minutes.nnz == np.isfinite(expected).sum()
    assert times.minutes.has_canonical_format


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    cut=st.integers(3, 20),
    other=st.integers(3, 20),
    method=st.sampled_from([Method.TWO_STAGE, Method.THREE_STAGE]),
)
def test_moving_the_border_leaves_an_unchanged_household_equal(seed, cut, other, method):
    """Same places, same rivals, and the same other places for those to choose."""
    origins, places = world(seed, size=30, middle=(2.0, 47.0))
    measure = partial(crow_fly_times, t_max=240.0)
    whole = access(measure(origins, places), method)
    for border in (cut, other):
        inside = [f"o{i}" for i in range(border)]
        mine = access(times_around(measure, origins, places, inside=inside), method)
        assert {code: mine[code] for code in inside} == pytest.approx(
            {code: whole[code] for code in inside}, rel=1e-9
        )


def access(times: Times, method: Method) -> dict[str, float]:
    """Return the access given by a supply and a demand that depend on the codes alone."""
    supply = [1.0 + int(place[1:]) for place in times.places]
    demand = [5.0 + int(origin[1:]) for origin in times.origins]
    decay = Decay("steps", (50.0, 150.0, 240.0), (1.0, 0.5, 0.2))
    found = score(weigh(times.minutes, decay, method=method), supply, demand)
    return dict(zip(times.origins.tolist(), found.access.tolist(), strict=True))


def test_around_a_territory_nothing_useless_is_measured():
    origins, places = frame(WORKED["origins"]), frame(WORKED["places"])
    around = times_around(partial(crow_fly_times, t_max=30.0), origins, places, inside=["B", "C"])
    assert around.origins.tolist() == ["A", "B", "C"]  # A uses the place of B too
    assert around.places.tolist() == ["p", "q"]  # where A may go instead
    near = times_around(partial(crow_fly_times, t_max=10.0), origins, places, inside=["B"])
    assert near.codes[0].tolist() == ["B"]
    assert near.codes[1].tolist() == ["q"]


def test_nothing_to_reach_and_nobody_to_leave():
    origins, places = frame(WORKED["origins"]), frame(WORKED["places"])
    assert crow_fly_times(origins, places.clear(), t_max=30).minutes.shape == (3, 0)
    assert crow_fly_times(origins.clear(), places, t_max=30).minutes.shape == (0, 3)
    assert crow_fly_times(origins, places.tail(1), t_max=30).table().is_empty()


def test_the_class_of_the_commune_gives_the_speed_of_its_quarters():
    origins = frame(WORKED["origins"][:1]).with_columns(
        class_persons=pl.lit(20000.0), class_area_km2=pl.lit(10.0)
    )
    slow = crow_fly_times(origins, frame(WORKED["places"]), t_max=60)
    assert slow.table()["minutes"].to_list() == pytest.approx(
        [1.2615662610100802 * 78 / 22, 11.11950802335329 * 78 / 22], rel=1e-6
    )


def test_the_version_tells_everything_that_changes_the_times_and_nothing_else():
    origins, places = frame(WORKED["origins"]), frame(WORKED["places"])
    version = partial(crow_fly_version, t_max=30.0, profile="car")
    same = version(origins.with_columns(name=pl.lit("x")), places)
    assert same == version(origins, places) == crow_fly_times(origins, places, t_max=30).version
    others = {
        version(origins, places, t_max=31.0),
        version(origins, places, profile="walk"),
        version(origins.with_columns(persons=pl.col("persons") + 1), places),
        version(origins, places.head(2)),
        version_of("other", {}, [origins, places]),
    }
    assert len(others | {same}) == 6


def test_pairs_of_an_engine_become_times():
    times = Times.of_pairs(
        (["a", "b"], ["x", "y"]),
        ([1, 0, 0, 1], [1, 1, 0, 0], [0.0, 12.5, np.inf, 31.0]),
        t_max=30.0,
        engine="network",
        profile="walk",
        version="v",
    )
    assert times.table().rows() == [("a", "y", 12.5), ("b", "y", float(LEAST))]
    assert times.part(np.array([1]), np.array([False, True])).table().rows() == [
        ("b", "y", float(LEAST))
    ]


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), profile=st.sampled_from(sorted(default_travel().profiles)))
def test_portraits_and_times_say_the_same_minutes(seed, profile):
    """One model: the table ``nearest`` is the shortest time, and the count within 20 minutes."""
    origins, places = world(seed, size=25, middle=(2.0, 47.0))
    iris = origins.select(
        "code", "longitude", "latitude", "area_km2", level=pl.lit("iris"), commune="code"
    )
    people = origins.select("code", population="persons")
    offer = places.with_columns(situations=pl.lit(["aide"]), commune=pl.lit(None, pl.String))
    found = nearest_places(iris, offer, population=people, mode=profile)
    found = found.filter(situation="any").sort("code")
    times = crow_fly_times(origins.sort("code"), places, t_max=1e5, profile=profile)
    least, _ = nearest(times.minutes)
    count = within(times.minutes, [20.0])[:, 0]
    known = found["origin"] != "none"
    np.testing.assert_allclose(
        np.maximum(found["minutes"].fill_null(float("nan")).to_numpy(), LEAST), least, rtol=1e-5
    )
    assert found.filter(known)["within_20"].to_list() == count[known.to_numpy()].tolist()
