"""A computation made in parts: the same bytes as in one process, whatever is killed."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import polars as pl
import pytest
from click.testing import CliRunner

from portrea.base.errors import StoreError
from portrea.base.provenance import Provenance
from portrea.cli import portrea
from portrea.sources.loading import load_embedded
from portrea.sources.store import Store
from portrea.steering import split
from portrea.steering.computation import compute
from portrea.steering.settings import Settings
from portrea.vocab.tables import OBSERVATIONS

if TYPE_CHECKING:
    from pathlib import Path

DEPARTEMENTS = ("35", "22")
CHOICES = Settings.make(draws=2000)
"""Blocks of 150 atoms: several by département, some of which straddle the two."""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the figures of two départements. Never write in it."""
    path = tmp_path_factory.mktemp("two") / "home"
    load_embedded(Store(path), departements=set(DEPARTEMENTS))
    return path


@pytest.fixture(scope="module")
def whole(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The same computed in one process."""
    path = tmp_path_factory.mktemp("whole") / "home"
    shutil.copytree(loaded, path)
    compute(Store(path), settings=CHOICES)
    return Store(path)


@pytest.fixture
def store(loaded: Path, home: Path) -> Store:
    shutil.copytree(loaded, home)
    return Store(home)


def files(store: Store) -> dict[str, bytes]:
    """The computation in force, byte for byte (its card too)."""
    current = store.current()
    assert current is not None
    found = {path.name: path.read_bytes() for path in sorted(current.folder.iterdir())}
    return {"id": current.id.encode(), **found}


def test_parts_put_together_are_the_computation_byte_for_byte(store: Store, whole: Store) -> None:
    begun = split.plan(store, CHOICES)
    assert begun.parts == DEPARTEMENTS
    for part in reversed(begun.parts):
        assert split.make_part(store, begun.id, part)
        assert not split.make_part(store, begun.id, part), "made once"
    assert split.assemble(store, begun.id) is not None
    assert files(store) == files(whole)
    assert not split.plans(store)
    assert split.assemble(store, begun.id) is None, "nothing left to do"
    assert not list((store.root / "parts").iterdir()), "nothing left behind"


def test_no_assembly_before_the_last_part(store: Store) -> None:
    begun = split.plan(store, CHOICES)
    split.make_part(store, begun.id, "35")
    with pytest.raises(StoreError, match="Il manque 1 parts sur 2"):
        split.assemble(store, begun.id)
    assert store.current() is None


def test_a_plan_is_taken_up_where_it_was(store: Store) -> None:
    first = split.plan(store, CHOICES, date="2026-11-22")
    split.make_part(store, first.id, "35")
    again = split.plan(store, CHOICES, date="2026-11-23")
    assert (again.id, again.date, again.missing) == (first.id, "2026-11-22", ["22"])


def test_other_data_refuse_the_parts_of_before(store: Store) -> None:
    begun = split.plan(store, CHOICES)
    split.make_part(store, begun.id, "35")
    figure = {"level": "commune", "code": "35001", "variable": "persons", "value": 1.0}
    store.write_dataset(
        Provenance("essai", "essai", "essai", "2024"),
        {"observations": pl.DataFrame([figure | {"status": "ok"}], schema=OBSERVATIONS.schema)},
    )
    with pytest.raises(StoreError, match="ne sont plus ceux du calcul"):
        split.make_part(store, begun.id, "22")
    assert split.plan(store, CHOICES).id != begun.id


def test_a_cancelled_plan_ends_without_effect(store: Store) -> None:
    begun = split.plan(store, CHOICES)
    split.cancel(store, begun.id)
    assert not split.make_part(store, begun.id, "35")
    assert split.assemble(store, begun.id) is None
    assert store.current() is None


def test_a_damaged_part_is_taken_out_and_made_again(store: Store, whole: Store) -> None:
    begun = split.plan(store, CHOICES)
    for part in begun.parts:
        split.make_part(store, begun.id, part)
    path = begun.path("22")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(StoreError, match=r"22\.npz du calcul est abîmée"):
        split.assemble(store, begun.id)
    assert begun.missing == ["22"]
    split.make_part(store, begun.id, "22")
    split.assemble(store, begun.id)
    assert files(store) == files(whole)


def test_the_command_says_where_it_is_and_forgets(store: Store, home: Path) -> None:
    begun = split.plan(store, CHOICES)
    split.make_part(store, begun.id, "35")
    runner = CliRunner()
    told = runner.invoke(portrea, ["compute", "--status"], catch_exceptions=False).output
    assert "1 parts sur 2 ; à faire : 22" in told
    runner.invoke(portrea, ["compute", "--cancel"], catch_exceptions=False)
    told = runner.invoke(portrea, ["compute", "--status"], catch_exceptions=False).output
    assert told == "Aucun calcul par départements n’est commencé.\n"


RUN = (sys.executable, "-c", "from portrea.cli import main; main()", "compute", "--draws", "2000")


def run(home: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start the command in a process of its own, as a person would."""
    return subprocess.Popen(
        [*RUN, *options],
        env={**os.environ, "PORTREA_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def killed_and_run_again(store: Store, *, kills: int, seed: int) -> None:
    """Kill the command ``kills`` times, then let it end."""
    chance = random.Random(seed)
    for turn in range(kills):
        with run(store.home, "--split", "--processes", str(1 + turn % 2)) as process:
            time.sleep(chance.uniform(0.8, 3.0))
            process.kill()
    with run(store.home, "--split") as process:
        assert process.wait(60) == 0


@pytest.mark.slow
def test_killed_at_any_instant_the_result_is_the_same(
    store: Store, loaded: Path, tmp_path: Path
) -> None:
    shutil.copytree(loaded, tmp_path / "whole")
    with run(tmp_path / "whole") as process:
        assert process.wait(60) == 0
    killed_and_run_again(store, kills=2, seed=10)
    assert files(store) == files(Store(tmp_path / "whole"))
    assert not split.plans(store)
