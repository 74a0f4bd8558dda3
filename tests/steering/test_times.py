"""Times kept on disk: measured once, the same when read, measured again when damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import portrea.steering.times as room
from portrea.reach.engines import crow_fly_times
from portrea.sources.store import Store

if TYPE_CHECKING:
    from pathlib import Path

SIDE = np.linspace(0, 0.5, 12)
ORIGINS = pl.DataFrame(
    {
        "code": [f"o{i}" for i in range(12)],
        "longitude": SIDE,
        "latitude": 46 + SIDE,
        "persons": 100.0,
        "area_km2": 4.0,
    }
)
PLACES = ORIGINS.select("longitude", "latitude", id="code").head(7)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count the times measured, and keep even small ones."""
    calls: list[str] = []

    def count(*args: pl.DataFrame, **options: object) -> object:
        calls.append("once")
        return crow_fly_times(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(room, "crow_fly_times", count)
    monkeypatch.setattr(room, "WORTH", 0)
    return calls


def test_times_are_measured_once_and_read_the_same(tmp_path: Path, measured: list[str]):
    engine = room.CrowFly(Store(tmp_path), 30.0)
    first, again = engine(ORIGINS, PLACES), engine(ORIGINS, PLACES)
    assert measured == ["once"]
    assert again.table().equals(first.table())
    assert (again.engine, again.profile, again.t_max, again.version) == (
        first.engine,
        first.profile,
        first.t_max,
        first.version,
    )
    assert first.minutes.nnz
    assert again.part(np.arange(3), np.arange(2)).minutes.nnz
    room.CrowFly(Store(tmp_path), 30.0, "walk")(ORIGINS, PLACES)
    assert measured == ["once"] * 2


def test_damaged_times_are_measured_again(tmp_path: Path, measured: list[str]):
    engine = room.CrowFly(Store(tmp_path), 30.0)
    first = engine(ORIGINS, PLACES)
    path = tmp_path / room.FOLDER / first.version / "indptr.npy"
    np.save(path, np.full_like(np.load(path), 10**6))
    assert engine(ORIGINS, PLACES).table().equals(first.table())
    assert measured == ["once"] * 2


def test_times_of_a_territory_are_not_kept(tmp_path: Path):
    room.CrowFly(Store(tmp_path), 30.0)(ORIGINS, PLACES)
    assert not (tmp_path / room.FOLDER).exists()
