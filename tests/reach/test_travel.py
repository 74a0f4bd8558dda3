"""Travel times: hand-worked cases, floors, and the geometry of the sphere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.reach.travel import (
    Mode,
    chord_to_km,
    crow_fly_km,
    default_travel,
    inner_km,
    km_to_chord,
    pace,
    speeds_kmh,
    travel_minutes,
)

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/reach/travel.yaml").read_text("utf-8"))[
    "cases"
]


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_hand_worked_minutes(case):
    persons = np.nan if case["persons"] is None else case["persons"]
    minutes = travel_minutes(
        case["km"], persons=persons, area_km2=case["area_km2"], mode=case["mode"]
    )
    assert float(minutes) == pytest.approx(case["minutes"], rel=1e-6)


@given(
    km=st.floats(0, 500),
    persons=st.floats(0, 1e6),
    area=st.floats(0.01, 2000),
    mode=st.sampled_from(list(Mode)),
)
def test_minutes_are_positive_even_at_home_and_grow_with_distance(km, persons, area, mode):
    near = float(travel_minutes(km, persons=persons, area_km2=area, mode=mode))
    far = float(travel_minutes(km + 1, persons=persons, area_km2=area, mode=mode))
    assert 0 < near <= far


def test_unknown_area_has_no_floor_but_a_speed():
    assert float(travel_minutes(1.0, persons=np.nan, area_km2=np.nan)) == pytest.approx(
        60 * 1.3 / 36
    )
    assert np.isnan(inner_km(np.nan))


def test_denser_is_slower():
    speeds = speeds_kmh([100, 4000, 50000], [10, 10, 10])
    assert list(speeds) == sorted(speeds, reverse=True)
    assert len(set(speeds)) == 3


@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-89, 89),
    dlat=st.floats(-0.9, 0.9),
    km=st.floats(0, 20000),
)
def test_sphere_distances(lon, lat, dlat, km):
    radius = default_travel().earth_radius_km
    along_meridian = float(crow_fly_km([lon], [lat], [lon], [lat + dlat])[0])
    assert along_meridian == pytest.approx(radius * np.radians(abs(dlat)), abs=1e-4)
    back = float(chord_to_km(km_to_chord(km, radius_km=radius), radius_km=radius))
    assert back == pytest.approx(km, rel=1e-6, abs=1e-6)


PARAMS = Path(__file__).parents[2] / "src/portrea/reach/params"


def test_every_parameter_says_its_source():
    raw = yaml.safe_load((PARAMS / "travel.yaml").read_text("utf-8"))
    for name, card in raw.items():
        assert {"source", "date"} <= set(card), name


def test_every_way_of_every_profile_says_its_source():
    travel = default_travel()
    classes = {name for name, _ in travel.classes}
    for profile in travel.profiles.values():
        assert profile.ways, profile.code
        for way in profile.ways:
            assert way.source, profile.code
            assert way.date, profile.code
            assert set(way.speeds) <= classes, profile.code


def test_an_unknown_profile_is_told_with_those_that_exist():
    with pytest.raises(ParameterError, match=r"« cheval » n’existe pas.*\n.*sans voiture"):
        travel_minutes(1.0, persons=10, area_km2=1, mode="cheval")


@given(
    km=st.floats(0, 60),
    persons=st.floats(0, 1e6),
    profile=st.sampled_from(sorted(default_travel().profiles)),
)
def test_the_distance_within_some_minutes_is_the_inverse_of_the_minutes(km, persons, profile):
    moving = pace(persons, 10.0, profile=profile)
    assert float(moving.km_within(float(moving.minutes(km)))) == pytest.approx(km, abs=1e-9)


def test_a_way_that_does_not_exist_is_not_a_way_even_on_the_spot():
    assert float(travel_minutes(0.0, persons=10, area_km2=np.nan, mode="no_car")) == 0.0
