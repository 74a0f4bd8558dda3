"""A car does not cross the sea: by hand, by pairs and by nearest place."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import yaml

from portrea.reach.engines import crow_fly_times, crow_fly_version
from portrea.reach.islands import islands, islands_among, sea_between, shores
from portrea.reach.nearest import nearest_places

CASE = yaml.safe_load((Path(__file__).parents[1] / "cases/reach/islands.yaml").read_text("utf-8"))
ZONES, PLACES = pl.DataFrame(CASE["zones"]), pl.DataFrame(CASE["places"])


def test_pairs_stay_on_their_shore():
    times = crow_fly_times(ZONES, PLACES, t_max=120)
    reached = {code: [] for code in CASE["reached"]}
    for origin, place, _ in times.table().iter_rows():
        reached[origin].append(place)
    assert reached == CASE["reached"]


def test_without_communes_the_sea_is_not_seen():
    times = crow_fly_times(ZONES.drop("commune"), PLACES.drop("commune"), t_max=120)
    assert times.minutes.nnz == 6


def test_the_version_tells_of_islands():
    known = crow_fly_version(ZONES, PLACES, t_max=45)
    assert known != crow_fly_version(ZONES.drop("commune"), PLACES, t_max=45)
    moved = ZONES.with_columns(commune=pl.col("commune").replace("29177", "29019"))
    assert known == crow_fly_version(moved, PLACES, t_max=45)


def test_the_nearest_place_is_on_the_same_shore():
    iris = ZONES.with_columns(level=pl.lit("iris"), area_km2=pl.lit(4.0))
    communes = iris.with_columns(level=pl.lit("commune"), code="commune")
    places = PLACES.with_columns(situations=pl.lit(["aide"], dtype=pl.List(pl.String)))
    found = nearest_places(pl.concat([iris, communes]), places).filter(situation="aide")
    told_of = {row["code"]: row for row in found.iter_rows(named=True)}
    for code, names in CASE["reached"].items():
        assert told_of[code]["place"] == (names[0] if names else None)
        assert told_of[code]["within_20"] == len(names)
        assert (told_of[code]["minutes"] is None) == (not names)


def test_communes_of_an_island_drive_to_one_another():
    together = pl.DataFrame({"commune": CASE["together"]})
    assert len(set(shores(together).tolist())) == 1
    assert islands_among(CASE["together"]) == ["Belle-Île"]
    assert "Belle-Île" in sea_between(["56152", "35238"])
    assert sea_between(["35238"]) == ""
    codes = [code for several in islands().values() for code in several]
    assert len(codes) == len(set(codes))
    nowhere = pl.DataFrame({"commune": [None, "35238"]}, schema={"commune": pl.String})
    assert not shores(nowhere).any()
