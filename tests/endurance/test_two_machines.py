"""Two machines behind a round robin: one PostgreSQL for both, no folder in common."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from web.operation.stateless.machines import environment
from web.operation.stateless.visiting import visited

if TYPE_CHECKING:
    from pathlib import Path

    from endurance.cluster import Cluster


@pytest.mark.endurance
@pytest.mark.postgres
def test_two_machines_share_postgresql_and_no_folder(
    durable: Cluster, demo_home: Path, ready_home: Path, tmp_path: Path
) -> None:
    machines = [tmp_path / "here", tmp_path / "there"]
    for home in machines:
        shutil.copytree(demo_home, home)
        shutil.copytree(ready_home / "static", home / "static")
    for database in durable.database():
        visited([environment(home, database) for home in machines])
