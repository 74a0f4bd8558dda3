"""Tallies of activity: counted by hand, additive, small cells never found again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.tallies import PARTITIONS, added, hidden, packed, tally
from portrea.stats.disclosure import rule

CASES = yaml.safe_load(
    (Path(__file__).resolve().parents[1] / "cases/action/tallies.yaml").read_text("utf-8")
)
LEAST = int(rule("threshold"))
COUNTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 40), max_size=8)


def nested(records: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (name, value), number in tally(records).items():
        found.setdefault(name, {})[value] = number
    return found


@pytest.mark.parametrize("case", CASES["tallies"], ids=lambda case: case["name"])
def test_counts_made_by_hand(case: dict[str, Any]) -> None:
    assert nested(case["records"]) == case["counts"]


@pytest.mark.parametrize("case", CASES["tallies"], ids=lambda case: case["name"])
def test_partitions_add_up(case: dict[str, Any]) -> None:
    found = nested(case["records"])
    for name in PARTITIONS:
        of = "people" if name in {"age", "status", "gender"} else "records"
        assert sum(found[name].values()) == found["total"][of], name


@pytest.mark.parametrize("case", CASES["hidden"], ids=lambda case: case["name"])
def test_small_cells_hidden_by_hand(case: dict[str, Any]) -> None:
    assert hidden(case["counts"], whole=case["whole"]) == case["shown"]


@given(st.lists(st.dictionaries(st.integers(0, 5_000), st.integers(0, 2**31 - 1)), max_size=6))
def test_packed_counts_are_added(parts: list[dict[int, int]]) -> None:
    sums: dict[int, int] = {}
    for part in parts:
        for number, count in part.items():
            sums[number] = sums.get(number, 0) + count
    assert added(map(packed, parts)) == {number: count for number, count in sums.items() if count}


@given(COUNTS)
def test_what_is_hidden_of_a_whole_cannot_be_found(counts: dict[str, int]) -> None:
    shown = hidden(counts, whole=True)
    away = [name for name, count in shown.items() if count is None]
    assert all(count is None or count == 0 or count >= LEAST for count in shown.values())
    assert all(shown[name] in (None, counts[name]) for name in counts)
    if away and len([count for count in counts.values() if count]) > 1:
        assert len(away) > 1
    if sum(counts.values()) >= LEAST and away:
        assert sum(counts[name] for name in away) >= LEAST
