"""The memory of a backup and of a restoration, on a database of some 100 MB and on an empty one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from benchmarks import Measure

from endurance.test_restoration_killed import clean

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.endurance
PROGRAM = str(Path(sys.executable).with_name("portrea"))
ROWS = 220_000
"""Lines of the journal, of some 450 bytes each: a base of about 100 MB."""
MORE = 60
"""MB that a large database may ask for beside an empty one: no table is ever held whole."""
ACTOR = (
    "INSERT INTO accounts_journalactor (kind, label, month) VALUES ('system', 'x', '2026-11-01')"
)
LINES = """
WITH RECURSIVE ranks (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM ranks WHERE n < ?)
INSERT INTO accounts_journalentry
       (at, act, actor_id, target_kind, target_id, level, code, reason, after)
SELECT '2026-11-23 10:00:00', 'x', (SELECT MIN(id) FROM accounts_journalactor),
       'lieu', n, 'epci', '243500550', '', '{"avant": "' || hex(randomblob(150)) || '"}'
FROM ranks
"""


def run(home: Path, *words: str) -> float:
    """Run a command to its end; return its largest memory, in MB."""
    child = os.posix_spawn(PROGRAM, [PROGRAM, *words], clean(home))
    _, status, used = os.wait4(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, words
    return used.ru_maxrss / 1024


def filled(home: Path) -> float:
    """Put a long journal in a home; return the MB of its database."""
    base = home / "portrea.sqlite3"
    with closing(sqlite3.connect(base)) as opened:
        opened.execute(ACTOR)
        opened.execute(LINES, [ROWS])
        opened.commit()
    return base.stat().st_size / 1e6


def walked(home: Path, folder: Path) -> tuple[float, float]:
    """Back a home up and restore it elsewhere; return the memory of each, in MB."""
    making = run(home, "backup", str(folder), "--verify")
    (made,) = folder.iterdir()
    return making, run(home, "restore", str(made), "--into", str(folder / "new"))


def test_memory_is_flat(ready_home: Path, tmp_path: Path, keep: Callable[[Measure], None]) -> None:
    homes = tmp_path / "empty", tmp_path / "large"
    for home in homes:
        shutil.copytree(ready_home, home, ignore=shutil.ignore_patterns("static", "cache"))
    size = filled(homes[1])
    empty, large = (walked(home, tmp_path / f"{home.name}-out") for home in homes)
    for name, peak, floor in zip(("backup", "restore"), large, empty, strict=True):
        keep(
            Measure(
                f"{name}.memory",
                f"Mémoire de portrea {name}, Mo",
                round(peak),
                floor=round(floor),
                limit=round(floor) + MORE,
                unit="Mo",
                note=f"base SQLite de {size:.0f} Mo, {ROWS} lignes ; plancher : base vide",
            )
        )
        assert peak < floor + MORE, name
    assert size > 90
