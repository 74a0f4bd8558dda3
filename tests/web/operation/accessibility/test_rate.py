"""The rate of an audit, against cases worked by hand; the criteria name tests that exist."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.web.operation.accessibility.criteria import criteria, sample, themes
from portrea.web.operation.accessibility.rate import WHOLLY, rate_of

TESTS = Path(__file__).parents[3]
CASES = yaml.safe_load((TESTS / "cases/operation/accessibility_rate.yaml").read_text("utf-8"))
THEMES = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)
"""Criteria of each theme (reference/standards.md, 6.2)."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_by_hand(case: dict[str, Any]) -> None:
    found = rate_of(case["criteria"])
    expected = case["expect"]
    told = {"complete": found.complete, "rate": found.percent, "etat": found.state}
    told |= {"missing": found.missing, "failed": list(found.failed)}
    told |= {"respected": found.respected, "applicable": found.applicable}
    assert {name: told[name] for name in expected} == expected


VERDICTS = st.dictionaries(
    st.sampled_from(list(criteria())),
    st.lists(st.sampled_from(["C", "NC", "NA"]), min_size=3, max_size=3),
    min_size=1,
)


@given(VERDICTS, st.integers(0, 2))
def test_a_failing_page_never_makes_it_better(given_: dict[str, list[str]], rank: int) -> None:
    before = rate_of(given_)
    name = next(iter(given_))
    worse = {**given_, name: [*given_[name][:rank], "NC", *given_[name][rank + 1 :]]}
    after = rate_of(worse)
    assert name in after.failed
    assert after.respected <= before.respected
    assert after.state != WHOLLY


def test_every_criterion_of_the_referentiel_is_there() -> None:
    assert len(criteria()) == 106
    assert tuple(len(ones) for _name, ones in themes().values()) == THEMES
    assert sum(one.tests for one in criteria().values()) == 258


def test_the_tests_named_exist() -> None:
    for one in criteria().values():
        for told in one.own:
            path, _sep, name = told.partition("::")
            tree = ast.parse((TESTS.parent / path).read_text("utf-8"))
            names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert name in names, f"{one.number}: {told}"


def test_the_sample_has_what_the_referentiel_asks() -> None:
    pages = sample(7)
    kinds = Counter(page.kind for page in pages)
    assert kinds["document"] >= 3
    assert kinds["obligatoire"] >= 6
    chosen = len(pages) - kinds["tirée au sort"]
    assert kinds["tirée au sort"] * 10 >= chosen
    assert len({page.name for page in pages}) == len(pages)
    assert sample(7) == pages
    assert any(sample(7) != sample(seed) for seed in range(8, 20))
