"""The accounts on PostgreSQL: the same tests, the other database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
FILES = ("test_journal.py", "test_retention.py", "test_throttling.py", "test_schedule.py",
         "test_connection.py", "test_own_account.py")  # fmt: skip


def test_accounts_on_postgresql(cluster: str) -> None:
    folder = Path(__file__).parent.relative_to(ROOT)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider",
         "--create-db", *(str(folder / name) for name in FILES)],
        env={**os.environ, "PORTREA_DATABASE_URL": cluster},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
