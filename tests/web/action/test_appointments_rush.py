"""Twelve residents press the same hour at once, two may come: both databases."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from web.offer.test_services_killed import environment

SCRIPT = Path(__file__).parent / "rush.py"
PEOPLE, PROCESSES = 12, 2


def rush(home: Path, database: str = "") -> None:
    """Two get the seats; ten choose another hour and have lost nothing of what they wrote."""
    env = environment(home, database)
    (home / "static").mkdir()

    def start(*words: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "error", str(SCRIPT), *map(str, words)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True)

    def end(process: subprocess.Popen[str]) -> str:
        told, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        return told.strip()

    end(start("prepare"))
    part = PEOPLE // PROCESSES
    running = [start("come", n * part, (n + 1) * part) for n in range(PROCESSES)]
    ends: Counter[str] = Counter()
    for process in running:
        ends.update(json.loads(end(process)))
    assert ends == {"taken": 2, "409 kept": PEOPLE - 2}
    assert json.loads(end(start("tell"))) == [0, 1]


@pytest.mark.slow
def test_no_hour_is_given_twice_on_sqlite(tmp_path: Path) -> None:
    rush(tmp_path / "home")


@pytest.mark.slow
@pytest.mark.postgres
def test_no_hour_is_given_twice_on_postgresql(cluster: str, tmp_path: Path) -> None:
    rush(tmp_path / "home", cluster)
