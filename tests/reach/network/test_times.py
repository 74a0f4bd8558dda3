"""Times of people along the roads: profiles, floor, versions, and what the roads leave out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from portrea.base.errors import DataError, ParameterError
from portrea.reach.engines import crow_fly_times
from portrea.reach.network.coverage import coverage
from portrea.reach.network.times import Network, network_times, network_version, snapped
from portrea.reach.travel import inner_km
from roads import CASE, point

INNER = 0.5 * np.sqrt(1.0 / np.pi)


def people(*names, area=1.0):
    """Points of departure of rural zones of a given area, by name of point."""
    rows = [
        {"code": name, "longitude": x, "latitude": y, "persons": 10.0, "area_km2": area}
        for name, (x, y) in ((name, point(name)) for name in names)
    ]
    return pl.DataFrame(rows)


def help_at(*names):
    rows = [
        {"id": n, "longitude": x, "latitude": y} for n, (x, y) in ((n, point(n)) for n in names)
    ]
    return pl.DataFrame(rows)


def minutes(times):
    return {(o, p): m for o, p, m in times.table().iter_rows()}


def seconds_of(mode, start, end):
    return next(
        pair["seconds"]
        for pair in CASE["seconds"][mode]
        if (pair["from"], pair["to"]) == (start, end)
    )


def test_by_car_the_network_has_its_own_speeds(country):
    found = minutes(network_times(country, people("a", "c"), help_at("a", "c", "d"), t_max=30))
    assert found["a", "c"] == pytest.approx(seconds_of("car", "a", "c") / 60, abs=0.01)
    assert found["a", "d"] == pytest.approx(seconds_of("car", "a", "d") / 60, abs=0.01)
    assert found["c", "d"] == pytest.approx(seconds_of("car", "c", "d") / 60, abs=0.01)


def test_nothing_is_kept_beyond_the_longest_time(country):
    found = minutes(network_times(country, people("a", "c"), help_at("a", "c", "d"), t_max=28))
    assert ("a", "d") not in found, "28.19 minutes round by the one-way street"
    assert ("a", "c") in found


@pytest.mark.parametrize(
    ("profile", "mode", "kmh", "reference"),
    [
        ("walk", "walk", 4, 5),
        ("walk_slow", "walk", 2.5, 5),
        ("no_car", "walk", 4, 5),
        ("bicycle", "bicycle", 12, 15),
    ],
)
def test_people_walk_and_cycle_at_their_own_speed(country, profile, mode, kmh, reference):
    """The network goes at ``reference`` km/h; without a car there is no bus on these roads."""
    found = minutes(network_times(country, people("d"), help_at("e"), t_max=300, profile=profile))
    expected = seconds_of(mode, "d", "e") / 60 * reference / kmh
    assert found["d", "e"] == pytest.approx(expected, rel=1e-3)


def test_a_time_is_never_shorter_than_inside_the_zone(country):
    """The floor is that of the default model: 0.5·√(area/π) × 1.3 at 50 km/h in a rural zone."""
    wide = people("a", area=400.0)
    times = network_times(country, wide, help_at("a"), t_max=30)
    by_default = crow_fly_times(wide, help_at("a"), t_max=30)
    assert times.table()["minutes"].item() == pytest.approx(float(inner_km(400.0)) * 1.56, rel=1e-5)
    assert times.table().equals(by_default.table())


def test_a_point_without_position_and_one_in_the_sea_reach_nothing(country):
    origins = pl.concat(
        [people("a", "sea"), people("c").with_columns(code=pl.lit("lost"), longitude=None)],
        how="vertical_relaxed",
    )
    times = network_times(country, origins, help_at("c", "sea"), t_max=600)
    assert set(minutes(times)) == {("a", "c")}
    assert times.minutes.shape == (3, 2)


def test_moving_the_border_changes_no_household(country):
    """A household's times do not depend on which other households are asked for."""
    places = help_at("c", "d", "o")
    whole = minutes(network_times(country, people("a", "c", "d", "n"), places, t_max=60))
    alone = minutes(network_times(country, people("a"), places, t_max=60))
    assert alone == {pair: time for pair, time in whole.items() if pair[0] == "a"}


