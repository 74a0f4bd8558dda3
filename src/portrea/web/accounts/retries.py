"""Tasks worth trying again when they fail: a mail server that is down comes back.

``@retried()`` above ``@task()``: the worker puts the task back in the queue, later and later, and
keeps the reason of the last failure on its row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

LONGER = 4
"""Each wait is that many times the one before."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How many times a task is tried in all, and the first wait."""

    times: int
    wait: timedelta

    def after(self, tries: int) -> timedelta | None:
        """Return the wait after ``tries`` failures, ``None`` when the task is given up."""
        return None if tries >= self.times else self.wait * LONGER ** (tries - 1)


ONCE = Retry(1, timedelta())
_registry: dict[str, Retry] = {}


def retried(*, times: int = 5, wait: timedelta = timedelta(minutes=1)) -> Callable[[Any], Any]:
    """Register a task to be tried ``times`` times: by default over one hour and a half."""

    def register(task: Any) -> Any:
        _registry[str(task.module_path)] = Retry(times, wait)
        return task

    return register


def retry_of(path: str) -> Retry:
    """Return how a task, by its dotted path, is tried again; :data:`ONCE` unless registered."""
    return _registry.get(path, ONCE)
