"""Periods and small counts of the indicators, against cases worked by hand and against attacks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from portrea.base.errors import ParameterError
from portrea.steering.gathering import ONLY, REST, Counts, open_rows
from portrea.steering.periods import Period, last_whole, month_of, offered, period_of, usual

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/steering/indicators.yaml").read_text("utf-8")
)
LEAST, YEAR = 5, 2025 * 12


def of(first: str, last: str) -> Period:
    return Period(month_of(first), month_of(last))


def counts_of(months: dict[str, dict[str, int]], today: date, *, whole: bool = True) -> Counts:
    cells = {
        name: {(ONLY, month_of(month)): number for month, number in told.items()}
        for name, told in months.items()
    }
    return Counts(cells, last_whole(today), whole)


@pytest.mark.parametrize("case", CASES["blocks"], ids=lambda case: case["name"])
def test_blocks_worked_by_hand(case: dict[str, Any]) -> None:
    counts = counts_of({"a": case["totals"]}, date.fromisoformat(f"{case['now']}-23"))
    assert [one.code for one in counts.blocks(case["year"])] == case["blocks"]


@pytest.mark.parametrize("case", CASES["before"], ids=lambda case: case["name"])
def test_periods_to_compare_with_worked_by_hand(case: dict[str, Any]) -> None:
    period = of(case["first"], case["last"])
    assert period.former == of(*case["former"])
    assert period.year_ago == of(*case["year_ago"])


@pytest.mark.parametrize("case", CASES["open"], ids=lambda case: case["name"])
def test_lines_shown_worked_by_hand(case: dict[str, Any]) -> None:
    found = open_rows(case["rows"], among=case.get("among"), whole=case.get("whole", True))
    assert (None if found is None else sorted(found)) == case["shown"]


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ({"a": [1], "b": [10], "c": [20]}, ["c"]),  # one person alone is hidden, and not found by 1
        ({"a": [1], "b": [4], "c": [20]}, ["c"]),  # 1 + 4 = 5: enough
        ({"a": [1], "b": [3], "c": [20]}, []),  # 1 + 3 = 4: the whole is gathered
        ({"a": [1, 5], "b": [10, 1], "c": [20, 9], "d": [9, 30]}, ["c", "d"]),
        ({"a": [1, 0], "b": [10, 9], "c": [30, 9]}, ["c"]),  # gathered: 11 and 9
    ],
)
def test_a_single_person_is_hidden(rows: dict[str, list[int]], shown: list[str]) -> None:
    found = open_rows(rows)
    assert found is not None
    assert sorted(found) == shown
    assert open_rows({"a": [1], "b": [10]}, whole=False) == {"b"}


def test_a_quarter_with_one_person_waits_for_the_next() -> None:
    counts = counts_of({"a": {"2025-02": 1, "2025-05": 9}}, date(2026, 1, 15))
    assert [one.code for one in counts.blocks(2025)] == ["2025-01_2025-06", "2025-T3", "2025-T4"]
    assert [one.code for one in counts.blocks(2026)] == []
    assert counts.blocks_of(of("2025-01", "2025-12")) == list(counts.blocks(2025))
    assert counts.blocks_of(of("2025-04", "2025-06")) is None


def test_a_line_hidden_without_columns_is_hidden_with_them() -> None:
    """Without columns: a (4) and b (6) are gathered, 10. With them c is hidden too, for its 2: b
    could then be shown beside a + c, and 10 − 6 would tell a. It is not."""
    month = month_of("2025-01")
    cells = {
        "a": {("x", month): 0, ("y", month): 4},
        "b": {("x", month): 6, ("y", month): 0},
        "c": {("x", month): 50, ("y", month): 2},
        "d": {("x", month): 100, ("y", month): 100},
    }
    quarter = Period(month, month + 2)
    counts = Counts(cells, month + 11)
    assert counts.opened(quarter) == ({"d"}, {"x", "y"})
    shown = counts.shown(quarter)
    assert shown is not None
    assert (shown.rows, shown.rest) == ({"d": (100, 100)}, (56, 6))
    assert shown.hidden == {"a", "b", "c"}
    apart = Counts(cells, month + 11, whole=False)  # lines that make no total hide for themselves
    assert apart.opened(quarter)[0] == {"b", "d"}
    few = {name: cells[name] for name in "ab"}
    assert Counts(few, month + 11, whole=False).opened(quarter)[0] == {"b"}
    assert Counts(few, month + 11).opened(quarter)[0] == frozenset()


@pytest.mark.parametrize("case", CASES["table"], ids=lambda case: case["name"])
def test_tables_worked_by_hand(case: dict[str, Any]) -> None:
    counts = counts_of(case["months"], case["today"], whole=case.get("whole", True))
    found = counts.shown(of(*case["asked"]))
    if case["rows"] is None:
        assert found is None
        return
    assert found is not None
    assert {name: numbers[0] for name, numbers in found.rows.items()} == case["rows"]
    assert found.rest == (None if case["rest"] is None else (case["rest"],))


@pytest.mark.parametrize("case", CASES["pivot"], ids=lambda case: case["name"])
def test_crossed_tables_worked_by_hand(case: dict[str, Any]) -> None:
    year = month_of("2025-01")
    cells = {
        name: {(column, year): number for column, number in told.items()}
        for name, told in case["rows"].items()
    }
    found = Counts(cells, last_whole(date(2026, 11, 23))).shown(Period(year, year + 11))
    assert found is not None
    columns = [REST if one == "..." else one for one in case.get("columns", found.columns)]
    assert list(found.columns) == columns
    order = list(next(iter(case["rows"].values()))) if "columns" not in case else columns
    place = [found.columns.index(one) for one in order]
    assert {k: [v[i] for i in place] for k, v in found.rows.items()} == case["shown"]
    assert found.rest is not None
    assert [found.rest[i] for i in place] == case["rest"]
    assert [found.total[i] for i in place] == case["total"]


def test_what_is_offered_is_over() -> None:
    whole = last_whole(date(2026, 11, 23))
    for code in offered(whole):
        assert period_of(code, whole).last <= whole
    assert str(usual(whole)) == "octobre 2025 à septembre 2026"
    assert (str(period_of("2026-T3", whole)), str(period_of("2025", whole))) == (
        "3e trimestre 2026", "2025",
    )  # fmt: skip
    assert period_of("2025-T3_2026-T2", whole).length == 12
    assert period_of("2025-01_2025-06", whole) == period_of("2025-T1_2025-T2", whole)
    wrong = ("2026", "2026-08", "2026-T4", "2025-13", "n’importe", "2026-T2_2025-T3",
             "2025-03_2026-02")  # fmt: skip
    for code in wrong:
        with pytest.raises(ParameterError):
            period_of(code, whole)


lines = st.lists(st.lists(st.integers(0, 9), min_size=6, max_size=6), min_size=1, max_size=4)


@given(lines, st.integers(2, 3))
def test_a_table_by_territory_keeps_its_totals(told: list[list[int]], width: int) -> None:
    """Columns add up to what is told without columns, and no cell is small."""
    cells = {
        f"l{i}": {(f"c{place % width}", YEAR + place // 2): n for place, n in enumerate(row)}
        for i, row in enumerate(told)
    }
    counts, alone = Counts(cells, YEAR + 11), Counts(_without_columns(cells), YEAR + 11)
    period = Period(YEAR, YEAR + 11)
    found, lone = counts.shown(period), alone.shown(period)
    if found is None or lone is None:
        assert found is lone
        return
    table = [*found.rows.values(), *([found.rest] if found.rest else [])]
    assert not any(0 < n < LEAST for numbers in table for n in numbers)
    every = sum(n for line in cells.values() for n in line.values())
    assert sum(map(sum, table)) == every == sum(found.total)
    for name, numbers in found.rows.items():
        assert lone.rows[name] == (sum(numbers),)


def _without_columns(
    cells: dict[str, dict[tuple[str, int], int]],
) -> dict[str, dict[tuple[str, int], int]]:
    found: dict[str, dict[tuple[str, int], int]] = {}
    for name, line in cells.items():
        for (_column, month), number in line.items():
            known = found.setdefault(name, {})
            known[ONLY, month] = known.get((ONLY, month), 0) + number
    return found
