"""Forty people of one room send their sheet at the same minute, on both databases."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from web.offer.test_services_killed import environment

SCRIPT = Path(__file__).parent / "crowd.py"
PEOPLE, PROCESSES = 40, 2


def come_all(home: Path, database: str = "") -> None:
    """Every sheet sent is received once, whoever else sends at the same time."""
    env = environment(home, database)
    (home / "static").mkdir(exist_ok=True)

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
    ends = [json.loads(end(process)) for process in running]
    assert ends == [{"Merci, c’est envoyé": part}] * PROCESSES
    told = json.loads(end(start("tell")))
    assert told["titles"] == sorted(f"Association {rank}" for rank in range(PEOPLE))
    assert told["journal"] == PEOPLE


@pytest.mark.slow
def test_forty_people_lose_nothing_on_sqlite(ready_home: Path, tmp_path: Path) -> None:
    come_all(Path(shutil.copytree(ready_home, tmp_path / "home")))


@pytest.mark.slow
@pytest.mark.postgres
def test_forty_people_lose_nothing_on_postgresql(cluster: str, tmp_path: Path) -> None:
    come_all(tmp_path / "home", cluster)
