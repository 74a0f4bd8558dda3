"""Peer of the queue: procrastinate (PostgreSQL only), in an environment of its own.

    python3.13 -m venv /tmp/peer && /tmp/peer/bin/pip install "procrastinate==3.10.0" psycopg-binary
    PORTREA_PROCRASTINATE=/tmp/peer/bin/python make bench ARGS=queues

The same tasks as ours, on the same server, in the same run: one row each, named by its number. A
worker is a process that leaves when nothing waits; it is forked when the library is already read.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

TIMES = "SELECT extract(epoch FROM max(at) FILTER (WHERE type = 'succeeded') - min(at) " \
    "FILTER (WHERE type = 'started')) FROM procrastinate_events"  # fmt: skip


def procrastinate_answer(url: str, **sizes: int) -> dict[str, Any] | None:
    """Return what it does of the same tasks, ``None`` where it is not installed."""
    python = os.environ.get("PORTREA_PROCRASTINATE")
    if not python:
        return None
    command = [python, __file__, url, json.dumps(sizes)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(url: str, *, tasks: int, killed: int, kills: int) -> None:
    """Ask and do ``tasks`` with 1, 2 and 4 workers; then kill workers ``kills`` times; print it."""
    import procrastinate
    import psycopg

    logging.disable(logging.WARNING)  # it tells of tasks made in the main module
    with psycopg.connect(url, autocommit=True) as link:
        link.execute("CREATE TABLE effect (id integer PRIMARY KEY)")
        with _app(url).open() as app:
            app.schema_manager.apply_schema()
        asked, seconds, wrong = 0.0, {}, 0
        for workers in (1, 2, 4):
            asked = _ask(link, url, tasks)
            for process in [_start(url) for _ in range(workers)]:
                process.join()
            seconds[workers] = float(link.execute(TIMES).fetchone()[0])
            wrong += tasks - link.execute("SELECT count(*) FROM effect").fetchone()[0]
        _ask(link, url, killed, pause=0.01)
        left = _kill(link, url, killed, kills)
        version = procrastinate.__version__
    told = {"version": version, "ask": asked / tasks, "seconds": seconds, "wrong": wrong}
    print(json.dumps(told | {"left": left}))


def _app(url: str) -> Any:
    from procrastinate import App, SyncPsycopgConnector

    return App(connector=SyncPsycopgConnector(conninfo=url))


def _work(url: str) -> None:
    import psycopg
    from procrastinate import App, PsycopgConnector

    app = App(connector=PsycopgConnector(conninfo=url))
    link = psycopg.connect(url, autocommit=True)

    @app.task(name="add_one")
    def add_one(number: int, pause: float) -> None:
        time.sleep(pause)
        link.execute("INSERT INTO effect VALUES (%s)", [number])

    app.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)


def _start(url: str) -> ForkProcess:
    process = get_context("fork").Process(target=_work, args=(url,))
    process.start()
    return process


def _ask(link: Any, url: str, tasks: int, *, pause: float = 0.0) -> float:
    link.execute("TRUNCATE effect, procrastinate_jobs, procrastinate_events CASCADE")
    with _app(url).open() as app:
        task = app.configure_task("add_one")
        start = time.perf_counter()
        for number in range(tasks):
            task.defer(number=number, pause=pause)
        return time.perf_counter() - start


def _kill(link: Any, url: str, tasks: int, kills: int) -> int:
    """Kill a worker in the middle of its tasks, several times; return how many are left undone."""
    for turn in range(kills):
        target = (turn + 1) * tasks // (kills + 2)
        process = _start(url)
        while link.execute("SELECT count(*) FROM effect").fetchone()[0] < target:
            time.sleep(0.003)
            if not process.is_alive():
                break
        process.kill()
        process.join()
    last = _start(url)
    last.join()
    done = "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'"
    return int(link.execute(done).fetchone()[0])


if __name__ == "__main__":
    main(sys.argv[1], **json.loads(sys.argv[2]))
