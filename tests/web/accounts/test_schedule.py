"""Daily jobs: once a day, whoever asks, after the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts import schedule, tasks

pytestmark = pytest.mark.django_db
RETENTION = tasks.apply_retention.module_path


@pytest.fixture(autouse=True)
def only_retention(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the jobs of the other rooms aside."""
    monkeypatch.setattr(
        schedule, "_registry", {RETENTION: schedule.Daily(tasks.apply_retention, 3)}
    )


def test_once_a_day_after_the_hour() -> None:
    with time_machine.travel("2026-11-22T00:00Z", tick=False) as now:
        found = []
        for _ in range(3 * 24):
            found += [timezone.now().isoformat()[:16]] * len(schedule.enqueue_due())
            now.shift(timedelta(hours=1))
    assert found == ["2026-11-22T03:00", "2026-11-23T03:00", "2026-11-24T03:00"]
    assert DBTaskResult.objects.count() == 3


def test_as_soon_as_possible_when_the_machine_was_off() -> None:
    evening = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)
    with time_machine.travel(evening, tick=False):
        assert schedule.enqueue_due() == [RETENTION]
        assert schedule.enqueue_due() == []


def test_a_failure_to_enqueue_leaves_no_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        module_path = RETENTION

        def enqueue(self) -> None:
            raise OSError("full")

    now = datetime(2026, 11, 22, 4, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        with monkeypatch.context() as patch:
            patch.setattr(schedule, "_registry", {RETENTION: schedule.Daily(Broken(), 3)})
            with pytest.raises(OSError, match="full"):
                schedule.enqueue_due()
        assert schedule.enqueue_due() == [RETENTION]


def test_marks_do_not_stay() -> None:
    with time_machine.travel("2026-11-22T04:00Z", tick=False) as now:
        schedule.enqueue_due()
        mark = f"daily:{RETENTION}:2026-11-22"
        assert caches["shared"].get(mark)
        now.shift(timedelta(days=3))
        assert caches["shared"].get(mark) is None
