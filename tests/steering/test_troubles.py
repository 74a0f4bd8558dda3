"""Difficulties and proposals of a public portrait, against cases worked by hand."""

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
from portrea.steering.troubles import Letter, answers, seen, told

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/difficulties.yaml").read_text("utf-8")
)
FIRST, LAST = date(2025, 11, 1), date(2026, 10, 31)


@pytest.mark.parametrize("case", CASES["rounded"], ids=lambda case: str(case["count"]))
def test_a_count_that_is_told_worked_by_hand(case: dict[str, Any]) -> None:
    assert told(case["count"]) == case["shown"]
    assert told(case["count"], 1) is None


def groups() -> tuple[pl.DataFrame, dict[str, int]]:
    """The situations of the case, each one day and one place."""
    rows, severities = [], {}
    for procedure, code, many, places, severity in CASES["seen"]["groups"]:
        for rank in range(many):
            name = f"{procedure}{code}{rank}"
            severities[name] = severity
            place = f"{procedure}{code}{rank % places}"
            rows.append((name, procedure, code, place, date(2026, 3, 1)))
    return pl.DataFrame(rows, schema=DIFFICULTIES.schema, orient="row"), severities


def test_what_was_seen_worked_by_hand() -> None:
    case = CASES["seen"]
    table, severities = groups()
    procedures = {key: (name, body) for key, (name, body) in case["procedures"].items()}
    found = seen(table, procedures, severities, first=FIRST, last=LAST)
    assert found.total == case["total"]
    assert [
        {"procedure": one.procedure, "body": one.body, "shown": one.situations,
         "low": round(one.low, 1), "high": round(one.high, 1), "places": one.places}
        for one in found.blocked
    ] == case["blocked"]  # fmt: skip
    assert dict(found.bodies) == case["bodies"]
    assert dict(found.codes) == case["codes"]
    assert dict(found.severities) == case["severities"]
    before = seen(table, procedures, severities, first=FIRST, last=date(2026, 2, 28))
    assert (before.total, before.blocked) == (None, ())


@pytest.mark.parametrize("case", CASES["answers"])
def test_answers_worked_by_hand(case: dict[str, Any]) -> None:
    letters = [
        Letter(date.fromisoformat(sent), date.fromisoformat(back) if back else None)
        for sent, back in zip(case["sent"], case["answered"], strict=True)
    ]
    found = answers(letters, on=date(2026, 11, 23))
    assert (found.waiting, found.late, found.median) == (
        case["waiting"], case["late"], case["median"],
    )  # fmt: skip
    assert answers([], on=date(2026, 11, 23)).median is None


@given(st.integers(0, 400), st.integers(0, 400))
def test_two_counts_never_tell_a_small_one(whole: int, part: int) -> None:
    """A part inside a whole: their difference may always be nought, or be no fewer than five."""
    part = min(whole, part)
    shown, inside = told(whole), told(part)
    if shown is None or inside is None:
        return
    assert shown >= inside
    assert shown % 5 == inside % 5 == 0
    apart = shown - inside
    assert apart - 4 <= whole - part <= apart + 4
