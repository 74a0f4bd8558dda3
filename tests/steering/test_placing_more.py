"""Placement read by a technician: half-days of today, one more each, places that tell nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from portrea.reach.siting.plan import Model
from portrea.reach.siting.problem import State
from portrea.sources.store import Store
from portrea.steering.placing import Wish, each, half_days_today, place, told
from portrea.steering.reading import Reader
from portrea.steering.what_if import Changes, outcome
from portrea.steering.what_if_ground import Question, prepare

EPCI = "epci:243500618"
LIMIT = 8


@pytest.fixture(scope="module")
def ground(demo_home):
    """Information, that town halls give: all of them tell their hours."""
    reader = Reader(Store(demo_home))
    return prepare(reader, reader.gazetteer.resolve(EPCI), Question("information", "a1"))


@pytest.fixture(scope="module")
def partly(ground):
    """The same one where two town halls inside tell nothing."""
    shy = ground.places.filter("inside", "serves")["id"].to_list()[:2]
    return replace(ground, places=ground.places.with_columns(untold=ground.places["id"].is_in(shy)))


def test_a_place_that_tells_nothing_is_a_building_to_ask(partly):
    sure = partly.only_told()
    shy = partly.places.filter("untold")["id"].to_list()
    assert sure.places["serves"].sum() == partly.places["serves"].sum() - 2
    rows = [sure.row_of[key] for key in shy]
    assert (sure.problem.states[rows] == State.CANDIDATE).all()
    assert (sure.shared.hours[rows] == 0).all()
    assert sure.shared.hours.sum() < partly.shared.hours.sum()
    assert (sure.today >= partly.today).all()
    found = place(sure, Wish(openings=2, minutes=3))
    actions = {row["id"]: row["action"] for row in found.rows}
    assert all(actions[key] == "confirmer" for key in actions if key in shy)
    assert set(actions.values()) <= {"ouvrir", "confirmer"}
    assert {*shy} & {*actions}


def test_places_that_tell_nothing_are_counted_aloud(partly):
    said = " ".join(told(place(partly, Wish(openings=0, minutes=20))))
    assert "2 des" in said
    assert "ne disent pas leurs horaires" in said
    sure = " ".join(told(place(partly.only_told(), Wish(openings=0, minutes=20))))
    assert "ne disent pas" not in sure


def test_one_half_day_more_is_what_the_page_says(ground):
    rows = each(ground, Wish(minutes=LIMIT))
    inside = ground.places.filter("inside")["id"]
    assert {row["id"] for row in rows} == {k for k in inside if not k.startswith("commune:")}
    first = rows[0]
    page = outcome(ground, Changes(((1, first["id"]),)), minutes=LIMIT)
    assert first["help_change"] == page.help_change.value > 0
    assert first["help_change_low"] <= first["help_change"] <= first["help_change_high"]
    assert first["commune_name"]
    assert [row["help_change"] for row in rows if not row["closer_high"]] == sorted(
        (row["help_change"] for row in rows if not row["closer_high"]), reverse=True
    )


def test_half_days_of_today_are_those_of_the_people_here(ground):
    """Hours ÷ 3.5, for the share of the people who come from the territory."""
    days = half_days_today(ground)
    shared = ground.shared
    weights = shared.weights.toarray()
    people = shared.demand.persons
    own = np.isin(shared.demand.codes, ground.demand.codes)
    for key in ground.places.filter("serves")["id"].to_list()[::7]:
        row = ground.row_of[key]
        all_people = weights[:, row] @ people
        ours = weights[own, row] @ people[own]
        hours = shared.hours[row] * (ours / all_people if all_people else 0)
        assert days[key] == round(hours / 3.5)


def test_no_half_day_is_added_beyond_the_border(ground):
    found = place(ground, Wish(Model.CAPACITATED, openings=0, added=5, minutes=20))
    days = half_days_today(ground)
    outside = ground.places.filter("serves", ~ground.places["inside"])["id"].to_list()
    assert outside
    assert all(found.plan.half_days.get(key, 0) <= days[key] for key in outside)
