"""A PostgreSQL of the test run only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator


def programme(name: str) -> str:
    """Find a program of PostgreSQL: in the folder asked for, at Debian's place, in the PATH."""
    if asked := os.environ.get("PORTREA_TEST_POSTGRESQL"):  # scripts/newer_postgresql.sh
        return str(Path(asked) / name)
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(debian[-1]) if debian else shutil.which(name)
    assert found, f"{name} is not installed (scripts/test.sh installs PostgreSQL)"
    return found


def as_postgres(*command: str) -> None:
    """Run a program that refuses root."""
    root = os.geteuid() == 0
    prefix = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups") if root else ()
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")


def temporary_cluster() -> Iterator[str]:
    """A PostgreSQL of this test run only: no port, one socket in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="portrea-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    fast = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    options = f"-c listen_addresses='' -k {folder} {fast}"
    try:
        as_postgres(
            programme("initdb"), "--no-sync", "-A", "trust", "-U", "portrea", "-D", str(data)
        )
        log = str(folder / "log")
        as_postgres(programme("pg_ctl"), "-D", str(data), "-o", options, "-l", log, "-w", "start")
        yield f"postgresql://portrea@/postgres?host={folder}"
    finally:
        if (data / "postmaster.pid").exists():
            as_postgres(programme("pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def own_database(server: str) -> Iterator[str]:
    """An empty database of a server, dropped at the end."""
    name = f"essai_{token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:  # it may have been started again
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
