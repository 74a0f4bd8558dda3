"""Life events: hand-worked from a user's counts; nothing loaded, nothing imputed; never in B."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from portrea.needs import estimate
from portrea.needs.events import EVENTS, NOTHING, events_by_area, events_words, life_events
from portrea.needs.exposure import VARIABLES
from portrea.needs.parameters import load_parameters
from portrea.vocab.variables import variables

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/needs/b_events.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_hand_worked(world, case):
    for variable, count in case["events"].items():
        status = "suppressed" if count is None else "ok"
        world.figure("commune", "35001", {variable: count}, status=status, source="comptages")
    events = life_events(world.observations, load_parameters())
    EVENTS.check(events)
    assert events.height == len(case["events"])
    got = events_by_area(events)["n"][0]
    assert got == (None if case["complicated"] is None else pytest.approx(case["complicated"]))
    assert all(label in events_words(events) for label in events["label"])


def test_without_counts_nothing_is_imputed_and_it_is_said(town):
    events = life_events(town.observations, load_parameters())
    assert events.height == 0
    assert events_words(events) == NOTHING
    assert events_by_area(events).height == 0


def test_the_newest_count_of_an_area_is_used(world):
    world.figure("commune", "35001", {"events_births": 10}, vintage="2019")
    world.figure("commune", "35001", {"events_births": 30}, vintage="2022")
    events = life_events(world.observations, load_parameters())
    assert events["events"].to_list() == [30.0]
    assert events["vintage"].to_list() == ["2022"]


def test_events_never_enter_b(town):
    caf = {"households_rsa": 18, "households_ppa": 42, "households_aah": 6, "jobseekers": 39}
    town.figure("commune", "35001", caf, source="caf")
    town.figure("commune", "35002", caf, source="caf")
    options = {"measures": ["b", "b_sum", "b_load"], "draws": 50, "levels": ["commune"]}
    before = estimate(town.territories, town.observations, town.crosstab, **options)
    town.figure("commune", "35001", {"events_births": 5000}, source="comptages")
    after = estimate(town.territories, town.observations, town.crosstab, **options)
    assert after.equals(before)
    assert not any(name.startswith("events_") for name in VARIABLES)


def test_every_event_has_a_rate_and_every_rate_an_event():
    declared = {name for name in variables() if name.startswith("events_")}
    assert declared == set(load_parameters().cards["procedures"]["events"])
