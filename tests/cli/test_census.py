"""The living census from the terminal: loaded, computed with, undone."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from portrea.sources.census import photograph
from portrea.sources.store import Store

if TYPE_CHECKING:
    from pathlib import Path


MAIN = "from portrea.cli import main; main()"


def run(home: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """A command as a user gives it, in a process of its own with the site's own settings."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", MAIN, *words],
        env=clean | {"PORTREA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


@pytest.mark.slow
def test_load_compute_and_undo(demo_copy: Path) -> None:
    store = Store(demo_copy)
    before = store.current()
    assert before is not None
    told = run(demo_copy, "offer", "load").stdout
    assert "(import n° 1)" in told
    again = run(demo_copy, "offer", "load").stdout
    assert again.splitlines() == ["Listes sans changement : 1"]
    run(demo_copy, "compute", "--draws", "50")
    current = store.current()
    assert current is not None
    taken = photograph(store)
    assert taken is not None
    assert taken.id in current.card["datasets"]
    ids = current.table("places")["id"]
    assert ids.str.starts_with("p").all()
    assert ids.len() == before.table("places").height
    undone = run(demo_copy, "offer", "undo", "1", "--reason", "essai")
    assert "Import n° 1 défait" in undone.stdout
    assert photograph(store) is None
    refused = run(demo_copy, "offer", "undo", "1", code=3)
    assert "défait" in refused.stderr
    assert "Aucun import n° 7" in run(demo_copy, "offer", "undo", "7", code=3).stderr
