"""Open answers under themes: agreement theme by theme, the draw, codebooks as CSV."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from portrea.base.errors import DataError
from portrea.surveys.coding import (
    Entry,
    agreement_by_theme,
    agreement_of_sets,
    coded_twice,
    proposed,
    read_codebook,
    write_codebook,
)
from portrea.surveys.form import Kind
from portrea.surveys.models import models

WORKED = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/surveys/coding.yaml").read_text("utf-8")
)


def same(found, expected) -> None:
    assert found.alike == pytest.approx(expected["alike"])
    assert found.kappa == (None if expected["kappa"] is None else pytest.approx(expected["kappa"]))
    assert found.word == expected["word"]


@pytest.mark.parametrize("case", WORKED["by_theme"])
def test_agreement_theme_by_theme_as_worked_by_hand(case):
    same(agreement_of_sets(case["first"], case["second"]), case["whole"])
    each = agreement_by_theme(case["first"], case["second"], case["themes"])
    assert list(each) == case["themes"]
    for theme, expected in case["each"].items():
        same(each[theme], expected)


@pytest.mark.parametrize("case", WORKED["draw"])
def test_the_share_coded_twice_is_drawn_once(case):
    def drawn(numbers):
        told = {"seed": case["seed"], "percent": case["percent"]}
        return {number for number in numbers if coded_twice(f"r{number}", **told)}

    first = drawn(range(case["of"]))
    assert case["low"] <= len(first) <= case["high"]
    assert {n for n in drawn(range(2 * case["of"])) if n < case["of"]} == first


@pytest.mark.parametrize("case", WORKED["codebooks"])
def test_a_codebook_is_read_and_written_the_same(case):
    found = read_codebook(case["csv"])
    assert found == tuple(Entry(**one) for one in case["themes"])
    assert read_codebook(write_codebook(found)) == found


@pytest.mark.parametrize("case", WORKED["refused"], ids=lambda case: case["why"])
def test_what_is_no_codebook_is_said(case):
    with pytest.raises(DataError, match=f"(?i){case['why']}"):
        read_codebook(case["csv"])


def test_no_text_is_a_formula_in_a_spreadsheet():
    written = write_codebook([Entry("a", "=1+1", example="@cmd")])
    assert "'=1+1" in written
    assert "'@cmd" in written


def test_a_codebook_is_proposed_for_open_questions_only():
    """Each proposal is for a question that exists, is open, and its codes are read again."""
    found = 0
    for name, model in models().items():
        for question in model.form.questions():
            themes = proposed(name, question.name)
            assert not themes or question.kind is Kind.TEXT
            assert not themes or read_codebook(write_codebook(themes)) == themes
            found += bool(themes)
    assert found >= 8
