"""Draws kept on disk: read back within half a step, bounds as published, nothing else kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from portrea.cli.reach import reach
from portrea.sources.store import Store
from portrea.steering import demand_kept, what_if_ground
from portrea.steering.demand import demand_of
from portrea.steering.demand_kept import (
    MOST,
    demand_in_force,
    from_steps,
    keep_demands,
    missing_measures,
    read_kept,
    to_steps,
)
from portrea.steering.reading import Reader
from portrea.steering.what_if import Changes, outcome

EPCI = "epci:243500618"


@pytest.fixture(scope="module")
def kept_home(demo_home, tmp_path_factory):
    """A home that shares the store of the demo, and keeps its own draws."""
    home = tmp_path_factory.mktemp("kept")
    (home / "store").symlink_to(demo_home / "store")
    assert keep_demands(Store(home)) == ("c", "a2", "a1", "a3")
    return home


@pytest.fixture
def reader(kept_home):
    return Reader(Store(kept_home))


def cases():
    path = Path(__file__).parents[1] / "cases/reach/demand_kept.yaml"
    return yaml.safe_load(path.read_text("utf-8"))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_hand_worked(case):
    kept, step = to_steps(np.array([case["draws"]], dtype=np.float32))
    assert kept[0].tolist() == case["kept"]
    assert step[0] == pytest.approx(case["step"], rel=1e-5)
    assert from_steps(kept, step)[0] == pytest.approx(case["read"], rel=1e-6)


@given(arrays(np.float32, (3, 7), elements=st.floats(0, 1e6, width=32)))
def test_a_draw_is_read_back_within_half_a_step(draws):
    kept, step = to_steps(draws)
    again = from_steps(kept, step)
    nothing = 1e-30  # under it float32 has no more digits to be precise with
    allowed = 0.501 * step[:, None] + 1e-6 * draws + nothing
    assert (np.abs(again - draws) <= allowed).all()
    assert (again >= 0).all()


def test_what_is_kept_is_what_would_be_made_again(reader):
    codes = pl.Series(reader.gazetteer.table.filter(level="iris")["code"]).sort().head(40).to_list()
    for measure in ("c", "a1"):
        kept = read_kept(reader, [*codes, "99999"], measure)
        made = demand_of(reader.store, codes, measure).at([*codes, "99999"])
        assert kept.sides == made.sides
        assert kept.known.tolist() == made.known.tolist()
        assert kept.persons == pytest.approx(made.persons, rel=1e-6)
        most = made.draws.max(axis=1, keepdims=True)
        assert (np.abs(kept.draws - made.draws) <= (0.501 / MOST + 2e-6) * most).all()


def test_the_bounds_are_those_published(reader, tmp_path, monkeypatch):
    """A computation publishes the bounds of a thousand draws: kept so many, they are the same."""
    monkeypatch.setattr(demand_kept, "DRAWS", 1000)
    monkeypatch.setattr(demand_kept, "MEASURES", ("c",))
    monkeypatch.setattr(
        demand_kept, "demand_of", lambda *a, **more: demand_of(*a, **more, draws=1000)
    )
    (tmp_path / "store").symlink_to(reader.store.root)
    again = Reader(Store(tmp_path))
    keep_demands(again.store)
    rows = again.computation.table("estimates").filter(
        (pl.col("level") == "iris") & (pl.col("measure") == "c") & pl.col("n").is_not_null()
    )
    bounds = read_kept(again, rows["code"].to_list(), "c").interval()
    assert rows.height > 20
    for rank, name in enumerate(("n_low", "n_low80", "n_high80", "n_high")):
        assert bounds[:, rank] == pytest.approx(rows[name].to_numpy(), rel=1e-4, abs=1e-3), name


def test_a_page_says_the_same_with_and_without(reader, demo_home, monkeypatch):
    question = what_if_ground.Question("information", "a1")
    selection = reader.gazetteer.resolve(EPCI)
    told = []
    for current in (reader, Reader(Store(demo_home))):
        ground = what_if_ground.prepare(current, selection, question)
        told.append(outcome(ground, Changes(((1, "commune:35211"),)), minutes=10))
    kept, made = (one.gained.wide for one in told)
    assert (kept.value, kept.low, kept.high) == pytest.approx(
        (made.value, made.low, made.high), rel=1e-4
    )
    kept, made = (one.help_change for one in told)
    assert (kept.value, kept.low, kept.high) == pytest.approx(
        (made.value, made.low, made.high), rel=1e-3
    )


def test_nothing_is_made_twice_and_other_computations_are_forgotten(reader):
    folder = reader.store.home / demand_kept.FOLDER
    old = folder / "0000000000000000-c-500-1"
    old.mkdir()
    assert missing_measures(reader.store) == ()
    assert keep_demands(reader.store) == ()
    assert not old.exists()
    assert len(list(folder.iterdir())) == 4


def test_without_draws_kept_they_are_made(demo_home, reader):
    bare = Reader(Store(demo_home))
    assert read_kept(bare, ["352110000"], "a1") is None
    asked = demand_in_force(bare, ["352110000"], "a1", draws=5)
    assert asked.draws.shape == (1, 5)
    assert keep_demands(Store(demo_home / "nothing")) == ()


def test_the_command_says_what_it_keeps(reader, monkeypatch):
    monkeypatch.setenv("PORTREA_HOME", str(reader.store.home))
    done = CliRunner().invoke(reach, ["prepare"])
    assert done.exit_code == 0, done.output
    assert "tout est déjà gardé" in done.stdout
