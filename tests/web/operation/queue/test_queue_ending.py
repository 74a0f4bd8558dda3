"""How a task ends in our worker: done, tried again, failed, or taken over by another."""

from __future__ import annotations

import signal
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts import retries, tasks
from portrea.web.accounts.retries import Retry, retry_of
from portrea.web.accounts.running import StoppedError
from portrea.web.operation.queue import lease, worker
from portrea.web.operation.queue.worker import Runner

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@task()
def be_told(what: int, seconds: float) -> None:
    """Be told to stop, and go on for a while."""
    signal.raise_signal(what)
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        time.sleep(0.01)


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


@pytest.fixture
def listening(runner: Runner) -> Iterator[Runner]:
    """A worker that answers the signals of this process, which answers as before at the end."""
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)}
    runner.configure_signals()
    yield runner
    for one, answer in before.items():
        signal.signal(one, answer)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_told_to_stop_ends_its_task_and_takes_no_other(
    listening: Runner, told: signal.Signals
) -> None:
    keys = [be_told.enqueue(told, 0.1).id, tell.enqueue(7).id]
    listening.run()
    states = [DBTaskResult.objects.get(pk=key).status for key in keys]
    assert states == [TaskResultStatus.SUCCESSFUL, TaskResultStatus.READY]


def test_a_long_task_goes_back_to_the_queue_when_patience_ends(
    listening: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "GRACE", 0.2)
    key = be_told.enqueue(signal.SIGTERM, 60).id
    listening.run()
    row = DBTaskResult.objects.get(pk=key)
    assert (row.status, row.worker_ids) == (TaskResultStatus.READY, [])
    assert not listening.running


def test_an_idle_worker_stops_at_once(listening: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def tell_it(_seconds: float) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(time, "sleep", tell_it)
    listening.batch = False
    with pytest.raises(SystemExit) as told:
        listening.run()
    assert told.value.code == 0


def test_what_was_taken_and_not_begun_is_given_back(runner: Runner) -> None:
    """Told to stop between the two: no try is counted."""
    mine, other = tell.enqueue(7), tell.enqueue(8)
    taken(runner, mine.id)
    DBTaskResult.objects.get(pk=other.id).claim("another:1:abcd")
    lease.leave(runner.worker_id)
    row = DBTaskResult.objects.get(pk=mine.id)
    assert (row.status, row.worker_ids) == (TaskResultStatus.READY, [])
    assert DBTaskResult.objects.get(pk=other.id).status == TaskResultStatus.RUNNING


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
