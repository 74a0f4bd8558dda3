"""Sixty kills of a computation in parts, at instants drawn at random."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from portrea.sources.loading import load_embedded
from portrea.sources.store import Store
from steering.test_split import files, killed_and_run_again, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.endurance
@pytest.mark.parametrize("seed", range(6))
def test_ten_kills_then_the_same_bytes(home: Path, tmp_path: Path, seed: int) -> None:
    load_embedded(Store(home), departements={"22", "35"})
    shutil.copytree(home, tmp_path / "whole")
    with run(tmp_path / "whole") as process:
        assert process.wait(120) == 0
    killed_and_run_again(Store(home), kills=10, seed=seed)
    assert files(Store(home)) == files(Store(tmp_path / "whole"))
