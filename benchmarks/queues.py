"""The queue on SQLite and PostgreSQL: asking, doing with 1, 2 and 4 workers, killing them.

Each task adds one row named by its number, so that an effect lost or made twice is counted. Both
databases write to the disk before they answer (``synchronous=FULL``, ``fsync`` on). The workers are
our own, forked from a Django already read; their time goes from the first task begun to the last
one ended. Ours is compared to the worker of django_tasks_db as it comes, which keeps no lease; the
floor is the bare driver: ``SELECT … FOR UPDATE SKIP LOCKED`` (``BEGIN IMMEDIATE`` on SQLite) takes
a task, then come its row and its end, in as many commits. procrastinate is measured on the same
server when ``PORTREA_PROCRASTINATE`` names the Python where it is installed.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import Measure
from benchmarks.peers.procrastinate_queue import procrastinate_answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import ForkProcess

ROOT = Path(__file__).resolve().parents[1]
TASKS, KILLED_TASKS, KILLS = 300, 120, 6
WORKERS = (1, 2, 4)
PAUSE = 0.01
MORE = 1.5
"""Times the worker of django_tasks_db that ours may take: a lease, an end checked, a journal."""
TABLE = "CREATE TABLE task (id integer PRIMARY KEY, status text)"
EFFECT = "CREATE TABLE effect (id integer PRIMARY KEY)"


def run() -> list[Measure]:
    """Measure on SQLite, then on a PostgreSQL of this run only."""
    sys.path.insert(0, str(ROOT / "tests"))
    from endurance.cluster import durable_cluster

    with tempfile.TemporaryDirectory(prefix="portrea-queues-") as folder:
        home = Path(folder)
        floor = _bare_sqlite(home / "bare.sqlite3")
        measures = _rows("sqlite", "SQLite", _apart(home / "lite", ""), floor)
        for cluster in durable_cluster():
            floor = _bare_postgresql(cluster.url)
            for url in cluster.database():
                told = _apart(home / "post", url)
            measures += _rows("postgres", "PostgreSQL, fsync", told, floor)
            for url in cluster.database():
                measures += _beside_peer(url, told)
    return measures


def _beside_peer(url: str, told: dict[str, Any]) -> list[Measure]:
    """Compare with procrastinate on the same server; nothing where it is not installed."""
    peer = procrastinate_answer(url, tasks=TASKS, killed=KILLED_TASKS, kills=KILLS)
    if peer is None:
        return []
    spread = ", ".join(f"{n} : {peer['seconds'][str(n)]:.2f} s" for n in WORKERS)
    return [
        Measure("queue-peer-postgres",
                f"{TASKS} travaux par un programme : notre temps, en part de procrastinate",
                told["seconds"]["1"] / peer["seconds"]["1"], unit="fois",
                note=f"procrastinate {peer['version']} : confier {1000 * peer['ask']:.2f} ms ; "
                f"programmes, {spread} ; {peer['wrong']} perdu ; après {KILLS} kill -9, "
                f"{peer['left']} jamais repris (les nôtres : {told['killed']['wrong']})"),
    ]  # fmt: skip


def _rows(key: str, name: str, told: dict[str, Any], floor: float) -> list[Measure]:
    spread = ", ".join(f"{n} : {told['seconds'][str(n)]:.2f} s" for n in WORKERS)
    note = f"programmes, {spread} ; django_tasks_db seul : {told['stock']:.2f} s"
    killed = told["killed"]
    return [
        Measure(f"queue-ask-{key}", f"Confier un travail à la file, {name}",
                1000 * told["ask"], unit="ms", limit=20.0),
        Measure(f"queue-do-{key}", f"{TASKS} travaux vides par un programme, {name}",
                told["seconds"]["1"], limit=MORE * told["stock"], floor=floor, note=note),
        Measure(f"queue-twice-{key}", f"Effets perdus ou doubles, 1, 2 puis 4 programmes, {name}",
                told["wrong"], unit="travaux", limit=0),
        Measure(f"queue-killed-{key}", f"Travaux perdus ou en échec après {KILLS} kill -9, {name}",
                killed["wrong"], unit="travaux", limit=0,
                note=f"{KILLED_TASKS} travaux, dont {killed['again']} repris"),
    ]  # fmt: skip


# -- the bare drivers ------------------------------------------------------------------------------


def _bare_sqlite(path: Path) -> float:
    with sqlite3.connect(path, isolation_level=None) as link:
        link.execute("PRAGMA journal_mode=WAL")
        link.execute("PRAGMA synchronous=FULL")
        return _bare(link.execute, "BEGIN IMMEDIATE", "")


def _bare_postgresql(url: str) -> float:
    import psycopg

    with psycopg.connect(url, autocommit=True) as link:
        return _bare(link.execute, "BEGIN", " FOR UPDATE SKIP LOCKED")


def _bare(execute: Callable[[str], Any], begin: str, lock: str) -> float:
    execute(TABLE)
    execute(EFFECT)
    execute(begin)
    for number in range(TASKS):
        execute(f"INSERT INTO task VALUES ({number}, 'ready')")
    execute("COMMIT")
    take = f"SELECT id FROM task WHERE status = 'ready' ORDER BY id LIMIT 1{lock}"
    start = time.perf_counter()
    for _ in range(TASKS):
        execute(begin)
        number = execute(take).fetchone()[0]
        execute(f"UPDATE task SET status = 'running' WHERE id = {number}")
        execute("COMMIT")
        execute(f"INSERT INTO effect VALUES ({number})")
        execute(f"UPDATE task SET status = 'done' WHERE id = {number}")
    return time.perf_counter() - start


# -- ours, in a process of its own -----------------------------------------------------------------


def _environment(home: str, url: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    return kept | {"PORTREA_HOME": home, "PORTREA_DATABASE_URL": url}


def _apart(home: Path, url: str) -> dict[str, Any]:
    code = "from benchmarks.queues import measured; measured()"
    done = subprocess.run(
        [sys.executable, "-c", code], env=_environment(str(home), url), cwd=ROOT,
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def measured() -> None:
    """Measure one database and print what was found, as JSON."""
    from portrea.cli.serve import prepare_database

    prepare_database()
    _ask(TASKS)
    _work(1, _stock)
    stock, wrong = _told(TASKS)[:2]
    asked, seconds = 0.0, {}
    for workers in WORKERS:
        asked = _ask(TASKS)
        _work(workers, _ours)
        seconds[workers], lost, _again = _told(TASKS)
        wrong += lost
    _ask(KILLED_TASKS, pause=PAUSE)
    _kill()
    _spent, lost, again = _told(KILLED_TASKS)
    told = {"ask": asked / TASKS, "seconds": seconds, "stock": stock, "wrong": wrong}
    print(json.dumps(told | {"killed": {"wrong": lost, "again": again}}))


def _ask(tasks: int, *, pause: float = 0.0) -> float:
    from django_tasks_db.models import DBTaskResult

    from benchmarks.load.queued import add_one
    from portrea.web.accounts.models import ThrottleCount

    DBTaskResult.objects.all().delete()
    ThrottleCount.objects.all().delete()
    start = time.perf_counter()
    for number in range(tasks):
        add_one.enqueue(number, pause)
    return time.perf_counter() - start


def _ours() -> None:
    from portrea.web.operation.queue.worker import run_worker

    run_worker(batch=True)


def _stock() -> None:
    from django_tasks_db.management.commands.db_worker import Worker

    Worker(
        queue_names=["*"], interval=1, batch=True, backend_name="default", startup_delay=False,
        max_tasks=None, worker_id="stock", excluded_queue_names=[],
    ).run()  # fmt: skip


def _start(worker: Callable[[], None]) -> ForkProcess:
    """Fork a worker: Django is read, no connection is shared."""
    from django.db import connections

    connections.close_all()
    process = get_context("fork").Process(target=worker)
    process.start()
    return process


def _work(workers: int, worker: Callable[[], None]) -> None:
    for process in [_start(worker) for _ in range(workers)]:
        process.join()


def _kill() -> None:
    """Kill a worker in the middle of its tasks, several times; then let one end the work."""
    from django_tasks_db.models import DBTaskResult

    for turn in range(KILLS):
        target = (turn + 1) * KILLED_TASKS // (KILLS + 2)
        process = _start(_ours)
        while DBTaskResult.objects.finished().count() < target and process.is_alive():
            time.sleep(0.003)
        process.kill()
        process.join()
    _work(1, _ours)


def _told(tasks: int) -> tuple[float, int, int]:
    """Return the seconds of the work, the effects lost or failed, and the tasks begun twice."""
    from django_tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    from portrea.web.accounts.models import ThrottleCount

    rows = list(DBTaskResult.objects.all())
    done = [row for row in rows if row.status == TaskResultStatus.SUCCESSFUL]
    lost = 2 * tasks - ThrottleCount.objects.count() - len(done)
    again = sum(len(row.worker_ids) > 1 for row in rows)
    spent = max(row.finished_at for row in done) - min(row.started_at for row in done)
    return spent.total_seconds(), lost, again
