"""« Et si ? » against the same sums made place by place, and what must not be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from portrea.base.errors import ParameterError, TerritoryError
from portrea.reach.catchment import score
from portrea.sources.store import Store
from portrea.steering.reading import Reader
from portrea.steering.what_if import Changes, outcome
from portrea.steering.what_if_ground import Ground, Question, checked_measure, prepare

if TYPE_CHECKING:
    from pathlib import Path

EPCI = "epci:243500618"
RENNES = "commune:35238"
HALF_DAY = 3.5


@pytest.fixture(scope="module")
def reader(demo_home: Path) -> Reader:
    return Reader(Store(demo_home))


@pytest.fixture(scope="module")
def ground(reader: Reader) -> Ground:
    return prepare(reader, reader.gazetteer.resolve(EPCI), Question("information", "c"))


def test_coverage_is_the_sum_of_those_who_pass_the_threshold(ground: Ground) -> None:
    minutes = np.full(ground.problem.minutes.shape, np.inf)
    times = ground.problem.minutes.tocoo()
    minutes[times.row, times.col] = times.data
    serves = ground.places["serves"].to_numpy()
    added, closed = ground.row_of["commune:35211"], int(np.flatnonzero(serves)[0])
    after = serves.copy()
    after[[added, closed]] = True, False
    old, new = (minutes[:, kept].min(axis=1, initial=np.inf) for kept in (serves, after))
    for limit in (1, 3, 5, 10):
        found = outcome(
            ground,
            Changes(((2, "commune:35211"),), (ground.places["id"][closed],)),
            minutes=limit,
        )
        persons = ground.demand.persons
        assert found.gained is not None
        assert found.lost is not None
        assert found.gained.wide.value == pytest.approx(
            persons[(new <= limit) & (old > limit)].sum()
        )
        assert found.lost.wide.value == pytest.approx(persons[(new > limit) & (old <= limit)].sum())
        drawn = ground.demand.draws[new <= limit].sum(axis=0)
        halves = [np.quantile(half, [0.025, 0.975]) for half in np.split(drawn, 2)]
        assert found.after is not None
        low, high = min(h[0] for h in halves), max(h[1] for h in halves)
        if high >= 1:
            assert found.after.wide.low == pytest.approx(low, rel=0.02, abs=0.5)
            assert found.after.wide.high == pytest.approx(high, rel=0.02, abs=0.5)


def test_help_is_that_of_the_catchments_made_again(ground: Ground) -> None:
    shared, row = ground.shared, ground.row_of["commune:35211"]
    closed = int(np.flatnonzero(shared.hours)[0])
    key = ground.places["id"][closed]
    found = outcome(ground, Changes(((2, "commune:35211"),), (key,)), minutes=20)
    hours = shared.hours.copy()
    hours[row] += 2 * HALF_DAY
    hours[closed] = 0
    again = ground.of_mine(score(shared.weights, hours, shared.demand.persons).access)
    persons = ground.demand.persons
    assert found.help_after.value == pytest.approx(100 * again @ persons / persons.sum(), rel=1e-9)
    gap = (found.help_after.value or 0) - (found.help_before.value or 0)
    assert found.help_change.value == pytest.approx(gap)


def test_opening_takes_nothing_from_anybody(ground: Ground) -> None:
    for key in ("commune:35211", "commune:35319"):
        found = outcome(ground, Changes(((1, key),)), minutes=10)
        assert found.lost is not None
        assert found.lost.none
        assert (found.help_change.low or 0) >= 0
        assert (found.help_change.value or 0) > 0
        assert found.farther.none


def test_nothing_changed_changes_nothing(ground: Ground) -> None:
    found = outcome(ground, Changes(), minutes=20)
    assert found.before == found.after
    assert found.help_change.value == 0
    assert not any(line.changes for line in found.lines)


def test_what_would_tell_of_a_hidden_quarter_is_not_said(reader: Reader) -> None:
    """Rennes holds quarters that are not shown: a part of the town is never told."""
    town = prepare(reader, reader.gazetteer.resolve(RENNES), Question("information", "a1", "car"))
    assert town.hidden == {0}
    half = np.arange(len(town.today)) % 2 == 0  # the demo puts all these quarters at one point
    town.__dict__["today"] = np.where(half, 5, 15).astype(np.float32)
    own = town.places.filter("serves", "inside")["id"].to_list()
    found = outcome(town, Changes(closed=tuple(own)), minutes=10)
    assert found.before is None
    assert found.lost is None
    assert found.lines[0].lost is None
    whole = outcome(town, Changes(), minutes=20)
    assert whole.before is not None
    assert whole.before.wide.value == pytest.approx(town.demand.persons.sum())


def test_bad_questions_are_explained(reader: Reader, ground: Ground) -> None:
    with pytest.raises(ParameterError, match="pas à portée"):
        outcome(ground, Changes(((1, "commune:75056"),)), minutes=20)
    with pytest.raises(ParameterError, match="ne peut pas fermer"):
        outcome(ground, Changes(closed=("commune:35211",)), minutes=20)
    with pytest.raises(TerritoryError, match="plus grand qu’un"):
        prepare(reader, reader.gazetteer.resolve("region:53"), Question(measure="a1"))
    with pytest.raises(ParameterError, match="n’est pas connue"):
        checked_measure(reader, reader.gazetteer.resolve(EPCI), "rien")
