"""The task of :mod:`benchmarks.queues`: one row, named by its number."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from django_tasks import task

from portrea.web.accounts.models import ThrottleCount

NEVER = datetime(2100, 1, 1, tzinfo=UTC)


@task()
def add_one(number: int, pause: float) -> None:
    """Add a row, after a pause in which the worker may be killed.

    Without a pause nobody is killed: a task done twice would fail on the key of its row.
    """
    time.sleep(pause)
    key = f"bench:{number}"
    if pause:
        ThrottleCount.objects.get_or_create(key=key, defaults={"expires": NEVER})
    else:
        ThrottleCount.objects.create(key=key, expires=NEVER)
