"""Back to an instant, for real: archived journals and a base backup of a PostgreSQL being written.

What the guide « sauvegarder » says is done here, fsync on: an accident erases a table, and
the database is brought back to the second before it, every acknowledged row there, none after.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from web.postgres import as_postgres, programme

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.postgres, pytest.mark.endurance]
ADD = (
    "INSERT INTO offer_campaign (title, level, code, created) "
    "VALUES (%s, 'epci', '1', now()) RETURNING now()"
)


@contextmanager
def running(folder: Path, data: Path) -> Iterator[str]:
    """Run a server on a data folder; yield its address."""
    options = f"-c listen_addresses='' -k {folder}"
    log = str(folder / "log")
    as_postgres(
        programme("pg_ctl"), "-D", str(data), "-o", options, "-l", log, "-w", "-t", "300", "start"
    )
    try:
        yield f"postgresql://portrea@/postgres?host={folder}"
    finally:
        as_postgres(programme("pg_ctl"), "-D", str(data), "-m", "fast", "-w", "stop")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server may write in."""
    path = Path(tempfile.mkdtemp(prefix="portrea-pitr-", dir="/tmp"))
    (path / "journaux").mkdir()
    if os.geteuid() == 0:
        shutil.chown(path, "postgres", "postgres")
        shutil.chown(path / "journaux", "postgres", "postgres")
    yield path
    shutil.rmtree(path, ignore_errors=True)


def test_back_to_an_instant(folder: Path, tmp_path: Path) -> None:
    data, base = folder / "data", folder / "base"
    as_postgres(programme("initdb"), "-A", "trust", "-U", "portrea", "-D", str(data))
    with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(
            "wal_level = replica\narchive_mode = on\narchive_timeout = 60\n"
            f"archive_command = 'test ! -f {folder}/journaux/%f && cp %p {folder}/journaux/%f'\n"
        )
    acknowledged: list[tuple[str, datetime]] = []
    with running(folder, data) as address:
        site_prepared(address, tmp_path)
        stop = threading.Event()
        writer = threading.Thread(target=write, args=(address, stop, acknowledged))
        writer.start()
        seconds = base_backup(folder, base)
        wait_for(acknowledged, len(acknowledged) + 500)
        instant = datetime.now(UTC)
        wait_for(acknowledged, len(acknowledged) + 500)
        stop.set()
        writer.join()
        with psycopg.connect(address, autocommit=True) as accident:
            accident.execute("DELETE FROM offer_campaign")
            accident.execute("SELECT pg_switch_wal()")
    started = time.monotonic()
    bring_back(folder, base, instant)
    with running(folder, base) as address, psycopg.connect(address, autocommit=True) as connection:
        while connection.execute("SELECT pg_is_in_recovery()").fetchone() != (False,):
            assert time.monotonic() < started + 300, "it does not come back"
            time.sleep(0.1)
        found = {row[0] for row in connection.execute("SELECT title FROM offer_campaign")}
    taken = time.monotonic() - started
    before = {title for title, at in acknowledged if at <= instant}
    assert found == before
    assert len(before) < len(acknowledged)
    size = sum(path.stat().st_size for path in (folder / "journaux").iterdir())
    print(
        f"base backup {seconds:.1f} s; {len(before)} rows kept, {len(acknowledged) - len(before)}"
        f" after the instant left out; journals {size / 1e6:.0f} MB; back in {taken:.1f} s"
    )


def site_prepared(address: str, home: Path) -> None:
    """Make the tables of the site, as ``portrea serve`` does."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    subprocess.run(
        [sys.executable, "-c", "from portrea.cli.serve import prepare_database as p; p()"],
        env=clean | {"PORTREA_HOME": str(home), "PORTREA_DATABASE_URL": address},
        check=True,
    )


def write(address: str, stop: threading.Event, acknowledged: list[tuple[str, datetime]]) -> None:
    """Add rows one transaction at a time, each noted with its time once acknowledged."""
    with psycopg.connect(address, autocommit=True) as connection:
        while not stop.is_set():
            title = f"c{len(acknowledged)}"
            row = connection.execute(ADD, [title]).fetchone()
            assert row is not None
            acknowledged.append((title, row[0]))


def wait_for(acknowledged: list[tuple[str, datetime]], number: int) -> None:
    deadline = time.monotonic() + 300
    while len(acknowledged) < number:
        assert time.monotonic() < deadline, "nothing is written"
        time.sleep(0.01)


def base_backup(folder: Path, base: Path) -> float:
    started = time.monotonic()
    as_postgres(
        programme("pg_basebackup"),
        *("-h", str(folder), "-U", "portrea", "-D", str(base), "-c", "fast", "-X", "none"),
    )
    as_postgres(programme("pg_verifybackup"), "--no-parse-wal", str(base))
    return time.monotonic() - started


def bring_back(folder: Path, base: Path, instant: datetime) -> None:
    """Say to the base backup where its journals are and where to stop."""
    (base / "recovery.signal").touch()
    with (base / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(
            f"archive_mode = off\nrestore_command = 'cp {folder}/journaux/%f %p'\n"
            f"recovery_target_time = '{instant.isoformat()}'\nrecovery_target_action = 'promote'\n"
        )
