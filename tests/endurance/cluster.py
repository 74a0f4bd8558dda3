"""A PostgreSQL whose answers mean « written »: ``fsync`` on, killed and started again at will."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from web.postgres import as_postgres, own_database, programme

if TYPE_CHECKING:
    from collections.abc import Iterator


TRIES = 5


@dataclass(frozen=True, slots=True)
class Cluster:
    """One server of databases: its folder, which holds its data, its log and its only socket."""

    folder: Path

    @property
    def url(self) -> str:
        """Address of its first database."""
        return f"postgresql://portrea@/postgres?host={self.folder}"

    def database(self) -> Iterator[str]:
        """Make an empty database, dropped at the end."""
        yield from own_database(self.url)

    def start(self) -> None:
        """Start it, its recovery included; tried again, as its service would."""
        options = f"-c listen_addresses='' -k {self.folder} -c fsync=on -c synchronous_commit=on"
        words = ("-D", str(self.folder / "data"), "-o", options, "-l", str(self.folder / "log"))
        for left in reversed(range(TRIES)):
            try:
                as_postgres(programme("pg_ctl"), *words, "-w", "-t", "120", "start")
            except subprocess.CalledProcessError as error:
                if not left:
                    last = (self.folder / "log").read_text("utf-8", "replace")[-2_000:]
                    raise AssertionError(last) from error
                time.sleep(0.5)
            else:
                return

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; ``immediate`` writes nothing more, as a kill."""
        data = str(self.folder / "data")
        as_postgres(programme("pg_ctl"), "-D", data, "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """Kill every process of the server at once, then start it again."""
        main = int((self.folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(main, signal.SIGSTOP)  # it makes no other process while we look
        while ") T" not in Path(f"/proc/{main}/stat").read_text():
            time.sleep(0.001)
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        processes = (main, *map(int, children))
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        while any(_lives(process) for process in processes):
            time.sleep(0.005)
        self.start()


def _lives(process: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def durable_cluster(disk: Path | str = "/tmp") -> Iterator[Cluster]:
    """Make a server on a disk, start it, and take everything away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="portrea-durable-", dir=disk))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    cluster = Cluster(folder)
    data = str(folder / "data")
    try:
        as_postgres(programme("initdb"), "-A", "trust", "-U", "portrea", "-D", data)
        cluster.start()
        yield cluster
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):  # it may be down
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
