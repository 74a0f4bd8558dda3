"""Migrations since the rule, on rows: up, down, up again; the models of before still write.

All of them, on both databases: ``tests/endurance/test_migrations_walked.py``.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from web.operation.migrations.walking import walk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_migrations_since_the_rule(ready_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(ready_home, home, ignore=shutil.ignore_patterns("static"))
    walk(home, since=True)
