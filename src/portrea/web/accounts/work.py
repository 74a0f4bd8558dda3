"""The background worker: runs the tasks of the database, one process, killed without harm."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
from datetime import timedelta

from django.db import close_old_connections, transaction
from django.db.utils import DatabaseError
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts.schedule import enqueue_due

logger = logging.getLogger(__name__)

POLL = 1.0
"""Seconds between two looks at an empty queue."""
TICK = 60.0
"""Seconds between two looks at the daily jobs."""
MOST_TRIES = 3
"""Times that a task whose worker died is started again, in all."""
FORGOTTEN = timedelta(hours=24)
"""Age after which a running task of another machine is given up."""


def run_worker(*, batch: bool = False, follow: int | None = None) -> None:
    """Run tasks until told to stop.

    Parameters
    ----------
    batch
        Stop when the queue is empty.
    follow
        Number of the process that started this one: stop when it is gone, even by ``kill -9``.
    """
    recover()
    stop = threading.Event()
    if follow is not None:
        threading.Thread(target=_stop_without, args=(follow,), daemon=True).start()
    if not batch:
        threading.Thread(target=_tick, args=(stop,), daemon=True).start()
    worker = Worker(
        queue_names=["*"],
        interval=POLL,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"{_prefix(os.getpid())}{secrets.token_hex(4)}",
        excluded_queue_names=[],
    )
    worker.configure_signals()
    try:
        worker.run()
    finally:
        stop.set()


def recover() -> int:
    """Queue again what a dead worker of this machine was running; return how many.

    A task started :data:`MOST_TRIES` times without an end is marked failed: it may be what kills.
    """
    with transaction.atomic():
        running = DBTaskResult.objects.select_for_update().running().order_by("pk")
        abandoned = [task for task in running if _is_abandoned(task)]
        for task in abandoned:
            again = len(task.worker_ids) < MOST_TRIES
            task.status = TaskResultStatus.READY if again else TaskResultStatus.FAILED
            task.finished_at = None if again else timezone.now()
            task.save(update_fields=["status", "finished_at"])
            logger.warning("Task %s: its worker died (%s)", task.pk, task.status)
    return len(abandoned)


def _is_abandoned(task: DBTaskResult) -> bool:
    last = task.worker_ids[-1] if task.worker_ids else ""
    host, _, rest = last.rpartition(":")[0].rpartition(":")
    if host == _host() and rest.isdigit():
        return int(rest) == os.getpid() or not _is_alive(int(rest))
    return bool(task.started_at and task.started_at < timezone.now() - FORGOTTEN)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _host() -> str:
    return socket.gethostname()[:40]


def _prefix(process: int) -> str:
    return f"{_host()}:{process}:"


def _stop_without(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL)
    os.kill(os.getpid(), signal.SIGTERM)


def _tick(stop: threading.Event) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            enqueue_due()
        except DatabaseError as error:
            logger.warning("Daily jobs: %s", error)
        close_old_connections()
        stop.wait(TICK)
