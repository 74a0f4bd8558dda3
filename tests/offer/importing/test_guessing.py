"""Columns of real lists are understood: names first, then values."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.offer.importing.guessing import guess_mapping
from portrea.offer.importing.mapping import from_dict, label_of
from portrea.offer.importing.naming import candidates

LISTS = yaml.safe_load(
    (Path(__file__).parents[2] / "cases/offer/importing/headers.yaml").read_text("utf-8")
)["lists"]
COLUMNS = [(case, column) for case in LISTS for column in case["columns"]]


def guessed(case):
    columns = list(case["columns"])
    rows = [[str(row.get(column, "")) for column in columns] for row in case["rows"]]
    return guess_mapping(columns, rows, source="essai")


@pytest.mark.parametrize(
    ("case", "column"), COLUMNS, ids=lambda v: v if isinstance(v, str) else v["name"]
)
def test_column(case, column):
    guess = next(g for g in guessed(case).guesses if g.column == column)
    assert guess.target == case["columns"][column], guess
    assert guess.reason
    assert label_of(guess.target)


@pytest.mark.parametrize("case", LISTS, ids=lambda case: case["name"])
def test_a_guess_can_be_saved_and_read_back(case):
    mapping = guessed(case)
    again = from_dict(
        yaml.safe_load(yaml.safe_dump(mapping.to_dict(), allow_unicode=True, sort_keys=False))
    )
    assert again.rules == mapping.rules


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=8, unique=True), st.data())
def test_any_header_gives_a_guess(columns, data):
    row = st.lists(st.text(max_size=20), min_size=len(columns), max_size=len(columns))
    mapping = guess_mapping(columns, data.draw(st.lists(row, max_size=5)))
    assert [guess.column for guess in mapping.guesses] == columns
    assert all(0 <= guess.confidence <= 1 for guess in mapping.guesses)
    for column in columns:
        candidates(column)
