"""Numbers that receive a message and hours when one may leave, against cases worked by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.reminding import TRIES, before, mobile, next_try, waking
from portrea.base.errors import DataError

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/action/reminders.yaml").read_text("utf-8")
)
PARIS = ZoneInfo("Europe/Paris")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def moment(told: Any) -> datetime:
    return told if isinstance(told, datetime) else datetime.fromisoformat(str(told))


@pytest.mark.parametrize(("typed", "number"), CASES["mobiles"].items())
def test_mobiles_worked_by_hand(typed: str, number: str) -> None:
    assert mobile(typed) == number
    assert mobile(number) == number


@pytest.mark.parametrize(("typed", "why"), CASES["refused"].items())
def test_other_numbers_are_refused(typed: str, why: str) -> None:
    with pytest.raises(DataError, match=why):
        mobile(typed)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        number = mobile(text)
    except DataError:
        return
    assert number.startswith("+")
    assert number[1:].isdigit()


@pytest.mark.parametrize(("asked", "zone", "told"), CASES["waking"])
def test_nobody_is_written_to_at_night(asked: Any, zone: str, told: Any) -> None:
    assert waking(moment(asked), ZoneInfo(zone)) == moment(told)


@pytest.mark.parametrize(("starts", "now", "told"), CASES["before"])
def test_when_an_appointment_is_reminded(starts: Any, now: Any, told: Any) -> None:
    asked, present = (moment(one).replace(tzinfo=PARIS) for one in (starts, now))
    found = before(asked, now=present, zone=PARIS)
    assert found == (moment(told).replace(tzinfo=PARIS) if told else None)


@given(st.integers(0, 2 * 366 * 1440), st.timedeltas(timedelta(0), timedelta(9)))
def test_a_reminder_leaves_by_day_and_in_time(minutes: int, left: timedelta) -> None:
    asked = (FIRST + timedelta(minutes=minutes)).astimezone(PARIS)
    found = before(asked, now=asked - left, zone=PARIS)
    if found is not None:
        assert 8 <= found.hour < 20
        assert asked - left < found <= asked - timedelta(hours=1)


def test_a_message_is_given_up_after_some_tries() -> None:
    waits = [next_try(tries) for tries in range(1, TRIES + 1)]
    assert waits == [*sorted(wait for wait in waits if wait), None]
    assert sum((wait for wait in waits if wait), timedelta()) < timedelta(days=1)
