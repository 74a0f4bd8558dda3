"""Counts that leave the team: small ones are never shown, nor found by subtracting tables or dates.

A calendar year is cut into blocks, each told once for all when it is over: a quarter, or several in
a row when the total of the first ones is small. Which lines a block shows is decided from its own
numbers alone: those with no small number; the others are gathered in one line, whose numbers are
not small either. A longer period adds up what its blocks tell; one that cuts a block is not told.

Notes
-----
What is known of a block is the numbers of separate groups of cells, each zero or no less than the
threshold; blocks have nothing in common, and no later one changes what one tells. A small count
takes no group whole, but empty ones: it takes part of one that is not small, whose other part may
hold everything or nothing. Nobody bounds it more tightly than the threshold, by keeping every
edition of every period either.

A table with columns shows them only where no cell is small, among the lines shown without columns.
A line shown without columns alone is known by its sum, and its cells by sums of columns: an unknown
cell lies in ``[max(0, r + c − t), min(r, c)]`` (Fréchet), no narrower than the least of ``r``,
``c``, ``t − r`` and ``t − c``: four sums of published numbers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from portrea.stats.disclosure import rule
from portrea.steering.periods import QUARTER, YEAR, Period

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    Rows = Mapping[str, Sequence[int]]
    Numbers = tuple[int, ...]
    Cells = Mapping[tuple[str, int], int]
    """Column and month → number."""

ONLY = ""
"""The column of counts that are not told apart by anything."""
REST = "*"
"""The column where small ones are gathered; it comes last."""


def open_rows(
    rows: Rows, *, among: Collection[str] | None = None, whole: bool = True, least: int = 0
) -> frozenset[str] | None:
    """Return the lines that may be shown, ``None`` when not even their sum may.

    Parameters
    ----------
    rows
        Line → numbers, in the same order of columns.
    among
        Lines that may still be shown (all of them by default).
    whole
        Whether the sum of the lines is known: those that are hidden are then gathered.
    least
        The least number that is not small; the rule of disclosure by default.
    """
    least = least or int(rule("threshold"))
    opened = {
        name
        for name, numbers in rows.items()
        if (among is None or name in among) and not any(0 < n < least for n in numbers)
    }
    if not whole:
        return frozenset(opened)
    order = sorted((name for name in opened if sum(rows[name])), key=lambda n: (sum(rows[n]), n))
    rest = _summed(rows, set(rows) - opened)
    while any(0 < n < least for n in rest):
        if not order:
            return None
        opened.discard(order[0])
        rest = [a + b for a, b in zip(rest, rows[order.pop(0)], strict=True)]
    return frozenset(opened)


def _summed(rows: Rows, names: Iterable[str]) -> list[int]:
    kept = [rows[name] for name in names]
    return [sum(numbers) for numbers in zip(*kept, strict=True)] if kept else []


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a period: columns, lines, what is gathered of the others (none: nobody).

    ``rows`` and ``rest`` follow ``columns``; ``hidden`` are the lines that may not be told apart,
    whether they hold somebody or not.
    """

    columns: tuple[str, ...]
    rows: Mapping[str, Numbers]
    rest: Numbers | None = None
    hidden: frozenset[str] = frozenset()

    @property
    def total(self) -> Numbers:
        """Sum of every line, by column."""
        lines = [*self.rows.values(), *([self.rest] if self.rest else [])]
        if not lines:
            return (0,) * len(self.columns)
        return tuple(sum(numbers) for numbers in zip(*lines, strict=True))


