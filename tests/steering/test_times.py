"""Times kept on disk: measured once, the same when read, measured again when damaged."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import portrea.steering.times as room
from portrea.base.errors import PortreaError
from portrea.reach.engines import crow_fly_times
from portrea.sources.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from portrea.reach.times import Times

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


# -- engines by name -------------------------------------------------------------------------------


def test_no_name_is_the_default_model(tmp_path: Path):
    engine = room.engine_named(Store(tmp_path), t_max=30.0, profile="walk")
    assert isinstance(engine, room.CrowFly)
    assert engine(ORIGINS, PLACES).profile == "walk"


@pytest.mark.parametrize(
    "text",
    [
        "origine;lieu;minutes\no0;o1;12,5\no1;o1;3\n",
        "origine,o1,o2\no0,12.5,\no1,3,99\n",
    ],
)
def test_a_file_is_the_table_of_the_user(tmp_path: Path, text: str):
    path = tmp_path / "temps.csv"
    path.write_text(text, "utf-8")
    times = room.engine_named(Store(tmp_path), str(path), t_max=30.0)(ORIGINS, PLACES)
    assert times.table().rows() == [("o0", "o1", 12.5), ("o1", "o1", 3.0)]


def test_roads_are_named_measured_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    calls: list[str] = []

    def roads(*args: object, **options: object) -> Times:
        calls.append(str(options["engine"]))
        return crow_fly_times(ORIGINS, PLACES, t_max=30.0)

    network = SimpleNamespace(id="1", name="andorra")
    monkeypatch.setattr(room, "find_network", lambda _store, name: {"andorra": network}[name])
    monkeypatch.setattr(room, "network_times", roads)
    engine = room.engine_named(Store(tmp_path), "andorra", t_max=30.0)
    assert engine(ORIGINS, PLACES).table().equals(engine(ORIGINS, PLACES).table())
    room.engine_named(Store(tmp_path), "osrm:andorra", t_max=30.0)(ORIGINS, PLACES)
    assert calls == ["network", "osrm"]


@pytest.mark.parametrize(
    ("name", "profile", "said"),
    [
        ("absent.csv", "car", "introuvable"),
        ("bretagne", "car", "Aucun réseau routier"),
        ("", "cheval", "« cheval » n’existe pas"),
    ],
)
def test_what_does_not_exist_is_told(tmp_path: Path, name: str, profile: str, said: str):
    with pytest.raises(PortreaError, match=said):
        room.engine_named(Store(tmp_path), name, t_max=30.0, profile=profile)(ORIGINS, PLACES)
