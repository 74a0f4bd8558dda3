"""A road network that serves a territory is what its pages and commands measure with, and said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.spatial import cKDTree

from portrea.cli.reach import reach
from portrea.sources.store import Store
from portrea.steering.engines import AROUND_KM, best_engine, engine_told
from portrea.steering.networks import add_network
from portrea.steering.reading import Reader
from portrea.steering.times import near
from portrea.steering.zones import zones_of
from portrea.web.reach.asked import read_text
from portrea.web.reach.priority_asked import PriorityAsked
from portrea.web.reach.priority_selectors import ground_of as priorities_of
from portrea.web.reach.selectors import engine_asked, ground_of

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

EPCI = "epci:243500618"
ASKED = f"t={EPCI}&besoin=information&qui=a1"
MESH = 4
"""Roads from each zone to so many others, the nearest ones."""


def roads_between(zones: pl.DataFrame, path: Path) -> Path:
    """Write straight roads between zones and the nearest others."""
    import osmium
    from osmium.osm.mutable import Node, Way

    points = zones.select("longitude", "latitude").to_numpy()
    _, others = cKDTree(points).query(points, k=MESH)
    with osmium.SimpleWriter(str(path)) as writer:
        for rank, (x, y) in enumerate(points.tolist(), 1):
            writer.add_node(Node(id=rank, location=(x, y), version=1))
        pairs = np.argwhere(np.ones_like(others[:, 1:]))
        for rank, (row, column) in enumerate(pairs.tolist(), 1):
            refs = [row + 1, int(others[row, column + 1]) + 1]
            writer.add_way(Way(id=rank, nodes=refs, tags={"highway": "primary"}, version=1))
    return path


@pytest.fixture(scope="module")
def roads_home(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that shares the store of the demo, with roads around one EPCI."""
    home = tmp_path_factory.mktemp("roads")
    (home / "store").symlink_to(demo_home / "store")
    reader = Reader(Store(home))
    zones = zones_of(reader).drop_nulls(["longitude", "latitude"])
    mine = zones.filter(epci="243500618")
    around = zones.filter(near(zones, mine, AROUND_KM + 5))
    add_network(reader.store, roads_between(around, home / "pays.osm.pbf"), modes=["car", "walk"])
    return home


@pytest.fixture
def site_with_roads(
    roads_home: Path, site: Client, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> Client:
    settings.PORTREA_HOME = roads_home
    monkeypatch.setenv("PORTREA_HOME", str(roads_home))
    return site


def test_a_network_is_chosen_where_it_serves_those_around_too(roads_home: Path) -> None:
    reader = Reader(Store(roads_home))
    mine = reader.codes("commune", "epci", "243500618")
    assert best_engine(reader, mine, "car") == "pays"
    assert best_engine(reader, mine, "bicycle") == "", "not prepared"
    assert best_engine(reader, mine, "no_car") == "", "public transport is not on the roads"
    wider = reader.codes("commune", "departement", "35")
    assert best_engine(reader, wider, "car") == ""


def test_pages_measure_by_the_roads_and_say_so(site_with_roads: Client) -> None:
    asked, back = read_text(ASKED), read_text(f"{ASKED}&temps=vol")
    assert (engine_asked(asked), engine_asked(back)) == ("pays", "")
    by_road, crow = ground_of(asked), ground_of(back)
    minutes = [float(one.problem.minutes.sum()) for one in (by_road, crow)]
    assert abs(minutes[0] - minutes[1]) > 0.01 * minutes[1] > 0
    text = site_with_roads.get(f"/acces/et-si/?{ASKED}").content.decode()
    assert "par les routes du réseau « pays »" in text
    assert 'value="vol"' in text
    text = site_with_roads.get(f"/acces/et-si/?{back.query()}").content.decode()
    assert "à vol d’oiseau" in text
    assert site_with_roads.get(f"/acces/et-si/?{ASKED}&temps=x").status_code == 400
    question = PriorityAsked(EPCI, situation="information", measure="a1")
    assert priorities_of(question).scores.times.engine == "network"
    page = site_with_roads.get("/acces/epci/243500618/priorites/?besoin=information&qui=a1")
    assert "par les routes du réseau « pays »" in page.content.decode()


@pytest.mark.usefixtures("site_with_roads")
def test_commands_take_the_same_engine() -> None:
    words = ["place", EPCI, "--need", "information", "--who", "a1", "--p", "0", "--minutes", "10"]
    told = {}
    for engine in ((), ("--engine", "pays"), ("--engine", "crow_fly")):
        done = CliRunner().invoke(reach, [*words, *engine, "--format", "json"])
        assert done.exit_code == 0, done.output
        told["".join(engine[1:])] = json.loads(done.stdout), done.stderr
    assert told[""] == told["pays"]
    assert "temps par les routes du réseau « pays »" in told[""][1]
    assert "route" not in told["crow_fly"][1]
    ground = ground_of(read_text(ASKED))
    near_today = float(ground.demand.persons[ground.today <= 10].sum())
    low, high = told[""][0]["before_low"], told[""][0]["before_high"]
    assert low <= near_today <= high


def test_engines_are_told_in_french() -> None:
    assert engine_told("") == "d’après la distance à vol d’oiseau"
    assert "« pays »" in engine_told("osrm:pays")
    assert "votre table « temps.csv »" in engine_told("/tmp/temps.csv")
