"""Placement on the demo: the plan is what « Et si ? » says of it, and no choice is better."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from portrea.base.errors import ParameterError
from portrea.reach.siting.plan import Model
from portrea.reach.siting.problem import State
from portrea.sources.store import Store
from portrea.steering import placing
from portrea.steering.placing import Placement, Wish, curve, place, problem_of, summary
from portrea.steering.reading import Reader
from portrea.steering.what_if import Changes, outcome
from portrea.steering.what_if_ground import Question, prepare

EPCI = "epci:243500618"
LIMIT = 8


@pytest.fixture(scope="module")
def reader(demo_home):
    return Reader(Store(demo_home))


@pytest.fixture(scope="module")
def ground(reader):
    return prepare(reader, reader.gazetteer.resolve(EPCI), Question("aide", "a1"))


@pytest.fixture(scope="module")
def known(reader):
    """The same territory, for a help that town halls give today."""
    return prepare(reader, reader.gazetteer.resolve(EPCI), Question("information", "a1"))


def covered(ground, keys):
    rows = np.array([ground.row_of[key] for key in keys], dtype=np.intp)
    rows = np.concatenate([rows, ground.problem.existing])
    return ground.demand.persons[ground.problem.nearest(rows) <= LIMIT].sum()


def test_no_other_building_covers_more(ground):
    found = place(ground, Wish(openings=1, minutes=LIMIT))
    (key,) = found.plan.opened
    candidates = [k for k in ground.places.filter("inside")["id"] if not k.startswith("commune:")]
    assert len(candidates) > 3
    assert covered(ground, [key]) == pytest.approx(max(covered(ground, [k]) for k in candidates))
    assert found.plan.optimal


def test_figures_are_those_of_the_page(ground):
    found = place(ground, Wish(openings=2, minutes=LIMIT))
    changes = Changes(tuple((1, key) for key in found.plan.opened))
    page = outcome(ground, changes, minutes=LIMIT)
    assert found.outcome.after == page.after
    assert found.outcome.gained == page.gained
    assert page.after.wide.value == pytest.approx(found.plan.figures.covered.value)
    told = summary(found)
    assert told["after_low"] <= page.after.wide.value <= told["after_high"]
    assert [row["id"] for row in told["places"]] == list(found.plan.opened)
    assert all(row["commune"] and row["name"] for row in told["places"])


def test_more_places_never_cover_fewer(ground):
    rows = curve(ground, Wish(openings=3, minutes=LIMIT))
    assert [row["openings"] for row in rows] == [0, 1, 2, 3]
    highs = [row["after_high"] for row in rows]
    assert highs == sorted(highs)
    assert highs[0] < highs[-1]


def test_communes_may_be_candidates_instead(ground):
    found = place(ground, Wish(openings=1, minutes=LIMIT, candidates=placing.COMMUNES))
    assert all(key.startswith("commune:") for key in found.plan.opened)


def test_places_of_today_stay_unless_told(known):
    states = problem_of(known, Wish(openings=0)).states
    assert (states == State.FIXED).sum() == known.places["serves"].sum() > 0
    inside = known.places.filter("serves", "inside").height
    assert 0 < inside < known.places["serves"].sum(), "places of both sides of the border"
    moving = problem_of(known, Wish(movable=True, openings=0)).states
    assert (moving == State.MOVABLE).sum() == inside
    closing = problem_of(known, Wish(closures=1, openings=0)).states
    assert (closing == State.REMOVABLE).sum() == inside


def test_what_closes_is_told(known):
    found = place(known, Wish(openings=0, closures=1, minutes=LIMIT))
    (row,) = found.rows
    assert row["action"] == "fermer"
    assert known.place(row["id"])["inside"]


def test_an_impossible_limit_says_why(ground):
    found = place(ground, Wish(openings=1, minutes=LIMIT, equity=2.0))
    assert not found.plan.feasible
    assert found.rows == []
    told = summary(found)
    assert told["feasible"] is False
    assert told["notes"]
    assert "after_low" not in told


def test_persons_of_a_territory_with_a_hidden_iris_are_not_counted_in_notes(ground):
    found = place(ground, Wish(openings=1, minutes=LIMIT, equity=2.0))
    plan = replace(found.plan, notes=("12 personnes sont loin.", "Un seul bâtiment."))
    said = [
        list(
            placing.told(
                Placement(
                    SimpleNamespace(hidden=hidden, places=ground.places, problem=ground.problem),
                    found.wish,
                    plan,
                    None,
                )
            )
        )
        for hidden in (frozenset(), frozenset({0}))
    ]
    assert "12 personnes sont loin." in said[0]
    assert not any("personne" in sentence for sentence in said[1])
    assert "Un seul bâtiment." in said[1]


def test_nowhere_to_open_is_told(known):
    bare = replace(known, places=known.places.with_columns(serves=pl.lit(value=True)))
    with pytest.raises(ParameterError, match="Aucun bâtiment"):
        problem_of(bare, Wish(openings=1))


@pytest.mark.parametrize("model", list(Model))
def test_every_model_answers(ground, model):
    found = place(ground, Wish(model=model, openings=2, minutes=45, added=3))
    assert found.plan.feasible
    assert found.outcome.after is None or found.outcome.after.wide.value > 0
