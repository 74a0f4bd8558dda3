"""Freshness, campaigns and what to mend, on hand-worked cases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.offer import freshness
from portrea.offer.content import from_dict
from portrea.offer.freshness import AskState, Step, Tier

PATH = Path(__file__).parents[1] / "cases/offer/freshness.yaml"
CASES = yaml.safe_load(PATH.read_text("utf-8"))
DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2027, 12, 31))


@pytest.mark.parametrize("case", CASES["tiers"], ids=str)
def test_tiers(case):
    found = freshness.freshness_of(
        confirmed=case.get("confirmed"),
        updated=case.get("updated"),
        on=case["day"],
        update_months=case.get("update_months"),
    )
    assert found.tier == case["tier"]
    if "said" in case:
        assert found.sentence.replace("\u202f", " ") == case["said"]


CARDS = st.tuples(st.none() | DAYS, st.none() | st.integers(1, 36))


@given(cards=st.lists(CARDS, min_size=1, max_size=20), on=DAYS)
def test_the_table_says_what_one_card_says(cards, on):
    schema = {"updated": pl.Date, "update_months": pl.Int64}
    table = pl.DataFrame(cards, schema=schema, orient="row")
    expected = [str(freshness.tier(told, on=on, update_months=months)) for told, months in cards]
    assert freshness.tiers(table, on=on).to_list() == expected
    usual = [str(freshness.tier(told, on=on)) for told, _ in cards]
    assert freshness.tiers(table.select("updated"), on=on).to_list() == usual


@given(told=DAYS, on=DAYS, later=st.integers(0, 900), period=st.none() | st.integers(1, 36))
def test_a_card_never_grows_younger(told, on, later, period):
    if told > on:
        return
    before = freshness.tier(told, on=on, update_months=period).penalty
    after = freshness.tier(told, on=on + dt.timedelta(days=later), update_months=period).penalty
    assert after >= before


def test_penalties_and_labels():
    assert {str(tier): tier.penalty for tier in Tier} == CASES["penalties"]
    assert [tier.label for tier in Tier] == [
        "à jour",
        "à confirmer bientôt",
        "à confirmer",
        "ancien",
    ]
    assert all(state.label for state in AskState)


@pytest.mark.parametrize("case", CASES["due"], ids=str)
def test_who_is_asked(case):
    assert freshness.is_due(Tier(case["tier"]), AskState(case["state"])) is case["due"]


@pytest.mark.parametrize("case", CASES["campaign"], ids=str)
def test_campaign(case):
    on = dt.date(2026, 11, 22)
    step = Step(AskState(case["from"]), dt.date(2026, 11, 1))
    if case["to"] is None:
        with pytest.raises(ParameterError, match="n’est pas possible"):
            freshness.advance(step, case["event"], on=on)
    else:
        assert freshness.advance(step, case["event"], on=on) == Step(AskState(case["to"]), on)


@pytest.mark.parametrize("case", CASES["calendar_of_a_campaign"], ids=str)
def test_reminders(case):
    step = Step(AskState(case["state"]), case["since"])
    assert freshness.next_event(step, on=case["day"]) == case["next"]


def test_nobody_is_asked_after_a_refusal():
    step = freshness.advance(Step(), "opt_out", on=dt.date(2026, 1, 1))
    for event in freshness._EVENTS:
        with pytest.raises(ParameterError):
            freshness.advance(step, event, on=dt.date(2026, 1, 2))


def place_of(told):
    return from_dict({"id": "x--1", **told})


@pytest.mark.parametrize("case", CASES["mending"], ids=lambda case: case["place"]["name"])
def test_what_to_mend_first(case):
    found = freshness.mendings(place_of(case["place"]))
    assert [one.path for one in found][: len(case["first"])] == case["first"]
    assert not {one.path for one in found} & set(case.get("not_missing", ()))
    assert all(one.words and one.weight > 0 for one in found)
    assert 0 <= freshness.weighted_completeness(place_of(case["place"])) < 1


def test_the_least_sure_service_tells_of_the_place_and_the_oldest_are_asked_first():
    service = {"block": "aide", "key": "aide", "confirmed": "2026-10-01"}
    monthly = {
        "block": "formation",
        "key": "formation",
        "confirmed": "2026-08-01",
        "update_months": 1,
    }
    on = dt.date(2026, 11, 22)
    sure = place_of({"id": "a--1", "name": "A", "services": [service]})
    mixed = place_of({"id": "b--1", "name": "B", "services": [service, monthly]})
    undated = place_of({"id": "c--1", "name": "C"})
    # 1 August + 3 months = 1 November: old on 22 November
    assert freshness.freshness_of_place(mixed, on=on).tier is Tier.OLD
    asked = [place.name for place, _ in freshness.due_places([undated, sure, mixed], on=on)]
    assert asked == ["B", "C"]