@dataclass(eq=False)
class Counts:
    """Numbers by line, column and month (:mod:`portrea.steering.periods`).

    ``whole`` tells whether the lines add up to a known total; ``last`` is the last month that may
    be told. Counts without columns have one, :data:`ONLY`.
    """

    cells: Mapping[str, Cells]
    last: int
    whole: bool = True
    _blocks: dict[int, tuple[Period, ...]] = field(default_factory=dict)
    _told: dict[Period, Shown | None] = field(default_factory=dict)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column, in alphabetical order."""
        return tuple(sorted({column for cells in self.cells.values() for column, _month in cells}))

    @cached_property
    def by_month(self) -> dict[int, list[tuple[str, str, int]]]:
        """Month → line, column and number of each cell."""
        found: dict[int, list[tuple[str, str, int]]] = {}
        for name, cells in self.cells.items():
            for (column, month), number in cells.items():
                found.setdefault(month, []).append((name, column, number))
        return found

    def shown(self, period: Period) -> Shown | None:
        """Return what may be told of a period, ``None`` when it is not made of blocks."""
        if period not in self._told:
            blocks = self.blocks_of(period)
            self._told[period] = None if blocks is None else self._added(blocks)
        return self._told[period]

    def blocks_of(self, period: Period) -> list[Period] | None:
        """Return the blocks that make up a period, ``None`` when it cuts one or is not over."""
        years = range(period.first // YEAR, period.last // YEAR + 1)
        every = [block for year in years for block in self.blocks(year)]
        found = [one for one in every if period.first <= one.first and one.last <= period.last]
        covered = sum(one.length for one in found) == period.length
        return found if found and covered else None

    def blocks(self, year: int) -> tuple[Period, ...]:
        """Return the blocks of a calendar year that are over, in order.

        Lines that do not add up have no total to betray: their blocks are the quarters.
        """
        if year not in self._blocks:
            self._blocks[year] = tuple(self._cut(year * YEAR))
        return self._blocks[year]

    def _cut(self, start: int) -> list[Period]:
        found, first, least = [], start, int(rule("threshold"))
        for end in range(start + QUARTER - 1, min(start + YEAR - 1, self.last) + 1, QUARTER):
            block = Period(first, end)
            total = sum(number for _name, _column, number in self._cells(block))
            if not self.whole or not 0 < total < least:
                found.append(block)
                first = end + 1
        return found

    def _cells(self, period: Period) -> Iterator[tuple[str, str, int]]:
        return chain.from_iterable(self.by_month.get(month, ()) for month in period.months)

    def _added(self, blocks: Sequence[Period]) -> Shown:
        """Return the sum of blocks: the lines and the columns that each of them shows."""
        opened = [self.opened(block) for block in blocks]
        kept = frozenset.intersection(*(lines for lines, _columns in opened))
        wide = frozenset.intersection(*(columns for _lines, columns in opened))
        columns = tuple(one for one in self.columns if one in wide)
        sums = self._numbers(blocks, columns)
        if any(numbers[-1] for numbers in sums.values()):
            columns = (*columns, REST)
        sums = {name: numbers[: len(columns)] for name, numbers in sums.items()}
        rows = {name: numbers for name, numbers in sums.items() if name in kept and any(numbers)}
        others = [name for name in sums if name not in kept]
        rest = tuple(_summed(sums, others)) if self.whole else ()
        return Shown(columns, rows, rest if any(rest) else None, frozenset(others))

    def opened(self, block: Period) -> tuple[frozenset[str], frozenset[str]]:
        """Return the lines and the columns that a block shows, from its own numbers alone."""
        alone = open_rows(self._numbers([block], ()), whole=self.whole) or frozenset()
        if set(self.columns) <= {ONLY}:
            return alone, frozenset(self.columns)
        across = Counter(dict.fromkeys(self.columns, 0))
        for _name, column, number in self._cells(block):
            across[column] += number
        wide = open_rows({column: (number,) for column, number in across.items()}) or frozenset()
        rows = self._numbers([block], [one for one in self.columns if one in wide])
        return open_rows(rows, among=alone, whole=self.whole) or frozenset(), wide

    def _numbers(self, blocks: Iterable[Period], columns: Sequence[str]) -> dict[str, Numbers]:
        """Return the numbers of each line, column by column; the last adds up the other columns."""
        places = {one: place for place, one in enumerate(columns)}
        sums = {name: [0] * (len(columns) + 1) for name in self.cells}
        for block in blocks:
            for name, column, number in self._cells(block):
                sums[name][places.get(column, len(columns))] += number
        return {name: tuple(numbers) for name, numbers in sums.items()}
