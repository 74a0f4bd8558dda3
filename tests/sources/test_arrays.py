"""Arrays kept on disk: found again, never trusted when damaged, bounded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from portrea.sources.arrays import ArrayShelf

if TYPE_CHECKING:
    from pathlib import Path

ARRAYS = {"a": np.arange(1000, dtype=np.int32), "names": np.array(["é", "b"]), "none": np.zeros(0)}


def test_what_is_written_is_read_again_without_copy(tmp_path: Path):
    shelf = ArrayShelf(tmp_path / "new")
    assert shelf.read("v") is None
    assert shelf.write("v", ARRAYS, {"t_max": 45.0})
    arrays, facts = shelf.read("v") or ({}, {})
    assert facts == {"t_max": 45.0}
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
    assert isinstance(arrays["a"], np.memmap)


@pytest.mark.parametrize("name", ["a.npy", "names.npy", "card.json"])
@pytest.mark.parametrize("damage", ["cut", "gone", "other"])
def test_what_is_damaged_is_not_read(tmp_path: Path, name: str, damage: str):
    shelf = ArrayShelf(tmp_path)
    shelf.write("v", ARRAYS, {})
    path = tmp_path / "v" / name
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-5])
    else:
        path.write_bytes(b"[1]")
    assert shelf.read("v") is None
    assert shelf.write("v", ARRAYS, {})
    assert shelf.read("v") is not None


def test_the_least_recently_used_is_erased_first(tmp_path: Path):
    shelf = ArrayShelf(tmp_path, most_bytes=11_000)
    for moment, version in enumerate(("old", "new")):
        shelf.write(version, ARRAYS, {})
        os.utime(tmp_path / version / "card.json", (moment, moment))
    shelf.read("old")
    shelf.write("last", ARRAYS, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["last", "old"]


def test_a_disk_that_refuses_is_no_fault(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder", "utf-8")
    assert not ArrayShelf(tmp_path / "file").write("v", ARRAYS, {})