def test_a_point_stands_on_the_same_road_whoever_else_is_asked_about(country):
    graph = country.graph("car")
    alone = snapped(graph, people("g"))
    with_north = pl.concat([people("g"), people("g").with_columns(latitude=pl.lit(58.0))])
    both = snapped(graph, with_north)
    assert both.metres[0] == alone.metres[0]
    assert both.position[0].tolist() == alone.position[0].tolist()
    assert not both.on_road[1]


def test_the_version_changes_with_what_makes_the_times(country):
    origins, places = people("a", "c"), help_at("d")
    times = network_times(country, origins, places, t_max=30)
    same = network_version(country, origins, places, t_max=30)
    assert times.version == same
    assert times.engine == "network"
    others = {
        network_version(country, origins, places, t_max=31),
        network_version(country, origins, places, t_max=30, profile="walk"),
        network_version(country, origins, places, t_max=30, engine="osrm"),
        network_version(country, people("a", "d"), places, t_max=30),
        network_version(Network("other", "pays", country.graphs), origins, places, t_max=30),
    }
    assert len(others | {same}) == 6


def test_roads_of_another_country_are_refused(country):
    andorra = people("a").with_columns(longitude=pl.lit(1.5), latitude=pl.lit(42.5))
    with pytest.raises(DataError, match="ne passe près d’aucun des 1 points de départ") as refused:
        network_times(country, andorra, help_at("c"), t_max=30)
    assert "de −2,01° à" in refused.value.message
    assert "de 1,50° à 1,50° de longitude" in refused.value.message
    assert "portrea reach network add" in refused.value.remedy


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"engine": "horse"}, "Le moteur « horse » n’existe pas"),
        ({"profile": "boat"}, "Le profil de déplacement « boat » n’existe pas"),
        ({"engine": "osrm"}, "n’est pas préparé pour OSRM"),
    ],
)
def test_what_does_not_exist_is_refused(country, asked, said):
    with pytest.raises(ParameterError, match=said):
        network_times(country, people("a"), help_at("c"), t_max=30, **asked)


def test_a_mode_that_was_not_prepared_is_refused(country):
    only = Network("x", "pays", {"walk": country.graphs["walk"]})
    with pytest.raises(ParameterError, match="--mode car"):
        network_times(only, people("a"), help_at("c"), t_max=30).table()


def test_no_place_and_nobody_give_an_empty_table(country):
    assert network_times(country, people("a"), help_at("c").clear(), t_max=30).table().is_empty()
    assert network_times(country, people("a").clear(), help_at("c"), t_max=30).table().is_empty()


def test_another_engine_is_asked_only_about_points_on_roads(country):
    seen = {}

    def table(starts, ends):
        seen.update(starts=starts, ends=ends)
        return np.array([[600.0, np.nan]])

    other = Network("x", "pays", country.graphs, {"car": table})
    times = network_times(
        other, people("a", "sea"), help_at("sea", "c", "n"), t_max=30, engine="osrm"
    )
    assert minutes(times) == {("a", "c"): 10.0}
    np.testing.assert_allclose(seen["starts"], [point("a")], atol=1e-6)
    np.testing.assert_allclose(seen["ends"], [point("c"), point("n")], atol=1e-6)


# -- what the roads leave out ----------------------------------------------------------------------


def test_the_sea_and_the_island_are_told(country):
    left = coverage(country.graph("car"), people("a", "n", "sea"), help_at("c", "sea"))
    assert left.origins_off == ("sea",)
    assert left.places_off == ("sea",)
    assert left.cut_off == ("n",)
    far, place, island = left.sentences()
    assert far.startswith("1 point(s) de départ sur 3 : aucune route à moins de 2 km (mer,")
    assert place.startswith("1 lieu(x) sur 2")
    assert "île sans pont ni bac" in island
    assert island.endswith(": n.")


def test_nothing_is_told_when_all_is_served(country):
    assert coverage(country.graph("car"), people("a", "n"), help_at("c", "o")).sentences() == ()


def test_a_stray_piece_of_road_is_not_preferred_to_the_network(country):
    """On foot, 1 km away from B–D along the footway; the island keeps its own roads."""
    graph = country.graph("car")
    left = coverage(graph, people("g", "n"), help_at("o"))
    assert left.origins_off == ()
    assert left.cut_off == ("g",)
