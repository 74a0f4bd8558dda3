"""Who answered beside the census, gaps between groups: as worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.stats.disclosure import rule
from portrea.surveys.contrast import Side, contrast_words
from portrea.surveys.designs import Design
from portrea.surveys.estimates import Sample, share
from portrea.surveys.form import Kind
from portrea.surveys.models import models
from portrea.surveys.profile import compared, compared_places
from portrea.surveys.themes import in_order, themes

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/voices.yaml").read_text("utf-8")
)
SAME = {"compared": compared, "places": compared_places}


@pytest.mark.parametrize(
    ("kind", "case"),
    [pytest.param(kind, case, id=case["name"]) for kind in SAME for case in CASES[kind]],
)
def test_beside_the_census_as_worked_by_hand(kind: str, case: dict[str, Any]) -> None:
    found = SAME[kind](case["counts"], case["margin"])
    assert [one.group for one in found] == [row[0] for row in case["expected"]]
    for line, (_group, answers, part, people) in zip(found, case["expected"], strict=True):
        assert line.answers == answers
        assert line.share == (part if part is None else pytest.approx(part, abs=1e-4))
        assert line.people == pytest.approx(people)


@pytest.mark.parametrize("case", CASES["contrast"], ids=lambda case: case["name"])
def test_a_gap_is_said_only_when_it_holds(case: dict[str, Any]) -> None:
    sides = []
    for label, (yes, base) in case["groups"].items():
        sample = Sample.of(base, design=Design(case["design"]))
        sides.append(Side(label, yes, share(np.arange(base) < yes, sample)))
    found = contrast_words(sides, "renoncent").replace("\u202f", " ")
    assert found == case["says"]


COUNTS = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 40), min_size=2)


@given(COUNTS)
def test_what_is_shown_never_gives_a_small_count_back(counts: dict[str, int]) -> None:
    least = rule("threshold")
    margin = dict.fromkeys(counts, 10.0)
    lines = compared(counts, margin)
    assert all(one.answers is None or not 0 < one.answers < least for one in lines)
    hidden = [counts[one.group] for one in lines if one.answers is None]
    assert not hidden or (len(hidden) > 1 and sum(hidden) >= least) or all(
        one.answers in (None, 0) for one in lines
    )  # fmt: skip
    places = compared_places(counts, margin)
    assert sum(one.answers or 0 for one in places) in (0, sum(counts.values()))
    assert all(one.answers is not None for one in places)


def test_a_portrait_tells_questions_that_exist_with_choices_that_exist() -> None:
    assert set(in_order()) == set(models()) - {"acteurs"}
    for name, model in models().items():
        asked = {one.name: one for one in model.form.questions()}
        said = themes(name)
        known = {one.question for one in said.told} | set(dict(said.profile)) | set(said.census)
        assert known <= set(asked), name
        assert not said.by or said.by in asked
        for one in said.told:
            listed = {c.name for c in model.form.lists.get(asked[one.question].choices, ())}
            assert set(one.together) <= listed, one.question
            assert bool(one.together) == bool(one.named)
            assert not one.together or asked[one.question].kind is Kind.ONE
