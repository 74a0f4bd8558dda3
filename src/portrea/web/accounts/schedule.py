"""What is done each day: no table, only « enqueue unless already done today ».

``@daily(hour=3)`` above ``@task()`` registers a task; the worker asks :func:`enqueue_due` every
minute. The mark of the day is a row of the shared cache, written in the transaction that enqueues:
several workers, on several machines, enqueue once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.db import transaction
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

MARK_KEPT = 2 * 86_400


@dataclass(frozen=True, slots=True)
class Daily:
    """A task and the hour (UTC) after which it is due each day."""

    task: Any
    hour: int

    @property
    def name(self) -> str:
        """Dotted path of the task."""
        return str(self.task.module_path)


_registry: dict[str, Daily] = {}


def daily(*, hour: int) -> Callable[[Any], Any]:
    """Register a task to be enqueued each day, at ``hour`` (UTC) or as soon as possible after."""

    def register(task: Any) -> Any:
        job = Daily(task, hour)
        _registry[job.name] = job
        return task

    return register


def jobs() -> tuple[Daily, ...]:
    """Return the daily jobs, by name."""
    return tuple(_registry[name] for name in sorted(_registry))


def enqueue_due(now: datetime | None = None) -> list[str]:
    """Enqueue the jobs due today that no process has enqueued yet; return their names."""
    instant = now or timezone.now()
    return [job.name for job in jobs() if instant.hour >= job.hour and _enqueue(job, instant)]


def _enqueue(job: Daily, instant: datetime) -> bool:
    with transaction.atomic():
        mark = f"daily:{job.name}:{instant:%Y-%m-%d}"
        if not caches["shared"].add(mark, 1, timeout=MARK_KEPT):
            return False
        job.task.enqueue()
    return True
