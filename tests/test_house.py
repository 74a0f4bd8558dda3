"""What the house promises and no tool checks by itself: its commands, its folders, its defaults."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC
from pathlib import Path

import platformdirs
import pytest

from portrea.sources.store import default_home

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LINT = (ROOT / "scripts" / "lint.sh").read_text("utf-8")
TEST = (ROOT / "scripts" / "test.sh").read_text("utf-8")


# -- reading the code ------------------------------------------------------------------------------


@pytest.mark.parametrize("tool", ['ruff" check', 'ruff" format --check', "mypy", "lint-imports"])
def test_the_test_command_reads_the_code(tool: str) -> None:
    assert re.search(r"^scripts/lint\.sh", TEST, re.MULTILINE)
    assert f'"$bin/{tool}' in LINT
    assert "set -euo pipefail" in TEST


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "fault", "said"),
    [
        (("ruff", "check", "--no-cache"), "import os\n", "F401"),
        (("ruff", "format", "--check", "--no-cache"), "x   = 1\n", "reformat"),
        (("mypy", "--cache-dir=/dev/null"), "def grow(x):\n    return x + 1\n", "no-untyped-def"),
        (("mypy", "--cache-dir=/dev/null"), 'LEVEL: int = "iris"\n', "assignment"),
    ],
)
def test_a_fault_is_refused(tmp_path: Path, tool: tuple[str, ...], fault: str, said: str) -> None:
    """With the settings of the house."""
    path = tmp_path / "fault.py"
    path.write_text(f'"""A deliberate fault."""\n\n{fault}', "utf-8")
    name, *words = tool
    option = "--config-file" if name == "mypy" else "--config"
    command = [str(BIN / name), *words, option, str(ROOT / "pyproject.toml"), str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert said in done.stdout + done.stderr


# -- folders ---------------------------------------------------------------------------------------


def test_the_store_lives_in_the_folder_of_the_platform_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PORTREA_HOME")
    assert default_home() == Path(platformdirs.user_data_dir("portrea", appauthor=False))
    monkeypatch.setenv("PORTREA_HOME", os.fspath(ROOT / "elsewhere"))
    assert default_home() == ROOT / "elsewhere"


# -- database --------------------------------------------------------------------------------------


def test_the_user_model_is_ours_from_the_first_migration() -> None:
    from django.apps import apps
    from django.conf import settings
    from django.db.migrations.loader import MigrationLoader

    assert settings.AUTH_USER_MODEL == "accounts.User"
    loader = MigrationLoader(None, ignore_no_migrations=True)
    first = min((k, m) for k, m in loader.disk_migrations.items() if k[0] == "accounts")[1]
    assert first.initial
    assert "User" in {getattr(operation, "name", "") for operation in first.operations}
    ours = {config.label for config in apps.get_app_configs() if "portrea" in config.name}
    earlier = {label for label, _ in first.dependencies}
    assert not earlier & ours, "no table of ours comes before the users'"


def test_instants_are_kept_in_utc() -> None:
    from django.conf import settings
    from django.db import connection

    assert settings.USE_TZ
    assert connection.timezone is UTC


# -- first decision --------------------------------------------------------------------------------


def test_the_first_decision_says_who_writes_what() -> None:
    (page,) = (ROOT / "docs/developpeurs/decisions").glob("0001-*.md")
    text = page.read_text("utf-8").casefold()
    for word in (
        "parquet",
        "base",
        "immuable",
        "empreinte",
        "d’un coup",
        "site",
        "n’y écrivent jamais",
    ):
        assert word in text, word
