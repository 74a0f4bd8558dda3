"""An attacker who kept every edition: the indicators of each quarter, every period, subtracted.

What April told and what the first half of the year tells in July give the second quarter: nobody
may be found so. The attacker knows every edition of every period, with and without columns, and
solves linear programs on every small count, of one line or of several months of it.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portrea.stats.suppression import attack
from portrea.steering.gathering import ONLY, REST, Counts, Shown
from portrea.steering.periods import QUARTER, Period

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST, YEAR = 5, 2025 * 12
QUARTERS = 6
"""The last two are of the year after."""
numbers = st.integers(0, 9)
rows = st.lists(numbers, min_size=QUARTERS, max_size=QUARTERS)
Cells = dict[str, dict[tuple[str, int], int]]
Zone = frozenset[str]


def cells_of(lines: list[list[int]], columns: tuple[str, ...]) -> Cells:
    """Return the numbers of each line, in the second month of quarters, column after column."""
    return {
        f"l{rank}": {
            (columns[place % len(columns)], YEAR + QUARTER * (place // len(columns)) + 1): number
            for place, number in enumerate(line)
        }
        for rank, line in enumerate(lines)
    }


def alone(cells: Cells) -> Cells:
    """Return the same without columns."""
    found: Cells = {}
    for name, line in cells.items():
        known = found.setdefault(name, {})
        for (_column, month), number in line.items():
            known[ONLY, month] = known.get((ONLY, month), 0) + number
    return found


def editions(cells: Cells, *, whole: bool) -> Iterator[tuple[Shown, range]]:
    """Yield what each edition told of each period, and the months of this period."""
    for last in range(QUARTERS):
        counts = Counts(cells, YEAR + QUARTER * last + 2, whole)
        for first in range(last + 1):
            for end in range(first, last + 1):
                period = Period(YEAR + QUARTER * first, YEAR + QUARTER * end + 2)
                found = counts.shown(period)
                if found is not None:
                    yield found, period.months


def published(cells: Cells, columns: tuple[str, ...], *, whole: bool) -> set[Zone]:
    """Return every sum that some edition told, as the set of its cells."""
    zones: set[Zone] = set()
    for counted in (cells, alone(cells)):  # the second tells all columns together: ONLY
        for found, months in editions(counted, whole=whole):
            lines = [[name] for name in cells if name not in found.hidden]
            lines += [sorted(found.hidden)] if whole else []
            for told in {*found.columns, REST}:
                among = (told,) if told in columns else columns
                if told == REST:  # none is shown: nobody is in the other columns
                    among = tuple(one for one in columns if one not in found.columns)
                zones |= {zone_of(names, among, months) for names in lines}
    return zones - {frozenset()}


def zone_of(names: list[str], columns: tuple[str, ...], months: range) -> Zone:
    """Return the cells of some lines and columns over some months: one month by quarter."""
    dates = [month for month in months if month % QUARTER == 1]
    return frozenset(f"{n}@{c}@{m}" for n in names for c in columns for m in dates)


def unsafe(cells: Cells, columns: tuple[str, ...], *, whole: bool) -> list[tuple[list[str], float]]:
    """Return the small counts that the attacker bounds too tightly, and how tightly."""
    atoms = {
        f"{name}@{column}@{month}": float(number)
        for name, line in cells.items()
        for (column, month), number in line.items()
    }
    told = published(cells, columns, whole=whole)
    if not told:
        return []
    spans = [range(YEAR + 3 * a, YEAR + 3 * b) for a, b in combinations(range(QUARTERS + 1), 2)]
    chosen = [columns, *((one,) for one in columns)] if len(columns) > 1 else [columns]
    small = {zone_of([name], among, span) for name in cells for among in chosen for span in spans}
    small = {
        one for one in small if set(one) <= set(atoms) and 0 < sum(atoms[a] for a in one) < LEAST
    }
    named = {f"z{rank}": zone for rank, zone in enumerate(told)}
    asked = {f"s{rank}": zone for rank, zone in enumerate(small)}
    pairs = [(name, atom) for name, zone in {**named, **asked}.items() for atom in sorted(zone)]
    table = pl.DataFrame(
        [pair for pair in pairs if pair[1] in atoms], schema=["zone", "atom"], orient="row"
    )
    pieces = pl.DataFrame({"atom": list(atoms), "persons": list(atoms.values())})
    bounds = attack(table, pieces, set(named))
    widths = {name: bounds[name][1] - bounds[name][0] for name in asked}
    return [(sorted(asked[n]), w) for n, w in widths.items() if w < LEAST - 1e-6]


@given(st.lists(rows, min_size=1, max_size=4), st.booleans())
@example([[6, 2, 0, 9, 0, 0], [20, 20, 20, 20, 20, 20]], True)
@example([[6, 2, 0, 9, 0, 0], [20, 20, 20, 20, 20, 20]], False)
@settings(max_examples=25)
def test_no_small_count_is_found_by_keeping_every_edition(
    lines: list[list[int]], whole: bool
) -> None:
    assert not unsafe(cells_of(lines, (ONLY,)), (ONLY,), whole=whole)


@given(st.lists(rows, min_size=1, max_size=4), st.sampled_from(("ab", "abc")), st.booleans())
@settings(max_examples=25)
def test_no_small_count_is_found_by_crossing_with_parts_either(
    lines: list[list[int]], columns: str, whole: bool
) -> None:
    assert not unsafe(cells_of(lines, tuple(columns)), tuple(columns), whole=whole)


def test_what_an_edition_told_is_never_revised() -> None:
    """A later quarter, even a small one, opens and closes nothing of what was told."""
    cells = cells_of([[6, 9, 9, 1, 2, 9], [20, 7, 3, 3, 20, 20]], (ONLY,))
    quarter = Period(YEAR, YEAR + 2)
    told = [Counts(cells, YEAR + 3 * last + 2).shown(quarter) for last in range(QUARTERS)]
    assert told[0] is not None
    assert all(one == told[0] for one in told)


def test_the_attacker_sees_what_two_editions_alone_give() -> None:
    """The attack can succeed: April alone, then the quarter, give May and June."""
    table = pl.DataFrame(
        [("april", "4"), ("quarter", "4"), ("quarter", "5"), ("since", "5")],
        schema=["zone", "atom"],
        orient="row",
    )
    pieces = pl.DataFrame({"atom": ["4", "5"], "persons": [6.0, 2.0]})
    low, high = attack(table, pieces, {"april", "quarter"})["since"]
    assert (low, high) == (2, 2)
