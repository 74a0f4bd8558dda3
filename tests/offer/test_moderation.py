"""The state machine of contributions, against cases written before it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import DataError
from portrea.offer.moderation import (
    Kind,
    Standing,
    State,
    Verdict,
    decide,
    goes_back,
    reasons,
    reasons_for,
    review,
)

CASES = yaml.safe_load(
    (Path(__file__).resolve().parents[1] / "cases/offer/moderation.yaml").read_text("utf-8")
)


def said(case: dict[str, Any]) -> str:
    return str(case["say"])


@pytest.mark.parametrize("case", CASES["decisions"], ids=said)
def test_decisions(case: dict[str, Any]) -> None:
    asked = (Kind(case["kind"]), State(case["state"]), Verdict(case["verdict"]))
    told = {name: case[name] for name in ("paths", "kept", "reason", "note") if name in case}
    if "error" in case:
        with pytest.raises(DataError, match=case["error"]):
            decide(*asked, **told)
        return
    outcome = decide(*asked, **told)
    assert (outcome.state, list(outcome.taken)) == (case["gives"], case["taken"])


@pytest.mark.parametrize("case", CASES["reviews"], ids=said)
def test_reviews(case: dict[str, Any]) -> None:
    content = {"phone": case["now"]} if case["now"] else {}
    (found,) = review({"phone": case["proposed"]}, {"phone": case["seen"]}, content)
    assert found.standing == Standing(case["standing"])
    assert (found.label, found.critical) == ("Téléphone", True)


@pytest.mark.parametrize("case", CASES["undoings"], ids=said)
def test_undoings(case: dict[str, Any]) -> None:
    assert goes_back(case["before"], case["accepted"], case["now"]) is case["back"]


def test_every_kind_has_a_sentence_for_every_outcome() -> None:
    for kind in Kind:
        assert kind.label
        assert len(reasons_for(kind)) >= 4
    assert all(state.label for state in State)
    assert [code for code, reason in reasons().items() if reason.words] == ["other"]


@given(
    st.sampled_from(list(Kind)),
    st.lists(st.sampled_from(["name", "phone", "hours"]), unique=True),
    st.data(),
)
def test_what_is_accepted_was_proposed_and_undo_gives_the_queue_back(
    kind: Kind, paths: list[str], data: st.DataObject
) -> None:
    kept = data.draw(st.lists(st.sampled_from(paths), unique=True)) if paths else []
    try:
        outcome = decide(kind, State.WAITING, Verdict.ACCEPT, paths=paths, kept=kept)
    except DataError:
        return
    assert set(outcome.taken) == set(kept)
    assert outcome.state is (State.PARTLY if len(kept) < len(paths) else State.ACCEPTED)
    assert decide(kind, outcome.state, Verdict.UNDO, paths=paths).state is State.WAITING
    with pytest.raises(DataError, match="déjà"):
        decide(kind, outcome.state, Verdict.REFUSE, paths=paths, reason="false")
