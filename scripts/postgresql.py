"""Run a command beside a PostgreSQL of its own, empty, gone when the command ends.

``scripts/postgresql.py .venv/bin/python -m pytest tests/web`` gives the tests that other database.
It is fast, not durable (no ``fsync``): no figure of durability comes from here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from web.postgres import own_database, temporary_cluster  # noqa: E402


def main(command: list[str]) -> int:
    """Return the exit code of a command told, by ``PORTREA_DATABASE_URL``, of its database."""
    with closing(temporary_cluster()) as servers:
        for server in servers:
            with closing(own_database(server)) as databases:
                address = next(databases)
                environment = os.environ | {"PORTREA_DATABASE_URL": address}
                return subprocess.run(command, env=environment, check=False).returncode
    raise AssertionError("No server was started.")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server is stopped too
    sys.exit(main(sys.argv[1:]))
