"""A computation cut in départements, made by the workers of every machine, published once.

The machines must read and write the same store (``PORTREA_HOME`` on a shared disk). A part made
twice is the same file; the assembly is asked for by whoever finishes the last part, perhaps twice,
and done once (:mod:`portrea.steering.split`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from portrea.sources.store import Store
from portrea.steering import split
from portrea.web.accounts.retries import retried
from portrea.web.accounts.running import report

if TYPE_CHECKING:
    from portrea.steering.split import Plan

PRIORITY = -50
"""Below e-mails and imports, which nobody should wait for because of a computation."""


@retried(times=3, wait=timedelta(seconds=30))
@task(priority=PRIORITY)
def make_part(plan: str, part: str) -> bool:
    """Make a part of a computation, and ask for its publication when it is the last one."""
    store = Store(settings.PORTREA_HOME)
    made = split.make_part(store, plan, part, progress=report)
    found = split.find_plan(store, plan)
    if found is not None and not found.missing:
        publish.enqueue(plan)
    return made


@retried(times=3, wait=timedelta(seconds=30))
@task(priority=PRIORITY + 1)
def publish(plan: str) -> str:
    """Put together the parts of a computation and publish it; return its identifier, if any."""
    store = Store(settings.PORTREA_HOME)
    computation = split.assemble(store, plan, progress=report)
    return computation.id if computation else ""


@transaction.atomic
def ask(plan: Plan) -> int:
    """Queue the parts still missing and not queued yet; return how many."""
    waiting = _waiting()
    parts = [part for part in plan.missing if (plan.id, part) not in waiting]
    for part in parts:
        make_part.enqueue(plan.id, part)
    if not plan.missing and (plan.id,) not in waiting:
        publish.enqueue(plan.id)
    return len(parts)


def _waiting() -> set[tuple[str, ...]]:
    rows = DBTaskResult.objects.filter(
        task_path__in=(make_part.module_path, publish.module_path),
        status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING),
    )
    return {tuple(told["args"]) for told in rows.values_list("args_kwargs", flat=True)}
