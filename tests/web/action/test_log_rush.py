"""A help sent six times at the same moment is noted once: both databases."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from web.offer.test_services_killed import environment

SCRIPT = Path(__file__).parent / "log_rush.py"


def rush(home: Path, database: str = "") -> None:
    env = environment(home, database)
    (home / "static").mkdir()
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told == {"sent": 1, "found": 1, "added": [1, 0], "rows": 3}


@pytest.mark.slow
def test_a_help_is_noted_once_on_sqlite(tmp_path: Path) -> None:
    rush(tmp_path / "home")


@pytest.mark.slow
@pytest.mark.postgres
def test_a_help_is_noted_once_on_postgresql(cluster: str, tmp_path: Path) -> None:
    rush(tmp_path / "home", cluster)
