"""The queue on SQLite and PostgreSQL: asking, doing with 1, 2 and 4 workers, killing them.

Each task adds one row named by its number, so that an effect lost or made twice is counted. The
workers are our own, in processes of their own; their start is left out (from the first task begun
to the last one ended). PostgreSQL writes to the disk (``fsync`` on). The floor does the same with
the bare driver: ``SELECT … FOR UPDATE SKIP LOCKED`` (``BEGIN IMMEDIATE`` on SQLite) takes a task,
then come its row and its end; as many commits as ours.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import Measure

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
TASKS = int(os.environ.get("PORTREA_BENCH_TASKS", "1000"))
KILLED_TASKS, KILLS = int(os.environ.get("PORTREA_BENCH_KILLED", "200")), 6
WORKERS = (1, 2, 4)
PAUSE = 0.01
DEAREST = 12.0
"""Times the bare driver that one worker may take: Django, the lease, the checks of the queue."""
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
    return measures


def _rows(key: str, name: str, told: dict[str, Any], floor: float) -> list[Measure]:
    spread = ", ".join(f"{n} : {told['seconds'][str(n)]:.2f} s" for n in WORKERS)
    note = f"{TASKS} travaux ; par nombre de programmes, {spread} ; faits deux fois {told['twice']}"
    killed = told["killed"]
    return [
        Measure(f"queue-ask-{key}", f"Confier un travail à la file, {name}",
                1000 * told["ask"], unit="ms", limit=20.0),
        Measure(f"queue-do-{key}", f"{TASKS} travaux vides par un programme, {name}",
                told["seconds"]["1"], limit=DEAREST * floor, floor=floor, note=note),
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
        link.execute("PRAGMA synchronous=NORMAL")
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
    asked, seconds, wrong, twice = 0.0, {}, 0, 0
    for workers in WORKERS:
        asked = _ask(TASKS)
        _work(workers)
        seconds[workers], lost, again = _told(TASKS)
        wrong, twice = wrong + lost, twice + again
    _ask(KILLED_TASKS, pause=PAUSE)
    _kill()
    _spent, lost, again = _told(KILLED_TASKS)
    killed = {"wrong": lost, "again": again}
    told = {"ask": asked / TASKS, "seconds": seconds, "wrong": wrong, "twice": twice}
    print(json.dumps(told | {"killed": killed}))


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


def _start() -> subprocess.Popen[bytes]:
    words = "from portrea.cli import main; main()", "worker", "--batch"
    return subprocess.Popen([sys.executable, "-c", *words], cwd=ROOT, stderr=subprocess.DEVNULL)


def _work(workers: int) -> None:
    for process in [_start() for _ in range(workers)]:
        process.wait()


def _kill() -> None:
    """Kill a worker in the middle of its tasks, several times; then let one end the work."""
    from django_tasks_db.models import DBTaskResult

    for turn in range(KILLS):
        target = (turn + 1) * KILLED_TASKS // (KILLS + 2)
        process = _start()
        while DBTaskResult.objects.finished().count() < target and process.poll() is None:
            time.sleep(0.003)
        process.kill()
        process.wait()
    _work(1)


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
