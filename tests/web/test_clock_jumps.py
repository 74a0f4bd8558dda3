"""A clock that jumps ahead, then comes back: nobody is locked out, nothing waits for that day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.utils import timezone

from portrea.web.accounts import schedule
from portrea.web.accounts.models import User
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.accounts.throttling import throttle
from portrea.web.offer.models import Place
from portrea.web.offer.reading import last_change
from portrea.web.offer.services import place_fix
from portrea.web.operation.queue import lease
from web.offer.census import applied, record

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
JUMPS = [timedelta(hours=1), timedelta(days=30), timedelta(days=400)]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_who_tried_too_much_during_the_jump_is_not_locked_after_it(jump: timedelta) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        clock.shift(jump)
        for _try in range(6):
            during = throttle("connexion:moi", "5/15min")
        assert not during
        clock.shift(-jump)
        assert throttle("connexion:moi", "5/15min")


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_place_changed_after_the_jump_is_seen_at_once(jump: timedelta) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        applied(record("1"), record("2"))
        clock.shift(jump)
        _phone("1", "+33299000001")
        clock.shift(-jump)
        states = [last_change()]
        for rank in range(2):
            clock.shift(timedelta(seconds=5))
            _phone("2", f"+3329900001{rank}")
            states.append(last_change())
        assert len(set(states)) == 3, "what keeps pages at hand looks at this"


def _phone(source: str, number: str) -> None:
    place = Place.objects.get(cards__source_id=source)
    place_fix(
        actor=SYSTEM, place_id=place.pk, version=place.version, changes={"phone": number},
        reason="essai",
    )  # fmt: skip


def test_a_census_dated_later_than_now_is_still_read() -> None:
    with time_machine.travel(NOON + timedelta(days=30), tick=False):
        applied(record("1"))
    with time_machine.travel(NOON, tick=False):
        assert last_change() is not None


def test_the_jobs_of_each_day_are_done_the_days_after_the_jump() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert schedule.enqueue_due()
        clock.shift(timedelta(days=30))
        assert schedule.enqueue_due()
        clock.shift(timedelta(days=-29))
        assert schedule.enqueue_due()
        assert not schedule.enqueue_due(), "once a day"


def test_a_worker_that_spoke_during_the_jump_does_not_count_as_alive_for_ever() -> None:
    from portrea.web.operation.models import Worker

    lease.beat("ailleurs:1:a")
    assert list(lease.living()) == ["ailleurs:1:a"]
    Worker.objects.update(seen=timezone.now() + timedelta(days=30))
    assert not lease.living()


def test_a_person_connected_before_the_jump_still_is_after_it(client: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client.force_login(User.objects.create_user("moi@exemple.org", "une phrase assez longue"))
        clock.shift(timedelta(hours=3))
        assert client.get("/compte/").status_code == 200
        clock.shift(timedelta(hours=-5))
        assert client.get("/compte/").status_code == 200
