"""Workshops before their day, against cases worked by hand."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.planning import Occurrence, follow
from portrea.action.preparing import Training, contacts, things, untrained, words
from portrea.action.turns import APART, Area, propose

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/action/workshops.yaml").read_text("utf-8")
)
FIRST = date(2027, 1, 1)
DAYS = st.integers(0, 700).map(lambda number: FIRST + timedelta(number))


@pytest.mark.parametrize("case", CASES["follow"], ids=lambda case: case["name"])
def test_a_series_changed_by_hand(case: dict[str, Any]) -> None:
    found = follow(case["held"], case["days"])
    assert list(found.kept) == case["kept"]
    assert found.moved == case["moved"]
    assert list(found.added) == case["added"]
    assert list(found.dropped) == case["dropped"]


@given(st.lists(DAYS, max_size=8), st.lists(DAYS, max_size=8, unique=True))
def test_every_workshop_and_every_day_is_told_once(held: list[date], days: list[date]) -> None:
    named = {f"atelier {number}": day for number, day in enumerate(held)}
    found = follow(named, days)
    assert sorted([*found.kept, *found.moved, *found.dropped]) == sorted(named)
    assert sorted([*(named[one] for one in found.kept), *found.moved.values(), *found.added]) == (
        sorted(days)
    )
    assert not (found.added and found.dropped), "a day is free while a workshop is dropped"


@pytest.mark.parametrize("case", CASES["trained"], ids=lambda case: case["name"])
def test_a_training_asked_by_hand(case: dict[str, Any]) -> None:
    trainings = [Training(**one) for one in case["trainings"]]
    why = untrained(trainings, case["wanted"], on=case["day"])
    assert bool(why) == bool(case["why"])
    assert case["why"] in why


@pytest.mark.parametrize("case", CASES["turns"], ids=lambda case: case["name"])
def test_turns_by_hand(case: dict[str, Any]) -> None:
    areas = [Area(one["code"], frozenset(one.get("kinds", ()))) for one in case["areas"]]
    wanted = [Occurrence(day, turn) for day, turn in case["days"]]
    found = propose(wanted, areas, taken=[(code, day) for code, day in case["taken"]])
    assert [one.code for one in found] == case["found"]
    assert [one.sure for one in found] == case["sure"]
    for one, passed in zip(found, case.get("passed", []), strict=False):
        assert [code for code, _ in one.passed] == [code for code, _ in passed]
        assert all(told in why for (_, why), (_, told) in zip(one.passed, passed, strict=True))


@given(
    st.lists(DAYS, max_size=8, unique=True).map(sorted),
    st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from("ABCDE"), DAYS), max_size=4),
)
def test_never_twice_running_nor_too_near(
    days: list[date], count: int, taken: list[tuple[str, date]]
) -> None:
    areas = [Area(code) for code in "ABCD"[:count]]
    found = propose([Occurrence(day, "") for day in days], areas, taken=taken)
    visits = sorted(
        [(one.occurrence.day, one.code) for one in found if one.code is not None]
        + [(day, code) for code, day in taken]
    )
    ours = {(one.occurrence.day, one.code) for one in found}
    for (day, code), (after, same) in pairwise(visits):
        if (after, same) in ours and (after, same) not in {(when, c) for c, when in taken}:
            assert code != same or day == after
    for one in found:
        near = [when for code, when in taken if code == one.code]
        assert all(abs(one.occurrence.day - when) >= APART for when in near)


def test_a_proposal_takes_everything_known_first() -> None:
    """More days than areas: each is visited once before any is visited twice."""
    days = [Occurrence(FIRST + timedelta(90 * number), "") for number in range(6)]
    found = [one.code for one in propose(days, [Area(code) for code in "ABC"])]
    assert found == ["A", "B", "C", "A", "B", "C"]


def test_every_format_has_ready_lists() -> None:
    assert words()["source"]
    assert words()["hypothese"] is True
    for kind in ("atelier", "table_ronde", "permanence"):
        made = contacts(kind)
        assert [one.days for one in made] == sorted((one.days for one in made), reverse=True)
        assert things(kind)
    table = " ".join(one.who for one in contacts("table_ronde"))
    assert all(told in table for told in ("Maire", "Préfet·e ou sous-préfet·e", "France Travail"))
    assert not contacts("inconnu")
    assert not things("inconnu")
