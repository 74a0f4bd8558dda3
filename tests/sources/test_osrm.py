"""OSRM for real, on the hand-worked country: never skipped where its wheels exist.

Slow tests run on the newest Python of the house: from 3.12 on OSRM must be there and be right;
before, its absence must be said.
"""

from __future__ import annotations

import sys

import numpy as np
import pytest

from portrea.base.errors import DataError, ParameterError
from portrea.reach.network.rules import mode_rules
from portrea.sources import osrm
from portrea.sources.osrm import OsrmTable, osrm_missing, prepare_osrm
from roads import CASE, point, write_country

HERE = sys.version_info >= (3, 12)
MODES = tuple(CASE["seconds"])


@pytest.mark.slow
def test_osrm_is_installed_where_its_wheels_exist():
    assert (osrm_missing() is None) == HERE


def test_an_older_python_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(osrm, "OLDEST", (99, 0))
    with pytest.raises(ParameterError, match=r"OSRM demande Python 99\.0") as refused:
        prepare_osrm(tmp_path / "x.osm.pbf", tmp_path / "out", "car")
    assert "sans --osrm" in refused.value.remedy


def test_osrm_that_is_not_installed_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(osrm, "OLDEST", (3, 11))
    monkeypatch.setattr(osrm, "find_spec", lambda name: None)
    assert "pip install portrea[osrm]" in osrm_missing()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("osrm")
    extract = write_country(folder / "country.osm.pbf")
    for mode in MODES if HERE else ():
        prepare_osrm(extract, folder / mode, mode_rules(mode)["osrm"])
    return folder


def refused_here(tmp_path):
    """On a Python without wheels, what is promised is that OSRM says so."""
    if not HERE:
        with pytest.raises(ParameterError, match=r"Python 3\.12"):
            prepare_osrm(tmp_path / "x.osm.pbf", tmp_path / "out", "car")
    return not HERE


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_hand_worked_seconds(prepared, tmp_path, mode):
    if refused_here(tmp_path):
        return
    table = OsrmTable(prepared / mode)
    for pair in CASE["seconds"][mode]:
        start, end = (np.array([point(pair[name])]) for name in ("from", "to"))
        (seconds,) = table(start, end).ravel()
        if pair["seconds"] is None:
            assert np.isnan(seconds), pair
        else:
            # OSRM measures on the ellipsoid, 0.3 % longer here than on the sphere, and rounds.
            assert seconds == pytest.approx(pair["seconds"], rel=4e-3, abs=0.3), pair


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_a_point_far_from_its_roads_does_not_spoil_the_table(prepared, tmp_path, mode):
    """OSRM refuses the whole table for one such point: the others keep their times."""
    if refused_here(tmp_path):
        return
    points = np.array([point("a"), point("c"), point("sea")])
    seconds = OsrmTable(prepared / mode)(points, points)
    assert np.isnan(seconds[2]).all(), "not taken to a coast 30 km away"
    assert np.isnan(seconds[:, 2]).all()
    assert np.isfinite(seconds[:2, :2]).all()
    np.testing.assert_array_equal(np.diag(seconds)[:2], 0.0)


@pytest.mark.slow
def test_files_that_are_gone_are_told(tmp_path):
    if refused_here(tmp_path):
        return
    with pytest.raises(DataError, match="absents ou abîmés"):
        OsrmTable(tmp_path)(np.array([point("a")]), np.array([point("c")]))


@pytest.mark.slow
def test_a_damaged_extract_is_refused_in_french(tmp_path):
    if refused_here(tmp_path):
        return
    path = tmp_path / "bad.osm.pbf"
    path.write_bytes(b"no")
    with pytest.raises(DataError, match="OSRM n’a pas pu préparer l’extrait"):
        prepare_osrm(path, tmp_path / "out", "car")
    assert not list((tmp_path / "out").glob("*.osm.pbf"))
