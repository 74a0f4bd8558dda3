"""Days and free slots of a permanence, against cases worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.slots import (
    Habits,
    Hours,
    Kept,
    days,
    free_days,
    grid,
    held_on,
    is_free,
    seat_at,
)
from portrea.base.errors import ParameterError

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/action/appointments.yaml").read_text("utf-8")
)


def hours_of(told: list[Any]) -> Hours:
    weekday, starts, ends, every, first, last = told
    return Hours(weekday, time.fromisoformat(starts), time.fromisoformat(ends), every, first, last)


def habits_of(case: dict[str, Any]) -> Habits:
    named = ("minutes", "agents", "notice", "ahead", "on_holidays", "in_school_holidays")
    told = {name: case[name] for name in named if name in case}
    return Habits(
        hours=tuple(hours_of(one) for one in case["hours"]),
        zone=ZoneInfo(case.get("zone", "Europe/Paris")),
        departement=case.get("departement", "35"),
        closings=tuple(tuple(one) for one in case.get("closings", ())),
        **told,
    )


def at(told: Any, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(str(told)).replace(tzinfo=zone)


def kept_of(case: dict[str, Any], zone: ZoneInfo) -> list[Kept]:
    return [Kept(at(moment, zone), minutes, seat) for moment, minutes, seat in case.get("kept", ())]


@pytest.mark.parametrize("case", CASES["days"], ids=lambda case: case["name"])
def test_days_worked_by_hand(case: dict[str, Any]) -> None:
    found = list(days(habits_of(case), case["from"], case["to"]))
    assert [one.day for one in found if not one.closed] == case["held"]
    assert {one.day: one.closed for one in found if one.closed} == case.get("closed", {})


@pytest.mark.parametrize("case", CASES["slots"], ids=lambda case: case["name"])
def test_slots_worked_by_hand(case: dict[str, Any]) -> None:
    habits = habits_of(case)
    kept, now = kept_of(case, habits.zone), at(case["now"], habits.zone)
    found = free_days(habits, now=now, kept=kept)
    told = {one.day: [moment.strftime("%H:%M") for moment in one.free] for one in found}
    assert told == case["free"]
    for moment, seat in case.get("seats", {}).items():
        assert seat_at(habits, at(moment, habits.zone), kept) == seat
    instants = [moment.timestamp() for one in found for moment in one.free]
    if "instants" in case:
        assert instants == [datetime.fromisoformat(one).timestamp() for one in case["instants"]]
    assert len(set(instants)) == len(instants)


SIMPLE = Hours(1, time(9), time(12), 1, date(2026, 12, 1))
ZONES = ("Europe/Paris", "Pacific/Noumea", "Pacific/Marquesas")
"""Eleven hours after Greenwich, nine and a half before: another day there than where this runs."""


@given(
    minutes=st.integers(0, 390 * 1440),
    notice=st.integers(0, 72),
    ahead=st.integers(0, 60),
    agents=st.integers(1, 4),
    taken=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=12, unique=True),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_what_is_shown_free_may_be_taken_and_nothing_else(
    *,
    minutes: int,
    notice: int,
    ahead: int,
    agents: int,
    taken: list[tuple[int, int]],
    zone: ZoneInfo,
) -> None:
    moment = (datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=minutes)).astimezone(zone)
    habits = Habits(
        hours=(SIMPLE,), notice=notice, ahead=ahead, agents=agents, zone=zone, departement="35"
    )
    weeks = [one.day for one in days(habits, moment.date(), moment.date() + timedelta(days=14))]
    kept = [
        Kept(datetime.combine(day, time(9), zone) + timedelta(minutes=30 * rank), 30, seat)
        for day in weeks
        for rank, seat in taken
        if seat < agents
    ]
    shown = {one for day in free_days(habits, now=moment, kept=kept) for one in day.free}
    for day in days(habits, moment.date(), moment.date() + timedelta(days=80)):
        for slot in grid(habits, day.day):
            assert is_free(habits, slot, now=moment, kept=kept) == (slot in shown)
    for slot in shown:
        seat = seat_at(habits, slot, kept)
        assert seat is not None
        assert Kept(slot, 30, seat) not in kept


def test_another_minute_than_those_offered_is_not_free() -> None:
    zone = ZoneInfo("Europe/Paris")
    habits = Habits(hours=(SIMPLE,), departement="35")
    now = datetime(2026, 11, 30, 8, tzinfo=zone)
    assert is_free(habits, datetime(2026, 12, 1, 9, 30, tzinfo=zone), now=now, kept=[])
    assert not is_free(habits, datetime(2026, 12, 1, 9, 10, tzinfo=zone), now=now, kept=[])
    assert not is_free(habits, datetime(2026, 12, 1, 11, 45, tzinfo=zone), now=now, kept=[])


@pytest.mark.parametrize(
    ("now", "notice", "ahead", "slot", "free"),
    [
        ("2026-11-30T09:30", 24, 42, "2026-12-01T09:00", False),  # half an hour too late
        ("2026-11-30T09:30", 24, 42, "2026-12-01T09:30", True),  # just in time
        ("2026-12-01T08:00", 0, 42, "2026-12-01T09:00", True),  # the same day
        ("2026-11-30T09:30", 24, 8, "2026-12-08T09:00", True),  # the last day
        ("2026-11-30T09:30", 24, 7, "2026-12-08T09:00", False),  # the day after
    ],
)
def test_the_first_and_the_last_moment_that_may_be_taken(
    now: str, notice: int, ahead: int, slot: str, free: bool
) -> None:
    zone = ZoneInfo("Europe/Paris")
    habits = Habits(hours=(SIMPLE,), notice=notice, ahead=ahead, departement="35")
    moments = [datetime.fromisoformat(told).replace(tzinfo=zone) for told in (now, slot)]
    assert is_free(habits, moments[1], now=moments[0], kept=[]) is free


def test_no_rhythm_is_refused() -> None:
    with pytest.raises(ParameterError, match="Une permanence revient toutes les semaines, ou"):
        held_on(Hours(1, time(9), time(10), 0, date(2026, 12, 1)), date(2026, 12, 1))


def test_both_ends_of_school_holidays_are_closed() -> None:
    """Christmas 2026, zone B: from Saturday, December the 19th, to Sunday, January the 3rd."""
    habits = Habits(
        hours=tuple(Hours(day, time(9), time(12), 1, date(2026, 12, 1)) for day in range(7)),
        departement="35", in_school_holidays=False, on_holidays=True,
    )  # fmt: skip
    found = list(days(habits, date(2026, 12, 18), date(2027, 1, 4)))
    assert [one.day for one in found if not one.closed] == [date(2026, 12, 18), date(2027, 1, 4)]


def test_two_appointments_that_overlap_take_two_agents() -> None:
    zone = ZoneInfo("Europe/Paris")
    habits = Habits(hours=(SIMPLE,), departement="35", agents=2)
    moment = datetime(2026, 12, 1, 9, 30, tzinfo=zone)
    before, during = Kept(moment - timedelta(minutes=15), 30, 0), Kept(moment, 30, 1)
    after = Kept(moment + timedelta(minutes=15), 30, 0)
    assert seat_at(habits, moment, [before]) == 1
    assert seat_at(habits, moment, [before, during]) is None
    # one agent, changed twice: the two are never there together, but both are somebody
    assert seat_at(habits, moment, [before, after]) is None
    assert seat_at(habits, moment, [Kept(moment - timedelta(minutes=30), 30, 0)]) == 0


def test_a_closed_day_says_why() -> None:
    habits = Habits(hours=(replace(SIMPLE, weekday=4),), departement="35")
    found = free_days(habits, now=datetime(2026, 12, 20, tzinfo=UTC), kept=[])
    assert [(one.day, one.closed) for one in found if one.closed] == [
        (date(2026, 12, 25), "Noël"), (date(2027, 1, 1), "Jour de l'an")
    ]  # fmt: skip
