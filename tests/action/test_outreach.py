"""Maraudes and mandates: days and instants worked by hand, laws for any rhythm."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.mandates import last_day, state_of, words
from portrea.action.presences import moments, next_days
from portrea.action.slots import Hours
from portrea.base.errors import ParameterError
from portrea.territory.timezones import zone_of

CASES = yaml.safe_load(
    (Path(__file__).resolve().parents[1] / "cases/action/outreach.yaml").read_text("utf-8")
)
PARIS = zone_of("75")
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def hours(told: dict[str, Any]) -> Hours:
    return Hours(
        told.get("weekday", 0),
        time.fromisoformat(told["starts"]), time.fromisoformat(told["ends"]),
        told.get("every", 1), told.get("first", date(2026, 1, 1)), told.get("last"),
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES["presences"], ids=lambda case: case["name"])
def test_next_days_by_hand(case: dict[str, Any]) -> None:
    told = case["presence"]
    pause = (told["pause_first"], told["pause_last"]) if "pause_first" in told else None
    assert next_days(hours(told), case["since"], count=3, pause=pause) == case["days"]


@pytest.mark.parametrize("case", CASES["instants"], ids=lambda case: case["name"])
def test_instants_by_hand(case: dict[str, Any]) -> None:
    wanted = tuple(datetime.fromisoformat(case[name]) for name in ("begins", "finishes"))
    assert moments(hours(case), case["day"], PARIS) == wanted


@given(st.builds(Hours, st.integers(0, 6), st.times(), st.times(), st.integers(1, 8), DAYS), DAYS)
def test_a_presence_keeps_its_rhythm_and_its_night(one: Hours, on: date) -> None:
    days = next_days(one, on, count=5)
    assert all(day >= max(on, one.first) and day.weekday() == one.weekday for day in days)
    assert {(after - day).days for day, after in pairwise(days)} <= {7 * one.every}
    for day in days:
        begins, finishes = moments(one, day, PARIS)
        assert begins.tzinfo is UTC
        assert timedelta() <= finishes - begins <= timedelta(hours=25)


@pytest.mark.parametrize("case", CASES["mandates"], ids=str)
def test_last_days_by_hand(case: dict[str, Any]) -> None:
    assert last_day(case["starts"], case["days"]) == case["ends"]


@pytest.mark.parametrize("case", CASES["states"], ids=lambda case: case["name"])
def test_states_by_hand(case: dict[str, Any]) -> None:
    ends = last_day(case["starts"], case["days"])
    assert state_of(case["starts"], ends, case["revoked"], on=case["seen"]) == case["state"]


def test_another_duration_is_refused() -> None:
    with pytest.raises(ParameterError, match="six mois"):
        last_day(date(2026, 1, 1), 60)


def test_durations_and_perimeters_are_those_of_aidants_connect() -> None:
    folder = Path(__file__).resolve().parents[3] / "shared/reference/standards/aidants-connect"
    if not folder.exists():
        pytest.skip("the reference is not there")

    def column(name: str, rank: int) -> list[str]:
        lines = (folder / name).read_text("utf-8").splitlines()[1:]
        return [line.split(",")[rank] for line in lines]

    assert list(words()["durations"]) == [int(days) for days in column("durees-mandat.csv", 1)]
    assert list(words()["perimeters"]) == column("perimetres-demarches.csv", 0)
