"""An attacker who kept every edition: the indicators of each month, every period, subtracted.

Each edition is safe alone (tests/steering/test_gathering.py); what April told and what the second
quarter tells in June give together May and June. The attacker knows all, and solves linear
programs on every small count and on what came since an edition.
"""

from __future__ import annotations

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portrea.stats.suppression import attack
from portrea.steering.gathering import ONLY, Counts
from portrea.steering.periods import Period

LEAST, YEAR, MONTHS = 5, 2025 * 12, 6
rows = st.lists(st.integers(0, 9), min_size=MONTHS, max_size=MONTHS)
lines = st.lists(rows, min_size=1, max_size=3)


def published(cells: dict[str, dict[tuple[str, int], int]], *, whole: bool) -> list[set[str]]:
    """Return every sum that some edition told, as the set of its « line@month »."""
    zones: set[frozenset[str]] = set()
    for last in range(MONTHS):
        counts = Counts(cells, YEAR + last, whole)
        for first in range(last + 1):
            for end in range(first, last + 1):
                found = counts.shown(Period(YEAR + first, YEAR + end))
                if found is None:
                    continue
                months = range(first, end + 1)
                told = [[name] for name in cells if name not in found.hidden]
                told += [sorted(found.hidden)] if whole and found.hidden else []
                zones |= {frozenset(f"{n}@{m}" for n in names for m in months) for names in told}
    return [set(zone) for zone in zones]


@given(lines, st.booleans())
@example([[0, 0, 0, 6, 2, 0], [0, 0, 0, 20, 20, 20]], True)
@example([[0, 0, 0, 6, 2, 0], [0, 0, 0, 20, 20, 20]], False)
@settings(max_examples=25)
def test_no_small_count_is_found_by_keeping_every_edition(
    told: list[list[int]], whole: bool
) -> None:
    cells = {
        f"l{i}": {(ONLY, YEAR + m): n for m, n in enumerate(row)} for i, row in enumerate(told)
    }
    atoms = {f"{name}@{m - YEAR}": n for name, row in cells.items() for (_c, m), n in row.items()}
    zones = published(cells, whole=whole)
    if not zones:
        return
    small = [{f"{n}@{m}" for m in range(a, b)} for n in cells
             for a in range(MONTHS) for b in range(a + 1, MONTHS + 1)]  # fmt: skip
    small = [one for one in small if 0 < sum(atoms[atom] for atom in one) < LEAST]
    named = {f"z{rank}": zone for rank, zone in enumerate(zones)}
    asked = {f"s{rank}": zone for rank, zone in enumerate(small)}
    pairs = [(name, atom) for name, zone in {**named, **asked}.items() for atom in sorted(zone)]
    table = pl.DataFrame(pairs, schema=["zone", "atom"], orient="row")
    pieces = pl.DataFrame({"atom": list(atoms), "persons": [float(n) for n in atoms.values()]})
    bounds = attack(table, pieces, set(named))
    for name, zone in asked.items():
        low, high = bounds[name]
        assert high - low >= LEAST - 1e-6, (sorted(zone), low, high)


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
