"""How a task ends in our worker: done, tried again, failed, or taken over by another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts import retries, tasks
from portrea.web.accounts.retries import Retry, retry_of
from portrea.web.accounts.running import StoppedError
from portrea.web.operation.queue.worker import Runner

pytestmark = pytest.mark.django_db


@task()
def tell(value: int) -> int:
    """Return a number."""
    return value


@task()
def give_a_set() -> Any:
    """Return what JSON cannot hold."""
    return {1, 2}


@task()
def break_down() -> None:
    """Fail."""
    raise OSError("the mail server is down")


@task()
def give_up() -> None:
    """End as a task that a person asked to stop."""
    raise StoppedError("asked")


@task()
def be_stopped() -> None:
    """End as a second Ctrl-C does."""
    raise SystemExit(1)


@pytest.fixture
def runner() -> Runner:
    return Runner(batch=True)


def taken(runner: Runner, key: str) -> DBTaskResult:
    row = DBTaskResult.objects.get(pk=key)
    row.claim(runner.worker_id)
    return row


def done(runner: Runner, what: Any, *args: Any) -> DBTaskResult:
    key = what.enqueue(*args).id
    runner.run_task(taken(runner, key))
    return DBTaskResult.objects.get(pk=key)


def test_a_task_done_keeps_what_it_returned(runner: Runner) -> None:
    row = done(runner, tell, 7)
    assert (row.status, row.return_value) == (TaskResultStatus.SUCCESSFUL, 7)
    assert runner.doing is None


def test_a_result_that_json_cannot_hold_is_a_failure(runner: Runner) -> None:
    row = done(runner, give_a_set)
    assert row.status == TaskResultStatus.FAILED
    assert row.exception_class_path == "builtins.TypeError"


def test_a_failure_not_registered_is_final(runner: Runner) -> None:
    row = done(runner, break_down)
    assert row.status == TaskResultStatus.FAILED
    assert "the mail server is down" in row.traceback


def test_a_failure_worth_it_is_tried_again_a_bounded_number_of_times(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = {break_down.module_path: Retry(3, timedelta(minutes=1))}
    monkeypatch.setattr(retries, "_registry", again)
    key, waits = break_down.enqueue().id, []
    for _ in range(3):
        before = timezone.now()
        runner.run_task(taken(runner, key))
        row = DBTaskResult.objects.get(pk=key)
        if row.status == TaskResultStatus.READY:
            waits.append(round((row.run_after - before) / timedelta(minutes=1)))
            assert "the mail server is down" in row.traceback
            assert not DBTaskResult.objects.ready().exists(), "not before its hour"
    assert waits == [1, 4]
    assert row.status == TaskResultStatus.FAILED


def test_what_a_person_stopped_is_not_tried_again(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = {give_up.module_path: Retry(3, timedelta(minutes=1))}
    monkeypatch.setattr(retries, "_registry", again)
    assert done(runner, give_up).status == TaskResultStatus.FAILED


def test_a_task_stopped_with_its_worker_waits_for_the_next_one(runner: Runner) -> None:
    row = done(runner, be_stopped)
    assert row.status == TaskResultStatus.READY
    assert row.worker_ids == [], "it is not the task's fault"


def test_a_worker_that_lost_its_task_writes_nothing(runner: Runner) -> None:
    key = tell.enqueue(7).id
    mine = taken(runner, key)
    DBTaskResult.objects.get(pk=key).claim("another:1:abcd")
    runner.run_task(mine)
    row = DBTaskResult.objects.get(pk=key)
    assert row.status == TaskResultStatus.RUNNING
    assert row.worker_ids[-1] == "another:1:abcd"
    assert row.return_value is None


def test_mails_of_accounts_are_tried_over_an_hour() -> None:
    policy = retry_of(tasks.send_invitation.module_path)
    waits = [policy.after(tries) for tries in range(1, 6)]
    assert waits[-1] is None
    assert sum((wait for wait in waits if wait), timedelta()) == timedelta(minutes=85)


def test_a_worker_empties_the_queue_by_priority(runner: Runner) -> None:
    order: list[str] = []
    for name, priority in (("low", -10), ("usual", 0), ("high", 10)):
        order.append(str(tell.using(priority=priority).enqueue(len(name)).id))
    runner.run()
    rows = DBTaskResult.objects.order_by("finished_at")
    assert [str(row.pk) for row in rows] == list(reversed(order))
    assert mail.outbox == []
