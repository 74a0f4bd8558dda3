"""From one site to another by the commands: exported, brought elsewhere, then erased with proof."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.endurance
TESTS = Path(__file__).resolve().parents[1]
SITE = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
import time_machine
from portrea.cli.serve import prepare_database
prepare_database()
from portrea.cli import portrea
from web.operation.estate.test_estate import HERE, MARK, everything, lived
folder = Path(sys.argv[1])
def run(*words):
    portrea(["estate", *map(str, words)], standalone_mode=False)
"""
FORMER = f"""{SITE}
from portrea.web.operation.estate.erasing import genuine
lived(HERE, MARK)
run("export", "epci:243500550", folder / "a.zip")
run("erase", "epci:243500550", "--ask")
with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
    run("erase", "epci:243500550", "--export", folder / "last.zip")
assert genuine((folder / "last.certificat.json").read_text("utf-8"))
assert MARK not in everything()
"""
OTHER = f"""{SITE}
run("import", folder / "a.zip")
assert MARK in everything()
run("export", "epci:243500550", folder / "b.zip")
"""


def run(code: str, home: Path, folder: Path) -> str:
    """Run a program on a site of its own; return what it says."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    paths = os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)])
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        env=kept | {"PORTREA_HOME": str(home), "PYTHONPATH": paths},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def tables_of(path: Path) -> dict[str, Any]:
    """Return the lines and the digest of each table of a file."""
    with zipfile.ZipFile(path) as archive:
        tables: dict[str, Any] = json.loads(archive.read("manifeste.json"))["tables"]
    return tables


def test_to_another_site_then_erased(demo_home: Path, ready_home: Path, tmp_path: Path) -> None:
    former, other = tmp_path / "former", tmp_path / "other"
    for home in (former, other):
        shutil.copytree(ready_home, home, ignore=shutil.ignore_patterns("static", "cache"))
        (home / "store").symlink_to(demo_home / "store")
    told = run(FORMER, former, tmp_path)
    assert "Certificat" in told
    certificate = json.loads((tmp_path / "last.certificat.json").read_text("utf-8"))["certificat"]
    assert certificate["avant"]["surveys.Submission"] == 1
    assert certificate["restent"] == {}
    assert certificate["noms_retrouves"] == []
    assert "0 laissées de côté" in run(OTHER, other, tmp_path)
    there = tables_of(tmp_path / "b.zip")
    assert there == tables_of(tmp_path / "a.zip") == tables_of(tmp_path / "last.zip")
    assert there["surveys.Submission"]["lignes"] == 1
