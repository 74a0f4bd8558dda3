"""The small country drawn by hand, read once."""

from __future__ import annotations

import pytest

from portrea.reach.network.graph import build_graph
from portrea.reach.network.rules import network_parameters
from portrea.reach.network.times import Network
from portrea.sources.osm import read_roads
from roads import write_country


@pytest.fixture(scope="session")
def country_file(tmp_path_factory):
    return write_country(tmp_path_factory.mktemp("country") / "country.osm.pbf")


@pytest.fixture(scope="session")
def country(country_file):
    roads = read_roads(country_file)
    modes = network_parameters()["modes"]
    return Network("country", "pays", {mode: build_graph(roads, mode) for mode in modes})
