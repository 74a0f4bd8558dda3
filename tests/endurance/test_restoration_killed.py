"""A restoration killed by SIGKILL at any instant: at the next start all is former, or all new."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from benchmarks import Measure

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.endurance
TIMES = int(os.environ.get("RESTORATION_KILLS", "60"))
WORLD = """
import sys
from pathlib import Path
from portrea.cli.serve import setup_django
setup_django()
from django.conf import settings
from portrea.base.progress import silent
from portrea.web.operation.backups import making, restoring, schema, swapping
home, database = Path(settings.PORTREA_HOME), settings.DATABASES["default"]
"""
RESTORE = f"""{WORLD}
print("ready", flush=True)
sys.stdin.readline()
restoring.restore(Path(sys.argv[1]), home=home, database=database, replace=True, progress=silent)
print("done", flush=True)
"""
FINISH = f"""{WORLD}
import sqlite3
for line in sys.stdin:
    home = Path(line.strip())
    swapping.finish(home, database)
    with sqlite3.connect(home / "portrea.sqlite3") as base:
        whole = base.execute("PRAGMA integrity_check").fetchone()[0]
        held = [row[0] for row in base.execute("SELECT title FROM offer_campaign")]
    print(whole, *held, (home / "tiles" / "a").read_text(), flush=True)
"""


def clean(home: Path) -> dict[str, str]:
    """Return the environment of a site of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    return kept | {"PORTREA_HOME": str(home)}


def run(code: str, home: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a program of the site."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env=clean(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def named(home: Path, word: str) -> None:
    """Put a word in the database and in a file of a home."""
    with closing(sqlite3.connect(home / "portrea.sqlite3")) as base:
        base.execute("DELETE FROM offer_campaign")
        base.execute(
            "INSERT INTO offer_campaign (title, level, code, created) VALUES (?, ?, ?, ?)",
            [word, "epci", "1", "2026-11-23"],
        )
        base.commit()
    (home / "tiles").mkdir(exist_ok=True)
    (home / "tiles" / "a").write_text(word, "utf-8")


def test_restoration_killed(
    ready_home: Path, tmp_path: Path, keep: Callable[[Measure], None]
) -> None:
    former, other = tmp_path / "former", tmp_path / "other"
    for home, word in ((former, "former"), (other, "new")):
        shutil.copytree(ready_home, home, ignore=shutil.ignore_patterns("static", "cache"))
        named(home, word)
    made = subprocess.run(
        [str(Path(sys.executable).with_name("portrea")), "backup", str(tmp_path / "out")],
        env=clean(other),
        check=True,
        capture_output=True,
        text=True,
    )
    backup = made.stdout.split(" : ")[0]
    finisher = run(FINISH, tmp_path / "finisher")
    seen: dict[str, int] = {}
    length = 10.0
    for number in range(TIMES):
        home = tmp_path / f"home{number}"
        shutil.copytree(former, home)
        length, stopped = killed(home, backup, length, first=number == 0)
        assert finisher.stdin is not None
        assert finisher.stdout is not None
        finisher.stdin.write(f"{home}\n")
        finisher.stdin.flush()
        told = finisher.stdout.readline().split()
        assert told in (["ok", "former", "former"], ["ok", "new", "new"]), (number, told)
        seen[told[1]] = seen.get(told[1], 0) + stopped
        shutil.rmtree(home)
    finisher.kill()
    finisher.communicate()
    stopped = sum(seen.values())
    keep(
        Measure(
            "restoration.killed", "Remises en place arrêtées n’importe quand, laissées à demi", 0.0,
            "", limit=0.0, note=f"{TIMES} remises en place, {stopped} tuées : chaque fois tout"
            " l’ancien, ou tout le nouveau",
        )
    )  # fmt: skip
    assert stopped > TIMES // 4


def killed(home: Path, backup: str, length: float, *, first: bool) -> tuple[float, int]:
    """Restore and kill at a random moment (the first is left whole, to know how long it takes)."""
    program = run(RESTORE, home, backup)
    assert program.stdin is not None
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    started = time.monotonic()
    program.stdin.write("go\n")
    program.stdin.flush()
    if first:
        assert program.stdout.readline() == "done\n"
        spent = time.monotonic() - started
        program.communicate()
        return spent, 0
    time.sleep(random.uniform(0, 1.05 * length))
    stopped = program.poll() is None
    program.send_signal(signal.SIGKILL)
    program.communicate()
    return length, int(stopped)
