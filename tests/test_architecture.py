"""The law of floors: who may import whom, and what a light import must not drag along."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("needs", "offer", "reach", "surveys", "action", "rights", "stats", "territory", "vocab")
HEAVY = ("django", "geopandas", "pandas", "pyogrio", "shapely", "typst", "matplotlib", "granian")


def modules_after(code: str) -> set[str]:
    """Top-level modules loaded by a fresh interpreter after ``code``."""
    script = (
        f"{code}\nimport json, sys\nprint(json.dumps(sorted(m.split('.')[0] for m in sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_floors_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--config", ".importlinter"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("room", ROOMS)
def test_room_loads_without_web_nor_geometry(room: str) -> None:
    """A room works in a notebook: no Django, no geometry engine, no PDF engine."""
    assert not modules_after(f"import portrea.{room}") & set(HEAVY)


def test_package_loads_nothing() -> None:
    assert not modules_after("import portrea") & {*HEAVY, "polars", "numpy", "yaml", "click"}


def test_command_help_is_light() -> None:
    code = "from portrea.cli import portrea\nportrea(['--help'], standalone_mode=False)"
    assert not modules_after(code) & {*HEAVY, "polars", "numpy", "scipy"}


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("needs", "import django"),
        ("needs", "import portrea.reach.travel"),
        ("reach", "import urllib.request"),
        ("territory", "import portrea.needs"),
    ],
)
def test_a_fault_is_caught(tmp_path: Path, module: str, line: str) -> None:
    """The contracts bite: a deliberate fault breaks them."""
    source = tmp_path / "src" / "portrea"
    only_code = shutil.ignore_patterns("static", "__pycache__", "data", "node_modules")
    shutil.copytree(ROOT / "src" / "portrea", source, ignore=only_code)
    (source / module / "fault.py").write_text(f"{line}\n", "utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from importlinter.cli import lint_imports; sys.exit("
            f"lint_imports(config_filename={str(ROOT / '.importlinter')!r}, no_cache=True))",
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "src"), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout
    assert f"portrea.{module}.fault" in done.stdout
