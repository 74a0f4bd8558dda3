"""Networks of the house: added, found, replaced, removed; refused without changing anything."""

from __future__ import annotations

import json
import sys

import polars as pl
import pytest

from portrea.base.errors import DataError, ParameterError, StoreError
from portrea.base.provenance import Provenance
from portrea.reach.network.times import network_times
from portrea.sources.store import Store
from portrea.steering import networks as module
from portrea.steering.networks import (
    add_network,
    find_network,
    left_out,
    networks,
    remove_network,
)
from portrea.steering.times import engine_named
from portrea.vocab.tables import TERRITORIES
from roads import CASE, point, write_country

OSRM = sys.version_info >= (3, 12)


@pytest.fixture
def extract(tmp_path):
    return write_country(tmp_path / "pays-latest.osm.pbf")


def with_communes(store, *positions):
    rows = [
        {
            "level": "commune",
            "code": f"5600{rank}",
            "name": f"C{rank}",
            "longitude": x,
            "latitude": y,
        }
        for rank, (x, y) in enumerate(positions)
    ]
    provenance = Provenance(source="t", title="t", producer="t", vintage="2026")
    store.write_dataset(provenance, {"territories": TERRITORIES.conform(pl.DataFrame(rows))})


def origin_and_place(start="a", end="c"):
    x, y = point(start)
    origins = pl.DataFrame(
        {"code": [start], "longitude": [x], "latitude": [y], "persons": [1.0], "area_km2": [1.0]}
    )
    x, y = point(end)
    return origins, pl.DataFrame({"id": [end], "longitude": [x], "latitude": [y]})


def test_a_network_is_added_found_and_removed(extract):
    store = Store()
    card = add_network(store, extract)
    assert card.name == "pays"
    assert card.modes == ("car", "walk", "bicycle")
    assert card.ways == len(CASE["ways"]) + 2 * CASE["bourg"]["streets"]
    assert card.communes is None, "the store has none"
    assert networks(store) == [card]
    times = network_times(find_network(store), *origin_and_place(), t_max=30)
    assert times.table()["minutes"].item() == pytest.approx(427.461 / 60, abs=0.01)
    assert find_network(store, "pays").id == find_network(store, card.id).id == card.id
    assert remove_network(store, "pays") == card
    assert networks(store) == []


def test_the_same_extract_gives_the_same_network(extract, tmp_path):
    one, other = Store(tmp_path / "one"), Store(tmp_path / "other")
    assert add_network(one, extract) == add_network(other, extract)
    files = [store.home / "networks" for store in (one, other)]
    for path in files[0].rglob("*.*"):
        assert path.read_bytes() == (files[1] / path.relative_to(files[0])).read_bytes()


def test_a_network_of_the_same_name_is_replaced(extract, tmp_path):
    store = Store()
    former = add_network(store, extract)
    other = write_country(tmp_path / "other.osm")
    card = add_network(store, other, name="pays", modes=["walk"])
    assert card.id != former.id
    assert networks(store) == [card]
    assert sorted(p.name for p in (store.home / "networks").iterdir()) == [card.id]
    with pytest.raises(ParameterError, match="--mode car"):
        network_times(find_network(store), *origin_and_place(), t_max=30)


def test_adding_again_changes_its_modes_and_nothing_else(extract):
    store = Store()
    add_network(store, extract, modes=["walk"])
    card = add_network(store, extract)
    assert networks(store) == [card]
    assert set(find_network(store).graphs) == {"car", "walk", "bicycle"}


def test_an_extract_of_another_country_is_refused(extract):
    store = Store()
    with_communes(store, (1.5, 42.5), (9.5, 47.1))
    with pytest.raises(DataError, match="d’aucune des 2 communes chargées") as refused:
        add_network(store, extract)
    assert "autre pays" in refused.value.message
    assert networks(store) == []
    assert add_network(store, extract, anywhere=True).communes == 0


def test_the_communes_along_the_roads_are_counted(extract):
    store = Store()
    with_communes(store, point("a"), point("n"), point("sea"), (9.5, 47.1))
    assert add_network(store, extract).communes == 2


def test_a_failure_leaves_the_former_network(extract, tmp_path, monkeypatch):
    store = Store()
    card = add_network(store, extract)
    other = write_country(tmp_path / "pays.osm")
    monkeypatch.setattr(module, "_put", lambda *args: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        add_network(store, other)
    assert networks(store) == [card]
    assert [p.name for p in (store.home / "networks").iterdir()] == [card.id]


def test_what_the_roads_leave_out_is_told(extract):
    """The island and the sea are spoken of; a place of another region is not."""
    store = Store()
    add_network(store, extract)
    names = ("a", "n", "sea")
    longitude, latitude = zip(*(point(name) for name in names), strict=True)
    origins = pl.DataFrame({"code": names, "longitude": longitude, "latitude": latitude})
    x, y = point("c")
    places = pl.DataFrame({"id": ["c", "x"], "longitude": [x, 2.35], "latitude": [y, 48.85]})
    sea, island = left_out(find_network(store), origins, places, profile="no_car")
    assert sea.endswith(": sea.")
    assert island.endswith(": n.")
    engine = engine_named(store, "pays", t_max=30)
    assert engine.told(origins, places) == (sea, island)


def test_no_network_several_and_an_unknown_name(extract):
    store = Store()
    with pytest.raises(StoreError, match="Aucun réseau routier"):
        find_network(store)
    add_network(store, extract, name="un")
    with pytest.raises(ParameterError, match="ne s’appelle « deux »"):
        remove_network(store, "deux")


def test_several_networks_must_be_named(extract, tmp_path):
    store = Store()
    add_network(store, extract, name="un")
    add_network(store, write_country(tmp_path / "deux.osm"))
    with pytest.raises(ParameterError, match="deux, un"):
        find_network(store)


@pytest.mark.parametrize("file", ["card.json", "car/x.npy", "car/seconds.npy"])
def test_a_damaged_network_is_told(extract, file):
    store = Store()
    card = add_network(store, extract)
    (store.home / "networks" / card.id / file).write_bytes(b"{")
    with pytest.raises(StoreError, match="est abîmé"):
        network_times(find_network(store, "pays"), *origin_and_place(), t_max=30)


def test_an_unknown_mode_is_refused_before_reading(tmp_path):
    with pytest.raises(ParameterError, match="« boat »"):
        add_network(Store(), tmp_path / "absent.osm.pbf", modes=["boat"])


def test_a_card_is_plain_json_with_its_credit(extract):
    card = add_network(Store(), extract)
    text = (Store().home / "networks" / card.id / "card.json").read_text("utf-8")
    assert json.loads(text)["credit"] == "© les contributeurs d’OpenStreetMap"
    assert json.loads(text)["licence"] == "ODbL 1.0"


@pytest.mark.slow
def test_with_osrm_both_engines_say_the_same(extract):
    """Where OSRM exists it is used for real; elsewhere it is refused before anything is read."""
    store = Store()
    if not OSRM:
        with pytest.raises(ParameterError, match=r"Python 3\.12"):
            add_network(store, extract, osrm=True)
        return
    add_network(store, extract, osrm=True)
    network, points = find_network(store), origin_and_place("c", "d")
    for profile in ("car", "walk", "bicycle", "no_car"):
        ours, theirs = (
            network_times(network, *points, t_max=300, profile=profile, engine=engine)
            for engine in ("network", "osrm")
        )
        assert theirs.table()["minutes"].item() == pytest.approx(
            ours.table()["minutes"].item(), rel=4e-3
        )
        assert theirs.version != ours.version
