"""Who works, and what a dead worker was doing: the same rule for one machine or ten.

A worker says every :data:`BEAT` seconds that it lives and what it does. A running task whose worker
is silent for :data:`LEASE` seconds, dead on this machine, or busy with another task, is queued
again. Instants are those of the database: the clocks of the machines may disagree.
"""

from __future__ import annotations

import logging
import os
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portrea.web.operation.models import Worker

if TYPE_CHECKING:
    from uuid import UUID

logger = logging.getLogger(__name__)

BEAT = 10.0
"""Seconds between two signs of life."""
LEASE = timedelta(seconds=90)
"""Silence after which a worker counts as dead: eight signs missed."""
FORGOTTEN = timedelta(days=1)
"""Silence after which the row of a worker is erased."""
MOST_TRIES = 3
"""Times that a task whose worker died is started, in all: it may be what kills."""
DIED = "portrea.web.operation.queue.lease.WorkerDied"
"""What stands for the exception of a task whose worker was killed."""


def host() -> str:
    """Return the name of this machine, as workers write it."""
    return socket.gethostname()[:40]


def prefix(process: int) -> str:
    """Return how the name of a worker of this machine begins."""
    return f"{host()}:{process}:"


def beat(worker: str, doing: UUID | None = None) -> None:
    """Write that a worker lives, and the task that it runs."""
    told = {"seen": Now(), "doing": doing}
    first = {"host": host(), "process": os.getpid(), "started": Now()}
    Worker.objects.update_or_create(id=worker, defaults=told, create_defaults=told | first)


def leave(worker: str) -> None:
    """Give back what a worker that ends still holds; erase its row, and those long silent."""
    with transaction.atomic():
        for task in DBTaskResult.objects.select_for_update().running().order_by("pk"):
            if task.worker_ids[-1:] == [worker]:
                task.status, task.worker_ids = TaskResultStatus.READY, task.worker_ids[:-1]
                task.save(update_fields=["status", "worker_ids"])
    Worker.objects.filter(id=worker).delete()
    Worker.objects.filter(seen__lt=Now() - FORGOTTEN).delete()


def living() -> dict[str, Worker]:
    """Return the workers that gave a sign of life within the lease, by name.

    A sign dated later than that is of a clock that went ahead and came back.
    """
    told = Worker.objects.filter(seen__gte=Now() - LEASE, seen__lte=Now() + LEASE)
    return {row.id: row for row in told}


def recover() -> int:
    """Queue again what dead workers were running; return how many tasks.

    A task started :data:`MOST_TRIES` times without an end is marked failed, with its reason.
    """
    with transaction.atomic():
        running = DBTaskResult.objects.select_for_update().running().order_by("pk")
        abandoned = _abandoned(list(running))
        for task in abandoned:
            _take_back(task)
    return len(abandoned)


def _abandoned(running: list[DBTaskResult]) -> list[DBTaskResult]:
    if not running:
        return []
    alive = living()
    now = timezone.now()
    long_ago = Q(started_at__lt=now - LEASE) | Q(started_at__gt=now + LEASE)
    settled = DBTaskResult.objects.running().filter(long_ago)
    old = set(settled.values_list("pk", flat=True))
    return [task for task in running if _is_abandoned(task, alive, old=task.pk in old)]


def _is_abandoned(task: DBTaskResult, alive: dict[str, Worker], *, old: bool) -> bool:
    last = str(task.worker_ids[-1]) if task.worker_ids else ""
    machine, _, process = last.rpartition(":")[0].rpartition(":")
    if machine == host() and process.isdigit() and not _is_alive(int(process)):
        return True
    worker = alive.get(last)
    return old and (worker is None or worker.doing != task.pk)


def _take_back(task: DBTaskResult) -> None:
    again = len(task.worker_ids) < MOST_TRIES
    task.status = TaskResultStatus.READY if again else TaskResultStatus.FAILED
    task.finished_at = None if again else timezone.now()
    task.exception_class_path = DIED
    task.traceback = f"Le programme qui faisait ce travail a disparu : {task.worker_ids[-1:]}."
    task.save(update_fields=["status", "finished_at", "exception_class_path", "traceback"])
    logger.warning("Task %s: its worker died (%s)", task.pk, task.status)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
