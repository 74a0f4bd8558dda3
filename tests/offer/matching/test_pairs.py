"""Pairs worked by hand: the guards of the method, and the words of the explanation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from portrea.offer.matching import candidate_pairs, explain, find_duplicates, score_pairs
from portrea.offer.matching.lexicon import load_lexicon
from portrea.vocab.tables import PLACES

CASES = Path(__file__).resolve().parents[2] / "cases/offer/matching/pairs.yaml"
KNOWN: dict[str, Any] = yaml.safe_load(CASES.read_text("utf-8"))
BY_NAME = {case["name"]: case for case in KNOWN["cases"]}


def frame_of(case: dict[str, Any]) -> pl.DataFrame:
    """Return the two cards of a case as a frame of places."""
    kinds = {column.name: column.dtype for column in PLACES.columns}
    rows = [
        {**KNOWN["place"], **case[side], "id": f"{case[side]['source']}--{side}"}
        for side in ("left", "right")
    ]
    return pl.DataFrame(rows, schema={name: kinds[name] for name in _columns(rows)})


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    return sorted({name for row in rows for name in row})


def score_of(case: dict[str, Any]) -> dict[str, Any]:
    pairs = pl.DataFrame(
        {"left": [0], "right": [1]}, schema={"left": pl.UInt32, "right": pl.UInt32}
    )
    return score_pairs(frame_of(case), pairs).row(0, named=True)


@pytest.mark.parametrize("case", KNOWN["cases"], ids=lambda case: case["name"])
def test_decision_of_a_pair(case: dict[str, Any]) -> None:
    found = find_duplicates(frame_of(case))
    merged, asked = found.groups.height == 2, found.queue.height == 1
    decision = "merge" if merged else "ask" if asked else "apart"
    wanted = {"not-merge": {"ask", "apart"}}.get(case["expect"], {case["expect"]})
    assert decision in wanted, score_of(case)


@pytest.mark.parametrize("known", KNOWN["explanations"], ids=lambda known: known["case"])
def test_explanation_says_why(known: dict[str, Any]) -> None:
    told = explain(score_of(BY_NAME[known["case"]]))
    for words in known["says"]:
        assert any(words in line for line in told), told


def test_explanation_adds_up_to_the_probability() -> None:
    row = score_of(KNOWN["cases"][0])
    base = load_lexicon().weights["base"]
    total = base + sum(value for name, value in row.items() if name.startswith("c_"))
    assert row["probability"] == pytest.approx(1 / (1 + 2.718281828459045**-total), abs=1e-6)


def test_every_contribution_has_french_words() -> None:
    lexicon = load_lexicon()
    assert all(lexicon.words[name].strip() for name in lexicon.weights)
    for name, sign in lexicon.signs.items():
        assert lexicon.weights[name] * sign >= 0, name


def test_every_case_is_compared_or_expected_apart() -> None:
    for case in KNOWN["cases"]:
        if case["expect"] == "merge":
            assert candidate_pairs(frame_of(case)).height == 1, case["name"]
