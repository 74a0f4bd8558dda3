"""What a dead worker left is taken back: at once on its machine, after its lease elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts import tasks
from portrea.web.operation.models import Worker
from portrea.web.operation.queue import lease

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
ELSEWHERE = "other-machine:12:abcd"
LONG = lease.LEASE + timedelta(seconds=30)


def running(worker: str, *, tries: int = 1, since: timedelta = LONG) -> str:
    result = tasks.send_reset.enqueue(0)
    DBTaskResult.objects.filter(pk=result.id).update(
        status=TaskResultStatus.RUNNING,
        worker_ids=[worker] * tries,
        started_at=timezone.now() - since,
    )
    return str(result.id)


def row(key: str) -> DBTaskResult:
    return DBTaskResult.objects.get(pk=key)


@pytest.fixture
def dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_a_task_of_a_dead_worker_of_this_machine_is_done_again_at_once(
    dead_process: int, run_tasks: Callable[[], None]
) -> None:
    key = running(f"{lease.prefix(dead_process)}abcd", since=timedelta())
    assert lease.recover() == 1
    assert row(key).status == TaskResultStatus.READY
    run_tasks()
    assert row(key).status == TaskResultStatus.SUCCESSFUL


def test_a_task_that_kills_is_given_up_with_its_reason(dead_process: int) -> None:
    key = running(f"{lease.prefix(dead_process)}abcd", tries=lease.MOST_TRIES)
    lease.recover()
    assert row(key).status == TaskResultStatus.FAILED
    assert row(key).finished_at, "so that retention ends it"
    assert row(key).exception_class_path == lease.DIED
    assert "a disparu" in row(key).traceback


def test_a_task_of_a_living_worker_is_left_alone() -> None:
    key = running(ELSEWHERE)
    lease.beat(ELSEWHERE, row(key).pk)
    assert lease.recover() == 0
    assert row(key).status == TaskResultStatus.RUNNING


def test_a_silent_machine_loses_its_task_when_its_lease_ends() -> None:
    key = running(ELSEWHERE)
    lease.beat(ELSEWHERE, row(key).pk)
    Worker.objects.update(seen=Now() - LONG)
    assert lease.recover() == 1
    assert row(key).status == TaskResultStatus.READY


def test_a_task_just_taken_is_left_to_a_worker_that_has_not_spoken_yet() -> None:
    key = running(ELSEWHERE, since=timedelta(seconds=5))
    assert lease.recover() == 0
    assert row(key).status == TaskResultStatus.RUNNING


def test_a_worker_that_went_on_to_something_else_gives_its_former_task_back() -> None:
    key = running(ELSEWHERE)
    lease.beat(ELSEWHERE, None)
    assert lease.recover() == 1
    assert row(key).status == TaskResultStatus.READY


def test_a_worker_that_leaves_erases_its_row_and_those_long_silent() -> None:
    for name in ("a:1:x", "b:2:y", "c:3:z"):
        lease.beat(name)
    Worker.objects.filter(id="b:2:y").update(seen=Now() - lease.FORGOTTEN - LONG)
    lease.leave("a:1:x")
    assert [worker.id for worker in Worker.objects.all()] == ["c:3:z"]


def test_a_beat_keeps_the_first_instant() -> None:
    lease.beat("a:1:x")
    first = Worker.objects.get()
    lease.beat("a:1:x")
    again = Worker.objects.get()
    assert again.started == first.started
    assert again.seen >= first.seen
    assert (first.host, first.process) == (lease.host(), os.getpid())
