"""Reading the roads of an OpenStreetMap file, and refusing what is not one."""

from __future__ import annotations

import pytest

from portrea.base.errors import DataError
from portrea.sources.osm import read_roads
from roads import CASE, write_country

STREETS = 2 * CASE["bourg"]["streets"]
NOISE = bytes(range(256)) * 20


@pytest.mark.parametrize("name", ["country.osm.pbf", "country.osm", "country.osm.gz"])
def test_the_country_is_read_whole(tmp_path, name):
    roads = read_roads(write_country(tmp_path / name))
    assert roads.ways.height == len(CASE["ways"]) + STREETS
    assert roads.ways["highway"].to_list()[0] == "secondary"
    assert roads.ways["maxspeed"].drop_nulls().to_list() == ["30"]
    assert roads.marks["highway"].to_list() == ["traffic_signals"]
    assert roads.bans.select("from_way", "to_way", "only").row(0) == (1, 3, False)
    # A way's points are in its order: A, S, B from the west to the east.
    first = roads.links.filter(row=0)
    assert first["x"].is_sorted()
    west, south, east, north = roads.bounds
    assert (west, east) == pytest.approx((-2.00538, -1.83867), abs=1e-4)
    assert (south, north) == pytest.approx((47.98201, 48.07195), abs=1e-4)
    assert roads.vintage is None


def test_only_the_roads_are_kept(tmp_path):
    """Buildings, barriers drawn as lines and points of interest are left aside."""
    path = tmp_path / "mixed.osm"
    nodes = "".join(f"<node id='{i}' lat='48.{i}' lon='-2' version='1'/>" for i in (1, 2))
    path.write_text(
        f"<osm version='0.6' generator='t'>{nodes}"
        "<node id='3' lat='48.3' lon='-2' version='1'><tag k='barrier' v='gate'/></node>"
        "<node id='4' lat='48.4' lon='-2' version='1'><tag k='amenity' v='cafe'/></node>"
        "<way id='1' version='1'><nd ref='1'/><nd ref='2'/><nd ref='99'/>"
        "<tag k='highway' v='path'/></way>"
        "<way id='2' version='1'><nd ref='1'/><nd ref='2'/><tag k='building' v='yes'/></way>"
        "<way id='3' version='1'><nd ref='1'/><nd ref='2'/><tag k='barrier' v='fence'/></way>"
        "<way id='4' version='1'><nd ref='1'/><nd ref='2'/><tag k='route' v='ferry'/></way>"
        "</osm>",
        "utf-8",
    )
    roads = read_roads(path)
    assert roads.ways["way"].to_list() == [1, 4]
    assert roads.marks["barrier"].to_list() == ["gate"]
    assert roads.links.filter(row=0)["node"].to_list() == [1, 2], "99 is not in the extract"


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("cut.osm.pbf", lambda whole: whole[: len(whole) // 2]),
        ("changed.osm.pbf", lambda whole: whole[:200] + NOISE[:200] + whole[400:]),
        ("noise.osm.pbf", lambda whole: NOISE),
        ("empty.osm.pbf", lambda whole: b""),
        ("page.osm.pbf", lambda whole: b"<html><title>404 Not Found</title></html>"),
        ("cut.osm", lambda whole: b"<osm version='0.6'><node id='1'"),
        ("empty.osm", lambda whole: b""),
        ("text.osm.gz", lambda whole: b"hello"),
    ],
)
def test_a_damaged_file_is_refused_in_french(tmp_path, country_bytes, name, make):
    path = tmp_path / name
    path.write_bytes(make(country_bytes))
    with pytest.raises(DataError, match=r"abîmé ou n’est pas un extrait OpenStreetMap") as refused:
        read_roads(path)
    assert name in refused.value.message
    assert "Téléchargez de nouveau" in refused.value.remedy


@pytest.fixture(scope="module")
def country_bytes(tmp_path_factory):
    return write_country(tmp_path_factory.mktemp("whole") / "whole.osm.pbf").read_bytes()


def test_a_file_without_roads_is_refused(tmp_path):
    path = tmp_path / "bounds.osm"
    path.write_text("<osm version='0.6'><node id='1' lat='48' lon='-2'/></osm>", "utf-8")
    with pytest.raises(DataError, match="aucune route"):
        read_roads(path)


def test_an_absent_file_and_another_kind_of_file_are_refused(tmp_path):
    with pytest.raises(DataError, match="n’existe pas"):
        read_roads(tmp_path / "absent.osm.pbf")
    other = tmp_path / "roads.zip"
    other.write_bytes(b"PK")
    with pytest.raises(DataError, match=r"devrait finir par « \.osm\.pbf »"):
        read_roads(other)
