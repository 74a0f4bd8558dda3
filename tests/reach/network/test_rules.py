"""Speeds of ways: one row per habit of OpenStreetMap, worked by hand from the parameters."""

from __future__ import annotations

import polars as pl
import pytest

from portrea.base.errors import ParameterError
from portrea.reach.network.rules import mode_rules, network_parameters, way_speeds
from portrea.vocab.roads import ROAD_WAYS

CASES = [
    # mode, tags, forward, backward
    ("car", {"highway": "primary"}, 65, 65),
    ("car", {"highway": "primary", "maxspeed": "80"}, 64, 64),
    ("car", {"highway": "residential", "maxspeed": "FR:urban"}, 40, 40),
    ("car", {"highway": "residential", "maxspeed": "30 mph"}, 0.8 * 30 * 1.609344, None),
    ("car", {"highway": "residential", "maxspeed": "signals"}, 25, 25),
    ("car", {"highway": "secondary", "maxspeed:forward": "50", "maxspeed": "70"}, 40, 56),
    ("car", {"highway": "tertiary", "surface": "gravel", "maxspeed": "90"}, 40, 40),
    ("car", {"highway": "motorway"}, 90, 0),
    ("car", {"highway": "tertiary", "junction": "roundabout"}, 40, 0),
    ("car", {"highway": "tertiary", "junction": "roundabout", "oneway": "no"}, 40, 40),
    ("car", {"highway": "residential", "oneway": "-1"}, 0, 25),
    ("car", {"highway": "residential", "oneway": "reversible"}, 0, 0),
    ("car", {"highway": "service", "access": "private"}, 0, 0),
    ("car", {"highway": "service", "access": "no", "motorcar": "yes"}, 15, 15),
    ("car", {"highway": "residential", "motor_vehicle": "destination"}, 0, 0),
    ("car", {"highway": "track"}, 0, 0),
    ("car", {"highway": "track", "motor_vehicle": "yes", "tracktype": "grade5"}, 10, 10),
    ("car", {"highway": "pedestrian", "area": "yes", "access": "yes"}, 0, 0),
    ("car", {"highway": "construction", "construction": "primary"}, 0, 0),
    ("car", {"highway": "footway"}, 0, 0),
    ("car", {"route": "ferry"}, 5, 5),
    ("car", {"route": "ferry", "motor_vehicle": "no"}, 0, 0),
    ("car", {"route": "bicycle"}, 0, 0),
    ("walk", {"highway": "motorway"}, 0, 0),
    ("walk", {"highway": "residential", "oneway": "yes"}, 5, 5),
    ("walk", {"highway": "path", "surface": "gravel"}, 3.75, 3.75),
    ("walk", {"highway": "cycleway"}, 0, 0),
    ("walk", {"highway": "cycleway", "foot": "yes"}, 5, 5),
    ("walk", {"highway": "primary", "sidewalk": "separate"}, 0, 0),
    ("walk", {"highway": "trunk", "motorroad": "yes", "foot": "yes"}, 0, 0),
    ("walk", {"highway": "service", "access": "private"}, 0, 0),
    ("bicycle", {"highway": "residential"}, 15, 15),
    ("bicycle", {"highway": "residential", "oneway": "yes"}, 15, 4),
    ("bicycle", {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, 15, 15),
    ("bicycle", {"highway": "residential", "oneway": "yes", "cycleway": "opposite"}, 15, 15),
    ("bicycle", {"highway": "living_street", "maxspeed": "10"}, 10, 10),
    ("bicycle", {"highway": "footway"}, 4, 4),
    ("bicycle", {"highway": "footway", "bicycle": "yes"}, 15, 15),
    ("bicycle", {"highway": "footway", "foot": "no"}, 0, 0),
    ("bicycle", {"highway": "steps"}, 2, 2),
    ("bicycle", {"highway": "tertiary", "bicycle": "no"}, 0, 0),
    ("bicycle", {"highway": "tertiary", "junction": "roundabout"}, 15, 0),
]


def speeds(mode, *ways):
    rows = [{"way": rank, **tags} for rank, tags in enumerate(ways)]
    frame = ROAD_WAYS.conform(pl.DataFrame(rows, infer_schema_length=None))
    return way_speeds(frame, mode)


@pytest.mark.parametrize(
    ("mode", "tags", "forward", "backward"),
    CASES,
    ids=[f"{c[0]}-{'-'.join(c[1].values())}" for c in CASES],
)
def test_hand_worked_speeds(mode, tags, forward, backward):
    row = speeds(mode, tags).row(0, named=True)
    assert row["forward"] == pytest.approx(forward)
    assert row["backward"] == pytest.approx(forward if backward is None else backward)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45", 2700), ("0:45", 2700), ("01:05", 3900), ("1:05:30", 3930), ("an hour", None)],
)
def test_a_written_duration_of_a_ferry(text, seconds):
    found = speeds("walk", {"route": "ferry", "duration": text})
    assert found["seconds"].item() == seconds
    assert found["snap"].item() is False, "nobody lives on a boat"


def test_nobody_starts_from_a_motorway():
    found = speeds(
        "car", {"highway": "motorway"}, {"highway": "motorway_link"}, {"highway": "trunk"}
    )
    assert found["snap"].to_list() == [False, False, True]


def test_an_unknown_mode_is_refused():
    with pytest.raises(ParameterError, match="ne connaît pas le mode « boat »"):
        mode_rules("boat")


def test_every_parameter_is_dated_and_said_to_be_an_assumption():
    parameters = network_parameters()
    assert parameters["hypothese"] is True
    assert parameters["date"]
    assert "OSRM" in parameters["source"]
    for name in ("snap_max_m", "large_km"):
        assert {"value", "unit", "source", "hypothese"} <= set(parameters[name])
