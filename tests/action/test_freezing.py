"""Facts frozen and measured: cases worked by hand, and nothing small whatever the data."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.action.difficulties import DIFFICULTIES
from portrea.action.freezing import frozen, measured
from portrea.base.errors import ParameterError
from portrea.stats.disclosure import rule

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/action/pleas.yaml").read_text("utf-8"))
LEAST = int(rule("threshold"))


def table(rows: list[Any]) -> pl.DataFrame:
    told = [
        {"situation": f"{line}-{rank}", "procedure": "p", "code": code, "place": place, "day": day}
        for line, (code, place, day, times) in enumerate(rows)
        for rank in range(times)
    ]
    return pl.DataFrame(told, schema=DIFFICULTIES.schema)


@pytest.mark.parametrize("case", CASES["frozen"], ids=lambda case: case["name"])
def test_facts_frozen_worked_by_hand(case: dict[str, Any]) -> None:
    told = table(case["difficulties"]), "p", "comprendre"
    named = {"last": case["last"], "earlier": case["earlier"]}
    if "refused" in case:
        with pytest.raises(ParameterError, match=case["refused"]):
            frozen(*told, **named)
        return
    found = frozen(*told, **named)
    assert {name: found[name] for name in case["facts"]} == case["facts"]
    assert found["sentences"]


@pytest.mark.parametrize("case", CASES["measured"])
def test_what_is_measured_worked_by_hand(case: dict[str, Any]) -> None:
    found = measured(
        {"situations": case["before"], "days": case["days"]},
        after=case["after"], places=case["places"], days=case["after_days"], past=case["past"],
    )  # fmt: skip
    assert (found["saying"], found["after"]) == (case["saying"], case["told"])
    ratio = case["ratio"]
    assert found["ratio"] == (ratio if ratio is None else pytest.approx(ratio, abs=1e-3))


DAY = st.dates(date(2026, 1, 1), date(2026, 6, 30))
TOLD = st.lists(
    st.tuples(st.sampled_from(["panne", "langue"]), st.sampled_from("ABC"), DAY,
              st.integers(1, 9)), max_size=8)  # fmt: skip


@given(st.lists(TOLD, min_size=1, max_size=6))
def test_nothing_small_is_published_whatever_comes_in_turn(batches: list[list[Any]]) -> None:
    """Several proposals written one after another, while difficulties keep coming."""
    seen: list[Any] = []
    out: list[dict[str, Any]] = []
    for batch in batches:
        seen += batch
        for code in ("panne", "langue"):
            try:
                out.append(frozen(table(seen), "p", code, last=date(2026, 7, 1), earlier=out))
            except ParameterError:
                continue
    for code in ("panne", "langue"):
        small_gaps([one["situations"] for one in out if one["code"] == code])
        told = [one for one in out if one["of"] is not None]
        small_gaps([one["of"] for one in told])
        left = [one["of"] - one["situations"] for one in told if one["code"] == code]
        small_gaps([one for one in left if one])
    assert all(one["places"] >= 2 for one in out)


def small_gaps(counts: list[int]) -> None:
    gaps = {abs(one - other) for one in counts for other in counts} - {0}
    assert min([*counts, *gaps], default=LEAST) >= LEAST


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=8))
def test_counts_measured_again_never_tell_a_small_one(times: list[tuple[int, int]]) -> None:
    facts, past = {"situations": 40, "days": 121}, []
    told: list[int] = []
    for rank, (after, places) in enumerate(times):
        found = measured(facts, after=after, places=places, days=30 + rank, past=past)
        past = found["past"]
        told += [] if found["after"] is None else [found["after"]]
        assert (found["ratio"] is None) or (found["after"] is not None)
    small_gaps([one for one in told if one])
