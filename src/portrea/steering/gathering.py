"""Counts that leave the team: small ones are never shown, nor found by subtracting tables or dates.

A line is shown when none of its numbers is small; the others are gathered in one line, whose
numbers are not small either. So that periods that overlap tell nothing more, this is decided for
all the years, all the quarters or all the months of a calendar year at once, a line gathered at a
longer step being gathered at the shorter ones; a period is then added up from these pieces.

Notes
-----
Who keeps every edition also subtracts what was told before a period was over: what came since, of
the lines told then and of the others together, is not small either (``_since``). Each edition is
computed again from the counts of today: a count corrected afterwards is not seen.

Within a step, what is published is a table whose cells are all zero or no less than the threshold.
Between a step and the shorter one, a line shown only at the longer is known by its sums, and its
cells by sums of columns: an unknown cell lies in ``[max(0, r + c − t), min(r, c)]`` (Fréchet), no
narrower than the least of ``r``, ``c``, ``t − r`` and ``t − c``: four sums of published numbers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from portrea.stats.disclosure import rule
from portrea.steering.periods import LEVELS, YEAR, Period

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
UNTOLD = "\0"
"""The line that counts together those that a former edition did not tell."""


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

    ``whole`` tells whether the lines add up to a known total; ``last`` is the last month that is
    over: later ones are not counted. Counts without columns have one, :data:`ONLY`.
    """

    cells: Mapping[str, Cells]
    last: int
    whole: bool = True
    _opened: dict[tuple[int, int], frozenset[str] | None] = field(default_factory=dict)
    _told: dict[Period, Shown | None] = field(default_factory=dict)
    _editions: dict[int, Counts] = field(default_factory=dict)

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

    @cached_property
    def margins(self) -> tuple[Counts, Counts] | None:
        """Return the lines without columns, and the columns as lines; ``None`` without columns."""
        if set(self.columns) <= {ONLY}:
            return None
        lines: dict[str, Counter[tuple[str, int]]] = {}
        across: dict[str, Counter[tuple[str, int]]] = {}
        for name, cells in self.cells.items():
            for (column, month), number in cells.items():
                lines.setdefault(name, Counter())[ONLY, month] += number
                across.setdefault(column, Counter())[ONLY, month] += number
        return Counts(lines, self.last, self.whole), Counts(across, self.last)

    def shown(self, period: Period) -> Shown | None:
        """Return what may be told of a period, ``None`` when too little was noted."""
        if period not in self._told:
            self._told[period] = self._show(period)
        return self._told[period]

    def _show(self, period: Period) -> Shown | None:
        pieces = period.pieces(self.last)
        sets, across = [self.opened(one) for one in pieces], [self.across(one) for one in pieces]
        if not pieces or None in sets or None in across:
            return None
        kept = frozenset.intersection(*(one for one in sets if one is not None))
        wide = frozenset.intersection(*(one for one in across if one is not None))
        columns: Sequence[str] = [one for one in self.columns if one in wide]
        sums = self._numbers({month: 0 for one in pieces for month in one.months}, wide)
        if any(numbers[-1] for numbers in sums.values()):
            columns = [*columns, REST]
        sums = {name: numbers[: len(columns)] for name, numbers in sums.items()}
        rows = {name: numbers for name, numbers in sums.items() if name in kept and any(numbers)}
        others = [name for name in sums if name not in kept]
        rest = tuple(_summed(sums, others)) if self.whole and others else ()
        return Shown(tuple(columns), rows, rest if any(rest) else None, frozenset(others))

    def opened(self, piece: Period) -> frozenset[str] | None:
        """Return the lines shown at the step of a piece, in its calendar year."""
        key = piece.first // YEAR, piece.length
        if key not in self._opened:
            self._opened[key] = self._open(*key)
        return self._opened[key]

    def across(self, piece: Period) -> frozenset[str] | None:
        """Return the columns told apart at the step of a piece."""
        return self.margins[1].opened(piece) if self.margins else frozenset(self.columns)

    def _open(self, year: int, step: int) -> frozenset[str] | None:
        this = Period(year * YEAR, year * YEAR + step - 1)
        wide = self.across(this)
        above: list[frozenset[str] | None] = [frozenset(self.cells)]
        if self.margins:
            above.append(self.margins[0].opened(this))
        if longer := [length for length in LEVELS if length > step]:
            above.append(self.opened(Period(this.first, this.first + min(longer) - 1)))
        if wide is None or None in above:
            return None
        starts = range(this.first, this.first + YEAR, step)
        nodes = [Period(at, at + step - 1) for at in starts if at + step - 1 <= self.last]
        rows = self._numbers({m: n for n, one in enumerate(nodes) for m in one.months}, wide)
        among = frozenset.intersection(*(one for one in above if one is not None))
        blank = tuple(0 for _ in next(iter(rows.values()), ()))
        for since in (one for node in nodes for one in self._since(node, wide)):
            rows = {name: (*rows.get(name, blank), *added) for name, added in since.items()}
            blank = tuple(0 for _ in rows[UNTOLD])
        return open_rows(rows, among=among, whole=self.whole)

    def _since(self, node: Period, wide: frozenset[str]) -> Iterator[dict[str, Numbers]]:
        """Yield what each line holds since each former edition that told the beginning of a node.

        The lines that it did not tell are counted together, under :data:`UNTOLD`.
        """
        for end in node.months[:-1]:
            told = self._edition(end).shown(Period(node.first, end))
            if told is None:
                continue
            rest = dict.fromkeys(range(end + 1, node.last + 1), 0)
            found = self._numbers(rest, wide & {*told.columns})
            none = (0,) * len(next(iter(found.values()), ()))
            others = tuple(_summed(found, told.hidden)) or none
            yield {n: none if n in told.hidden else found[n] for n in found} | {UNTOLD: others}

    def _edition(self, last: int) -> Counts:
        """Return these counts as they were told when a month was the last one over."""
        if last not in self._editions:
            made = Counts(self.cells, last, self.whole, _editions=self._editions)
            known = self.margins and tuple(one._edition(last) for one in self.margins)
            vars(made).update(by_month=self.by_month, columns=self.columns, margins=known)
            self._editions[last] = made
        return self._editions[last]

    def _numbers(self, nodes: Mapping[int, int], wide: frozenset[str]) -> dict[str, Numbers]:
        """Return the numbers of each line: node by node (month → its rank), column by column.

        The last column of a node adds up those that are not told apart.
        """
        places = {one: place for place, one in enumerate(c for c in self.columns if c in wide)}
        width = len(places) + 1
        size = width * (max(nodes.values(), default=0) + 1)
        sums = {name: [0] * size for name in self.cells}
        for month, rank in nodes.items():
            for name, column, number in self.by_month.get(month, ()):
                sums[name][rank * width + places.get(column, width - 1)] += number
        return {name: tuple(numbers) for name, numbers in sums.items()}
