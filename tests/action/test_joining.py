"""Places of a workshop and opinions on it, against cases worked by hand and laws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.joining import Group, Seats, State, called, left, seated, state_of_new, words
from portrea.action.opinions import summary
from portrea.stats.disclosure import rule

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/action/joining.yaml").read_text("utf-8"))
asked = st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=30)


def groups_of(rows: list[Any]) -> list[Group]:
    return [Group(State(state), people) for state, people in rows]


@pytest.mark.parametrize("case", CASES["seated"], ids=lambda case: case["name"])
def test_who_has_a_place(case: dict[str, Any]) -> None:
    seats = Seats(case["capacity"], case["waiting"])
    assert state_of_new(seats, groups_of(case["rows"]), case["people"]) == case["state"]


@pytest.mark.parametrize("case", CASES["called"], ids=lambda case: case["name"])
def test_who_is_called(case: dict[str, Any]) -> None:
    assert called(Seats(case["capacity"]), groups_of(case["rows"])) == case["called"]


@pytest.mark.parametrize("case", CASES["opinions"], ids=lambda case: case["name"])
def test_what_is_told_of_opinions(case: dict[str, Any]) -> None:
    found = summary(case["counts"])
    shown = {
        code: one and [one.count, *(pytest.approx(end, abs=1e-4) for end in (one.low, one.high))]
        for code, one in found.shown.items()
    }
    assert (found.total, shown, found.mostly) == (case["total"], case["shown"], case["mostly"])


@given(asked, st.integers(0, 20), st.integers(0, 10))
def test_neither_the_places_nor_the_list_overflow(
    wanted: list[tuple[int, bool]], capacity: int, waiting: int
) -> None:
    """People come and go in any order: no more than the places, nobody waits who would fit."""
    seats, groups = Seats(capacity, waiting), list[Group]()
    for people, leaves in wanted:
        state = state_of_new(seats, groups, people)
        if state is not None:
            groups.append(Group(state, people))
        if leaves and groups:
            groups.pop(people % len(groups))
        for rank in called(seats, groups):
            groups[rank] = Group(State.IN, groups[rank].people)
        assert seated(groups) <= capacity
        waits = [one.people for one in groups if one.state is State.WAITING]
        assert sum(waits) <= waiting
        assert not [people for people in waits if people <= (left(seats, groups) or 0)]


@given(st.dictionaries(st.sampled_from(sorted(words()["useful"])), st.integers(0, 60)))
def test_nobody_is_found_by_subtraction(counts: dict[str, int]) -> None:
    found = summary(counts)
    seen = [one.count for one in found.shown.values() if one is not None]
    missing = found.total - sum(seen)
    assert all(count == 0 or count >= rule("threshold") for count in seen)
    assert not seen or missing == 0 or missing >= rule("threshold")
    told = [one for one in found.shown.values() if one is not None]
    assert all(one.low - 1e-9 <= one.share <= one.high + 1e-9 for one in told)
