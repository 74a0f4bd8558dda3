"""Steps told to a person, against words written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from portrea.action.deadline_rules import deadline_rules
from portrea.action.deadlines import Step
from portrea.action.step_words import groups, notes_of, say_when

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/action/step_words.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_step_as_said_by_hand(case) -> None:
    told = {"opens": None, "closes": None} | case["step"]
    rule = deadline_rules()[told.pop("rule")]
    step = Step(rule, **{**told, "covers": tuple(told.get("covers", ()))})
    plain = say_when(step).replace("\u202f", " ").replace("\u00a0", " ")
    assert plain == case["when"]
    assert [note.replace("\u202f", " ") for note in notes_of(step)] == case["notes"]


def test_every_rule_is_asked_once() -> None:
    asked = [name for _label, rules in groups() for name in rules]
    assert sorted(asked) == sorted(deadline_rules())
