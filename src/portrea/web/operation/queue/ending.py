"""How a task ends: done, tried again later, or failed; never told by a worker that lost it."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import close_old_connections, transaction
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.utils import normalize_json
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts.retries import retry_of
from portrea.web.accounts.running import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between the tries to write an end while the database is away (a minute in all)."""
ASKED_TO_STOP = (SystemExit, KeyboardInterrupt)


def settle(
    row: DBTaskResult, worker: str, value: Any, error: BaseException | None
) -> DBTaskResult | None:
    """Write the end of a task; return its row when it is over, ``None`` when it is not.

    A worker that was silent so long that its task went to another one writes nothing.
    """
    try:
        kept = None if error else normalize_json(value)
    except (TypeError, ValueError) as refused:
        kept, error = None, refused
    return _patiently(lambda: _settle(row.pk, worker, kept, error))


def _settle(
    key: object, worker: str, value: Any, error: BaseException | None
) -> DBTaskResult | None:
    with transaction.atomic():
        found = DBTaskResult.objects.select_for_update().filter(pk=key).first()
        if found is None or not _is_held(found, worker):
            logger.warning("Task %s: another worker took it over", key)
            return None
        if error is None:
            found.set_successful(value)
            return found
        found.set_failed(error)
        return None if _tried_again(found, error) else found


def _is_held(row: DBTaskResult, worker: str) -> bool:
    return row.status == TaskResultStatus.RUNNING and row.worker_ids[-1:] == [worker]


def _tried_again(row: DBTaskResult, error: BaseException) -> bool:
    """Put a failed task back in the queue if it is worth it, with the reason of its failure."""
    if isinstance(error, StoppedError):
        return False
    if isinstance(error, ASKED_TO_STOP):
        row.worker_ids = row.worker_ids[:-1]
        wait = timedelta()
    else:
        after = retry_of(row.task_path).after(len(row.worker_ids))
        if after is None:
            return False
        wait = after
        logger.warning("Task %s: %s, again in %s", row.pk, row.exception_class_path, wait)
    row.status, row.finished_at = TaskResultStatus.READY, None
    row.run_after = timezone.now() + wait
    row.save(update_fields=["status", "finished_at", "run_after", "worker_ids"])
    return True


def _patiently(work: Callable[[], DBTaskResult | None]) -> DBTaskResult | None:
    for wait in PATIENCE:
        try:
            return work()
        except (OperationalError, InterfaceError) as error:
            logger.warning("Queue: %s", error)
            close_old_connections()
            time.sleep(wait)
    return work()
