"""The background worker: one process that runs the tasks of the database, killed without harm."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

from django.db import close_old_connections
from django.db.utils import DatabaseError
from django_tasks.base import TaskContext
from django_tasks.signals import task_finished, task_started
from django_tasks_db.management.commands.db_worker import Worker

from portrea.web.accounts.schedule import enqueue_due
from portrea.web.operation.queue import lease
from portrea.web.operation.queue.ending import settle

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from uuid import UUID

    from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

POLL = 1.0
"""Seconds between two looks at an empty queue."""
TICK = 60.0
"""Seconds between two looks at the daily jobs."""
GRACE = 8.0
"""Seconds left to a task when its worker is told to stop; then it goes back to the queue.

Less than the ten seconds after which containers are killed.
"""


class Runner(Worker):
    """The worker of django-tasks-db, which holds a lease and tries failures again."""

    doing: UUID | None = None
    patience: threading.Timer | None = None

    def __init__(self, *, batch: bool) -> None:
        super().__init__(
            queue_names=["*"],
            interval=POLL,
            batch=batch,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{lease.prefix(os.getpid())}{secrets.token_hex(4)}",
            excluded_queue_names=[],
        )

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """End after the task, or after :data:`GRACE`; a second signal gives it back at once."""
        if self.running and self.running_task:
            again = threading.main_thread().ident, signal.SIGTERM
            self.patience = threading.Timer(GRACE, signal.pthread_kill, again)
            self.patience.daemon = True
            self.patience.start()
        super().shutdown(signum, frame)

    def run_task(self, db_task_result: DBTaskResult) -> None:
        """Run one task and write how it ended, unless another worker took it over meanwhile."""
        self.running_task, self.doing = True, db_task_result.pk
        try:
            value, error = _outcome(db_task_result)
            settled = settle(db_task_result, self.worker_id, value, error)
            if settled is not None:
                backend = type(settled.task.get_backend())
                task_finished.send(sender=backend, task_result=settled.task_result)
        finally:
            if self.patience is not None:
                self.patience.cancel()
            self.running_task, self.doing = False, None
            self._run_tasks += 1


def run_worker(*, batch: bool = False, follow: int | None = None) -> None:
    """Run tasks until told to stop.

    Parameters
    ----------
    batch
        Stop when the queue is empty.
    follow
        Number of the process that started this one: stop when it is gone, even by ``kill -9``.
    """
    runner, stop = Runner(batch=batch), threading.Event()
    lease.beat(runner.worker_id)
    lease.recover()
    if follow is not None:
        threading.Thread(target=_stop_without, args=(follow,), daemon=True).start()
    tending = threading.Thread(target=_tend, args=(runner, stop), daemon=True)
    tending.start()
    runner.configure_signals()
    try:
        runner.run()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the end of the patience: nothing is running
        stop.set()
        tending.join(lease.BEAT)
        _attempt(lambda: lease.leave(runner.worker_id))


def _outcome(row: DBTaskResult) -> tuple[Any, BaseException | None]:
    """Call the task of a row: what it returns, or what it raised."""
    try:
        task, result = row.task, row.task_result
        task_started.send(sender=type(task.get_backend()), task_result=result)
        context = (TaskContext(task_result=result),) if task.takes_context else ()
        return task.call(*context, *result.args, **result.kwargs), None
    except BaseException as error:  # noqa: BLE001 - whatever a task raises is written on its row
        return None, error


def _tend(runner: Runner, stop: threading.Event) -> None:
    """Give signs of life, take back the tasks of the dead, ask for the daily jobs."""
    due = 0.0
    while not stop.is_set():
        _attempt(lambda: lease.beat(runner.worker_id, runner.doing))
        _attempt(lease.recover)
        if not runner.batch and time.monotonic() >= due:
            _attempt(enqueue_due)
            due = time.monotonic() + TICK
        stop.wait(lease.BEAT)


def _attempt(work: Callable[[], object]) -> None:
    """Do something that the next turn may do, whatever the state of the database."""
    close_old_connections()
    try:
        work()
    except DatabaseError as error:
        logger.warning("Worker: %s", error)
    close_old_connections()


def _stop_without(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL)
    os.kill(os.getpid(), signal.SIGTERM)
