"""Follow each task: its request, its progress, its end; and write its line in the journal.

Receivers of the signals of ``django_tasks``: a task does not know that it is followed.
"""

from __future__ import annotations

import logging
import re
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks.signals import task_enqueued, task_finished, task_started

from portrea.web.accounts import running
from portrea.web.operation.logs.current import NOTHING, draw, reference, referred
from portrea.web.operation.logs.lines import DEEPEST, written
from portrea.web.operation.work.models import TaskTrace

if TYPE_CHECKING:
    from django_tasks import TaskResult

logger = logging.getLogger("portrea.tasks")

FRAME = re.compile(r'^  File "([^"]+)", line (\d+), in (.+)$', re.MULTILINE)
EVERY = 1.0
"""Seconds between two writings of the progress of a task."""


def connect() -> None:
    """Follow the tasks of this process."""
    for signal, receiver in (
        (task_enqueued, on_enqueued),
        (task_started, on_started),
        (task_finished, on_finished),
    ):
        signal.connect(receiver, dispatch_uid=f"operation.{receiver.__name__}")


def on_enqueued(*, task_result: TaskResult[Any, Any], **_named: Any) -> None:
    """Keep the reference of the request that asks for a task."""
    if reference() != NOTHING:
        TaskTrace.objects.get_or_create(task_id=task_result.id, defaults={"reference": reference()})


class Listener:
    """Writes the progress of one task, at most once a second, and says when to stop."""

    def __init__(self, task: str) -> None:
        self.task = task
        self._last = float("-inf")

    def __call__(self, share: float, step: str) -> None:
        """Write where the task is.

        Raises
        ------
        StoppedError
            Somebody asked it to stop.
        """
        now = time.monotonic()
        if now - self._last < EVERY and share < 1:
            return
        self._last = now
        told = {"share": min(max(share, 0.0), 1.0), "step": step[:200], "seen": timezone.now()}
        trace, _made = TaskTrace.objects.update_or_create(task_id=self.task, defaults=told)
        if trace.stop:
            raise running.StoppedError(_("Arrêté à la demande d’une personne."))


_open: dict[str, tuple[ExitStack, float]] = {}
"""What this process runs: a worker runs one task at a time."""


def on_started(*, task_result: TaskResult[Any, Any], **_named: Any) -> None:
    """Give back to the task the reference of its request, and listen to it."""
    for stack, _began in [_open.pop(key) for key in list(_open)]:
        stack.close()  # the try before, whose end was not told: it will be tried again
    key = str(task_result.id)
    found = TaskTrace.objects.filter(task_id=key).values_list("reference", flat=True).first()
    stack = ExitStack()
    stack.enter_context(referred(found or draw()))
    stack.enter_context(running.listened(Listener(key)))
    _open[key] = stack, time.perf_counter()


def on_finished(*, task_result: TaskResult[Any, Any], **_named: Any) -> None:
    """Write the line of the task: which one, how it ended, what it took."""
    key = str(task_result.id)
    stack, began = _open.pop(key, (ExitStack(), time.perf_counter()))
    fault = task_result.errors[-1] if task_result.errors else None
    stopped = fault is not None and fault.exception_class_path.endswith(".StoppedError")
    failed = task_result.status == TaskResultStatus.FAILED and not stopped
    waited = (task_result.started_at or task_result.enqueued_at) - task_result.enqueued_at
    fields = {
        "event": "task",
        "task": key,
        "name": task_result.task.module_path,
        "status": "STOPPED" if stopped else task_result.status.name,
        "ms": round(1000 * (time.perf_counter() - began), 1),
        "tries": len(task_result.worker_ids),
        "waited": round(waited.total_seconds(), 1),
    }
    if failed and fault is not None:
        fields |= {"error": fault.exception_class_path, "at": frames_of(fault.traceback)}
    logger.log(logging.ERROR if failed else logging.INFO, "task", extra={"fields": fields})
    stack.close()


def frames_of(traceback: str) -> list[str]:
    """Return where a written exception went through: no message, no source line."""
    found = FRAME.findall(traceback)[-DEEPEST:]
    return [f"{written(path)}:{number} {name}" for path, number, name in found]


def ask_to_stop(task: str) -> None:
    """Note that a running task should stop at its next step."""
    with transaction.atomic():
        TaskTrace.objects.update_or_create(task_id=task, defaults={"stop": timezone.now()})
