"""Demands left without an answer: why, and what may be shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.offer.orientation.unmet import parameters, reason_of, reasons, shown_parts
from portrea.stats.suppression import attack

CASES = Path(__file__).resolve().parents[2] / "cases/offer/orientation/sans-reponse.yaml"
TOLD: dict[str, Any] = yaml.safe_load(CASES.read_text("utf-8"))


@pytest.mark.parametrize("case", TOLD["groups"], ids=lambda c: str(c["parts"]))
def test_shown(case: dict[str, Any]) -> None:
    assert sorted(shown_parts(case["parts"])) == case["shown"]


@pytest.mark.parametrize("case", TOLD["answers"], ids=str)
def test_why(case: dict[str, Any]) -> None:
    found = reason_of(
        total=case["total"], near=case["near"], days=case["days"], left_out=case["left_out"]
    )
    assert found == case["reason"]


@given(st.lists(st.integers(0, 12), min_size=1, max_size=6))
def test_nobody_finds_a_small_count_by_subtraction(counts: list[int]) -> None:
    """The house’s own attacker, who knows the total and every shown part."""
    parts = {f"p{rank}": count for rank, count in enumerate(counts)}
    total = sum(counts)
    shown = set(shown_parts(parts))
    zones = [(name, name) for name in parts] + [("total", name) for name in parts]
    tables = (
        pl.DataFrame(zones, schema=["zone", "atom"], orient="row"),
        pl.DataFrame({"atom": list(parts), "persons": list(parts.values())}),
    )
    known = shown | ({"total"} if total == 0 or total >= 5 else set())
    bounds = attack(*tables, known)
    for name, count in parts.items():
        if 0 < count < 5:
            low, high = bounds[name]
            assert name not in shown
            assert high - low >= 5


def test_every_reason_has_words() -> None:
    assert all(reason.label for reason in reasons().values())
    assert {reason.said for reason in reasons().values()} - {None}
    assert parameters()["ouverture"]["value"] == 7
