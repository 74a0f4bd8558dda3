"""``kill -9`` in the middle of an import, and two people at once, on both databases."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRIPT = Path(__file__).parent / "killed.py"
STEPS = 5
"""Times that an import says where it is before it is applied."""


def environment(home: Path, database: str = "") -> dict[str, str]:
    home.mkdir(exist_ok=True)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    told = {
        "DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod",
        "PORTREA_SECRET_KEY": "only-for-tests",
        "PORTREA_HOME": str(home),
    }
    return clean | told | ({"PORTREA_DATABASE_URL": database} if database else {})


def run(act: str, env: Mapping[str, str], text: str = "\n" * 20) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(SCRIPT), act],
        env=env,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def killed_at(step: int, env: Mapping[str, str]) -> str:
    """Start an import and kill it at its nth step; return the name of the step."""
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), "import"],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    name = ""
    for passed in range(step + 1):
        name = process.stdout.readline().strip()
        if passed < step:
            process.stdin.write("\n")
            process.stdin.flush()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    assert process.returncode == -signal.SIGKILL
    return name


def check(env: Mapping[str, str]) -> None:
    before = run("prepare", env).strip()
    names = {killed_at(step, env) for step in range(STEPS - 1)}
    assert len(names) == STEPS - 1
    left, *steps, done, undone, ends = run("finish", env).splitlines()
    assert left == before
    assert names < set(steps)
    assert len(steps) == STEPS
    assert done != before
    assert json.loads(done)["half"] == 0
    assert undone == before
    assert ends in ('["conflict 7 8", "saved"]', '["conflict 8 7", "saved"]')


@pytest.mark.slow
def test_nothing_half_done_and_nobody_overwritten_on_sqlite(
    ready_home: Path, tmp_path: Path
) -> None:
    check(environment(Path(shutil.copytree(ready_home, tmp_path / "home"))))


@pytest.mark.slow
@pytest.mark.postgres
def test_nothing_half_done_and_nobody_overwritten_on_postgresql(
    cluster: str,
    tmp_path: Path,
) -> None:
    check(environment(tmp_path / "home", cluster))
