"""Behind a round robin, nothing lives in the memory of a process: each request changes site.

Two processes on one SQLite here; two machines, that share PostgreSQL and no folder, in
``make endurance``.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from web.operation.stateless.machines import environment
from web.operation.stateless.visiting import visited

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_two_processes_on_one_sqlite(demo_home: Path, ready_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    for source in (demo_home, ready_home):
        shutil.copytree(source, home, dirs_exist_ok=True)
    visited([environment(home, "")] * 2)
