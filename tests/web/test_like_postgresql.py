"""What SQLite takes and PostgreSQL refuses fails in every test of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import DataError, IntegrityError, NotSupportedError, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from portrea.web.accounts import journal
from portrea.web.accounts.models import JournalEntry, Membership, ThrottleCount, User
from portrea.web.accounts.permissions import SYSTEM

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def counted(**told: Any) -> None:
    told = {"key": "k", "tries": 1, "expires": timezone.now()} | told
    ThrottleCount.objects.create(**told)


@pytest.mark.parametrize(
    ("write", "fault"),
    [
        (lambda: counted(key="k" * 10_000), DataError),
        (lambda: counted(tries=1 << 40), DataError),
        (lambda: counted(key="k\0"), DataError),
        (lambda: ThrottleCount.objects.filter(key="k\0").exists(), DataError),
        (lambda: JournalEntry.objects.create(act="a", after={"a": "\0"}), DataError),
        (lambda: JournalEntry.objects.create(act="a", after={"a": float("nan")}), DataError),
        (lambda: ThrottleCount.objects.update(key="k" * 10_000), DataError),
    ],
)
def test_a_value_that_the_column_would_not_hold(
    write: Callable[[], object], fault: type[Exception]
) -> None:
    with pytest.raises(fault):
        write()


def test_a_backslash_written_by_somebody_is_not_a_null_character() -> None:
    made = journal.record(act="place.edit", actor=SYSTEM, after={"a": "\\u0000"})
    made.refresh_from_db()
    assert made.after == {"a": "\\u0000"}


def test_the_keys_of_json_come_back_in_an_order_of_its_own() -> None:
    told = {"habitants": 1, "âge": 2, "a": [{"deux": 2, "un": 1}], "lieu": 4}
    made = journal.record(act="place.edit", actor=SYSTEM, after=told)
    made.refresh_from_db()
    assert made.after == told
    assert list(made.after) == ["a", "lieu", "âge", "habitants"]
    assert list(made.after["a"][0]) == ["un", "deux"]


def test_rows_that_may_be_absent_cannot_be_locked() -> None:
    rows = Membership.objects.select_related("lent")
    with pytest.raises(NotSupportedError), transaction.atomic():
        list(rows.select_for_update())
    assert list(rows.select_for_update(of=("self",))) == []
    assert list(Membership.objects.select_related("user").select_for_update()) == []


def test_a_transaction_stops_at_its_first_failure() -> None:
    User.objects.create_user("jeanne@example.org")
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            User.objects.create_user("jeanne@example.org")
        with pytest.raises(TransactionManagementError):
            User.objects.count()
        transaction.set_rollback(True)


def test_a_failure_in_a_block_of_its_own_stops_nothing_else() -> None:
    User.objects.create_user("jeanne@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("jeanne@example.org")
    assert User.objects.count() == 1
