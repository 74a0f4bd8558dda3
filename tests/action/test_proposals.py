"""Proposals and reminders, against cases worked by hand."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.proposals import MOVES, Followed, State, due, facts, move, next_date
from portrea.action.telling import (
    DOUBLE,
    GSM,
    appointment_text,
    deadline_text,
    for_phones,
    segments,
)
from portrea.base.errors import ParameterError

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/action/proposals.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES["steps"])
def test_each_step_worked_by_hand(case: dict[str, Any]) -> None:
    start = Followed(State(case["state"]))
    if "refused" in case:
        with pytest.raises(ParameterError, match=case["refused"]):
            move(start, case["event"], on=case["day"])
        return
    found = move(start, case["event"], on=case["day"])
    assert (str(found.state), found.since) == (case["then"], case["since"])


@pytest.mark.parametrize("case", CASES["due"])
def test_what_time_asks_worked_by_hand(case: dict[str, Any]) -> None:
    followed = Followed(State(case["state"]), case["sent"], case["sent"], case["reminded"])
    assert due(followed, on=case["day"]) == case["event"]


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.booleans())
def test_the_next_date_is_the_first_one_that_asks(sent: date, reminded: bool) -> None:
    followed = move(Followed(), "envoyer", on=sent)
    if reminded:
        followed = move(followed, "relancer", on=sent + timedelta(days=30))
    day = next_date(followed)
    assert day is not None
    assert due(followed, on=day) is not None
    assert due(followed, on=day - timedelta(days=1)) is None


@given(st.sampled_from(State), st.lists(st.sampled_from(["envoyer", "accuser", "changer", "refuser",
       "abandonner", "relancer"]), max_size=8))  # fmt: skip
def test_what_is_over_stays_over(state: State, events: list[str]) -> None:
    followed = Followed(state, sent=date(2026, 1, 1))
    for event in events:
        if event in MOVES.get(followed.state, {}):
            followed = move(followed, event, on=date(2026, 2, 1))
    if state in {State.CHANGED, State.REFUSED}:
        assert followed.state is state
        assert due(followed, on=date(2030, 1, 1)) is None


@pytest.mark.parametrize("case", CASES["drafts"], ids=lambda case: case["name"])
def test_facts_in_sentences_worked_by_hand(case: dict[str, Any]) -> None:
    found = [text.replace("\u00a0", " ").replace("\u202f", " ") for text in facts(case["facts"])]
    assert found == case["sentences"]


@pytest.mark.parametrize("case", CASES["reminders"])
def test_reminders_are_neutral_and_fit_in_one_message(case: dict[str, Any]) -> None:
    told = (
        appointment_text(
            service=case["service"], day=case["day"],
            at=time.fromisoformat(case["time"]), link=case["link"],
        )
        if case["time"]
        else deadline_text(day=case["day"], link=case["link"])
    )  # fmt: skip
    assert told == case["text"]
    assert segments(told) == 1


@pytest.mark.parametrize("case", CASES["gsm"])
def test_signs_that_every_phone_has(case: dict[str, Any]) -> None:
    assert for_phones(case["text"]) == case["written"]


@pytest.mark.parametrize("case", CASES["segments"])
def test_messages_are_counted(case: dict[str, Any]) -> None:
    assert segments(case["text"] * case["times"]) == case["segments"]


@given(st.text(max_size=200))
def test_every_text_goes_through(text: str) -> None:
    assert set(for_phones(text)) <= GSM | DOUBLE
