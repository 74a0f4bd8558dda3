"""What a free text tells of somebody: found, replaced, and nothing else."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.surveys.privacy import findings, scrubbed

WORKED = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/surveys/privacy.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", WORKED["found"], ids=lambda case: case["text"])
def test_what_tells_of_somebody_is_found_and_replaced(case):
    assert [one.kind for one in findings(case["text"])] == case["kinds"]
    assert scrubbed(case["text"]) == case["clean"]


@pytest.mark.parametrize("text", WORKED["nothing"])
def test_ordinary_words_are_left_alone(text):
    assert findings(text) == ()
    assert scrubbed(text) == text


@given(st.text(max_size=300))
def test_any_text_is_read_and_once_is_enough(text):
    once = scrubbed(text)
    spans = [(one.start, one.end) for one in findings(text)]
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert not [one for one in findings(once) if one.kind in {"telephone", "courriel", "nir"}]


def test_a_long_text_is_read_at_once():
    findings("a" * 10_000 + "@" + "b." * 5_000)
    findings("1 " * 10_000)
