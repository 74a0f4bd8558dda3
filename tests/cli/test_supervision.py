"""The worker beside the site: started, started again, stopped, never left behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from portrea.cli.serve import STOPPING
from portrea.cli.supervision import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMAND = (sys.executable, "-c", "from portrea.cli import main; main()")
PATIENCE = 120.0


def wait(what: Callable[[], object], *, patience: float = PATIENCE) -> object:
    limit = time.monotonic() + patience
    while not (found := what()):
        assert time.monotonic() < limit, "waited too long"
        time.sleep(0.05)
    return found


def is_alive(process: int) -> bool:
    """Whether a process runs (a dead one that its parent has not yet seen does not)."""
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


# -- the supervisor --------------------------------------------------------------------------------


def test_a_dead_process_is_started_again_later_and_later(
    capfd: pytest.CaptureFixture[str],
) -> None:
    supervisor = Supervisor((sys.executable, "-c", "raise SystemExit(3)"), wait=0.1, longest=0.3)
    began = time.monotonic()
    supervisor.start()
    wait(lambda: supervisor.starts >= 4)
    assert time.monotonic() - began >= 0.1 + 0.2 + 0.3
    supervisor.stop()
    starts = supervisor.starts
    time.sleep(0.5)
    assert supervisor.starts == starts
    assert "(code 3)" in capfd.readouterr().err


def test_killed_then_stopped() -> None:
    sleeper = (sys.executable, "-c", "import time; time.sleep(600)")
    supervisor = Supervisor(sleeper, wait=0.1)
    supervisor.start()
    wait(lambda: supervisor.process)
    first = supervisor.process.pid
    os.kill(first, signal.SIGKILL)
    wait(lambda: supervisor.starts == 2)
    second = supervisor.process.pid
    assert second != first
    supervisor.stop()
    assert not is_alive(second)


def test_stopped_before_it_started() -> None:
    supervisor = Supervisor((sys.executable, "-c", "import time; time.sleep(600)"))
    supervisor.start()
    supervisor.stop()
    assert supervisor.process is None or supervisor.process.poll() is not None


# -- the real commands -----------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_open(port: int) -> bool:
    """Whether a port answers."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def published(home: Path) -> dict[str, str]:
    """Environment of a published site, on this test's home."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    return {**clean, "PORTREA_HOME": str(home)}


@contextmanager
def command(home: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [*COMMAND, *words],
        env=published(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


def worker_of(process: int) -> int | None:
    """Return the process « portrea worker » started by another."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"--follow" in words and parent == str(process):
            return int(folder.name)
    return None


def invite(home: Path) -> None:
    subprocess.run(
        [*COMMAND, "account", "invite", "a@exemple.org", "--role", "elu"],
        env=published(home),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def mails(home: Path) -> int:
    return len(list((home / "courriels").glob("*")))


@pytest.fixture
def ready(ready_home: Path, home: Path) -> Path:
    """This test's home, prepared as by a first start."""
    shutil.copytree(ready_home, home)
    return home


@pytest.mark.slow
def test_the_site_keeps_its_worker_alive(home: Path) -> None:
    with command(home, "serve", "--port", str(free_port())) as site:
        first = wait(lambda: worker_of(site.pid))
        wait((home / "portrea.sqlite3").exists)
        os.kill(first, signal.SIGKILL)
        second = wait(lambda: (found := worker_of(site.pid)) != first and found)
        invite(home)
        wait(lambda: mails(home) == 1)
        site.terminate()
        assert site.wait(60) == 0
        wait(lambda: not is_alive(second))


@pytest.mark.slow
def test_nothing_outlives_a_site_that_is_killed(ready: Path) -> None:
    """Neither the worker, nor the processes that answer: another site may take the address."""
    port = free_port()
    with command(ready, "serve", "--port", str(port)) as site:
        worker = wait(lambda: worker_of(site.pid))
        wait(lambda: is_open(port))
        site.kill()
        wait(lambda: not is_alive(worker))
        wait(lambda: not is_open(port))


@pytest.mark.slow
def test_without_worker(ready: Path) -> None:
    port = free_port()
    with command(ready, "serve", "--no-worker", "--port", str(port)) as site:
        wait(lambda: is_open(port))
        assert worker_of(site.pid) is None
        assert site.poll() is None
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(b"GET / HTTP/1.1\r\n")  # and nothing more: it is not waited for long
            site.send_signal(signal.SIGINT)
            assert site.wait(STOPPING + 20) == 0


@pytest.mark.slow
def test_a_worker_alone_empties_the_queue(ready: Path) -> None:
    home = ready
    invite(home)
    assert mails(home) == 0
    with command(home, "worker", "--batch") as worker:
        assert worker.wait(PATIENCE) == 0
    assert mails(home) == 1
    with closing(sqlite3.connect(home / "portrea.sqlite3")) as database:
        rows = database.execute("SELECT status FROM django_tasks_database_dbtaskresult").fetchall()
    assert rows == [("SUCCESSFUL",)]
