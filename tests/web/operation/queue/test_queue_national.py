"""A computation by départements in the queue: asked once, published once, whoever dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portrea.sources.store import Store
from portrea.steering import split
from portrea.steering.computation import compute
from portrea.steering.settings import Settings
from portrea.web.operation.queue import lease, national
from portrea.web.operation.queue.worker import Runner

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
CHOICES = Settings.make(draws=50)


@pytest.fixture
def store(demo_copy: Path, site_home: Path) -> Store:
    return Store(demo_copy)


def paths() -> list[str]:
    rows = DBTaskResult.objects.order_by("enqueued_at").values_list("task_path", flat=True)
    return [path.rpartition(".")[2] for path in rows]


def test_the_parts_are_asked_for_once_and_the_last_one_publishes(store: Store) -> None:
    before = store.current()
    begun = split.plan(store, CHOICES)
    assert (national.ask(begun), national.ask(begun)) == (1, 0)
    Runner(batch=True).run()
    current = store.current()
    assert current is not None
    assert before is not None
    assert current.id != before.id
    assert current.id == compute(store, settings=CHOICES).id, "as if made in one process"
    assert paths() == ["make_part", "publish"]
    assert not DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).exists()


def test_a_worker_killed_after_its_part_still_publishes(store: Store) -> None:
    begun = split.plan(store, CHOICES)
    national.ask(begun)
    split.make_part(store, begun.id, "35")
    DBTaskResult.objects.update(
        status=TaskResultStatus.RUNNING,
        worker_ids=["elsewhere:1:abcd"],
        started_at=timezone.now() - 2 * lease.LEASE,
    )
    assert lease.recover() == 1
    Runner(batch=True).run()
    assert paths() == ["make_part", "publish"]
    assert not split.plans(store)


def test_parts_all_there_are_only_published(store: Store) -> None:
    begun = split.plan(store, CHOICES)
    split.make_part(store, begun.id, "35")
    assert national.ask(begun) == 0
    assert national.ask(begun) == 0
    assert paths() == ["publish"]


def test_a_cancelled_plan_leaves_the_computation_in_force(store: Store) -> None:
    before = store.current()
    begun = split.plan(store, CHOICES)
    national.ask(begun)
    split.cancel(store, begun.id)
    Runner(batch=True).run()
    assert paths() == ["make_part"]
    assert store.current() == before
