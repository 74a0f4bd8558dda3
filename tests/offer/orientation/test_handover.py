"""Handovers: states, reminders and words, on hand-worked cases."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.offer.orientation.handover import (
    KINDS,
    Event,
    State,
    advance,
    follow,
    parameters,
    possible,
    questions,
    read_words,
    reasons,
)
from portrea.offer.orientation.unmet import reasons as demands

CASES = Path(__file__).resolve().parents[2] / "cases/offer/orientation/transmission.yaml"
TOLD: dict[str, Any] = yaml.safe_load(CASES.read_text("utf-8"))
SENT, EXPIRES = date(2026, 12, 1), date(2026, 12, 15)
REASON = {Event.REFUSE: "no_place", Event.ASK: "when"}


@pytest.mark.parametrize("case", TOLD["transitions"], ids=lambda c: f"{c['from']}-{c['event']}")
def test_transition(case: dict[str, Any]) -> None:
    state, event = State(case["from"]), Event(case["event"])
    assert possible(state, event) == (case["to"] is not None)
    if case["to"] is None:
        with pytest.raises(DataError, match=state.label):
            advance(state, event, reason=REASON.get(event, ""))
    else:
        assert advance(state, event, reason=REASON.get(event, "")) == case["to"]


@pytest.mark.parametrize("case", TOLD["follow"], ids=lambda c: f"{c['day']}-{c['reminders']}")
def test_follow(case: dict[str, Any]) -> None:
    found = follow(
        State(case["state"]),
        sent=SENT,
        expires=EXPIRES,
        reminders=case["reminders"],
        on=case["day"],
    )
    assert found == case["then"]


@pytest.mark.parametrize("case", TOLD["texts"], ids=lambda c: c["given"][:30])
def test_words(case: dict[str, Any]) -> None:
    found = read_words(case["given"])
    assert found.kept == case["kept"]
    assert list(found.taken) == case["taken"]
    assert list(found.doubts) == case["doubts"]


@given(st.text(max_size=80))
def test_words_are_read_once(text: str) -> None:
    once = read_words(text)
    assert read_words(once.kept).kept == once.kept
    assert set(once.taken) <= set(KINDS)


@pytest.mark.parametrize("event", [Event.REFUSE, Event.ASK])
def test_a_reason_is_chosen_and_other_is_told(event: Event) -> None:
    for reason in ("", "nothing"):
        with pytest.raises(DataError, match="Choisissez"):
            advance(State.WAITING, event, reason=reason)
    with pytest.raises(DataError, match="quelques mots"):
        advance(State.WAITING, event, reason="other", words="  ")
    assert advance(State.WAITING, event, reason="other", words="trop tard").label


def test_the_file_holds_together() -> None:
    told = {reason.demand for reason in reasons().values()} - {None}
    assert told <= set(demands())
    assert len(questions()) >= 3
    assert parameters()["validite"]["defaut"] in parameters()["validite"]["choix"]
    assert sorted(parameters()["rappels"]["apres"]) == parameters()["rappels"]["apres"]


def test_ended_and_open() -> None:
    assert [state for state in State if state.open] == [State.WAITING, State.QUESTION]
    assert not any(possible(state, event) for state in State if state.ended for event in Event)
