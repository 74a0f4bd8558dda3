"""Tables of the indicators: a value by line, the period, the one it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.estimates import NARROW_SPACE
from portrea.steering.document import Cell, Column, Figure, Table
from portrea.steering.figures_answers import AnswerBar, answer_bars
from portrea.steering.figures_columns import columns as draw_columns
from portrea.steering.figures_style import Caption
from portrea.steering.indicator_words import (
    GATHERED,
    TOO_FEW,
    count_moved,
    number_cell,
    share_cell,
    share_moved,
)
from portrea.steering.indicators import count_change, share_change, share_of
from portrea.steering.periods import QUARTER, YEAR, Period

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.steering.gathering import Counts, Shown
    from portrea.steering.indicators import Activity, Dimension

MOST_BARS = 8


@dataclass(frozen=True, slots=True)
class Compared:
    """Another activity beside: another period of the same territory, or another territory."""

    activity: Activity
    same_place: bool

    @property
    def label(self) -> str:
        """What its column is called."""
        return str(self.activity.period) if self.same_place else self.activity.name


def dimension_table(now: Activity, name: str, other: Compared | None = None) -> Table | None:
    """Return the table of a dimension, ``None`` where too little was noted to show any line."""
    told = now.dimensions[name]
    shown = told.counts.shown(now.period)
    if shown is None:
        return None
    beside = other.activity.dimensions[name].counts.shown(other.activity.period) if other else None
    pair = _Pair(name, now, other, shown, beside)
    rows = [pair.line(told.name_of(value), value) for value in _ordered(told, shown)]
    if shown.rest:
        cells = [Cell(GATHERED), number_cell(sum(shown.rest)), pair.part(sum(shown.rest))]
        rows.append((*cells, *([Cell("–")] * (3 if other else 0))))
    if told.counts.whole and rows:
        rows.append(pair.total())
    columns = [Column(told.title), Column(str(now.period), numeric=True), Column("Part", True)]
    if other:
        columns += [Column(other.label, True), Column("Part", True), Column("Écart")]
    caption = f"{told.title}, {now.period}"
    return Table(f"indicateur-{name}", caption, tuple(columns), tuple(rows))


@dataclass(frozen=True, slots=True)
class _Pair:
    """What is shown of a dimension now, and beside (``None``: too few, or nothing asked)."""

    name: str
    now: Activity
    other: Compared | None
    shown: Shown
    beside: Shown | None

    @property
    def past_whole(self) -> int:
        """What the numbers beside are parts of."""
        return self.other.activity.whole(self.name) if self.other else 0

    def part(self, number: int) -> Cell:
        """Return a number as a part of the whole."""
        return share_cell(number, self.now.whole(self.name))

    def line(self, label: str, value: str) -> tuple[Cell, ...]:
        """Return the line of a value."""
        number = sum(self.shown.rows[value])
        cells = (Cell(label), number_cell(number), self.part(number))
        if self.other is None:
            return cells
        if self.beside is None:
            return (*cells, Cell(TOO_FEW), Cell("–"), Cell(TOO_FEW))
        past = _past(self.beside, value)
        moved = Cell(TOO_FEW) if past is None else self._moved(number, past)
        return (*cells, number_cell(past), share_cell(past, self.past_whole), moved)

    def total(self) -> tuple[Cell, ...]:
        """Return the last line: everything."""
        total = sum(self.shown.total)
        cells = (Cell("Ensemble", strong=True), number_cell(total), share_cell(total, total))
        if self.other is None:
            return cells
        if self.beside is None:
            return (*cells, Cell(TOO_FEW), Cell("–"), Cell(TOO_FEW))
        past = sum(self.beside.total)
        moved = self._moved(total, past) if self.other.same_place else Cell("–")
        return (*cells, number_cell(past), share_cell(past, past), moved)

    def _moved(self, number: int, past: int) -> Cell:
        """Compare counts in time, parts between territories, whose sizes differ."""
        if self.other is None or self.beside is None:
            return Cell("–")
        if self.other.same_place:
            days, past_days = self.now.period.days, self.other.activity.period.days
            return count_moved(count_change(number, days, past, past_days))
        mine = share_of(number, self.now.whole(self.name))
        return share_moved(share_change(mine, share_of(past, self.past_whole)))


def _past(beside: Shown, value: str) -> int | None:
    """Return the number of a value in the other activity, ``None`` when it is gathered there."""
    if value in beside.rows:
        return sum(beside.rows[value])
    return None if value in beside.hidden else 0


def _ordered(told: Dimension, shown: Shown) -> Iterable[str]:
    """Return the values shown: in their own order, or the most numerous first; « » last."""
    known = list(told.names)
    if told.ordered:
        return sorted(shown.rows, key=lambda v: known.index(v) if v in known else len(known))
    return sorted(shown.rows, key=lambda v: (v == "", -sum(shown.rows[v]), told.name_of(v)))


def share_figure(table: Table) -> Figure:
    """Draw the parts of the first lines of a table."""
    lines = [row for row in table.rows if not row[0].strong and row[2].value is not None]
    bars = [
        AnswerBar(row[0].text, row[2].value, None, None, row[2].text) for row in lines[:MOST_BARS]
    ]
    told = " ; ".join(f"{row[0].text} : {row[2].text}" for row in lines[:MOST_BARS])
    caption = Caption(f"fig-{table.id}", f"{table.caption} : les parts", told)
    return Figure(caption.id, caption.title, told, answer_bars(caption, bars), table.id)


def course(counts: Counts, period: Period, title: str) -> tuple[Table, Figure] | None:
    """Return how a total went, quarter by quarter or as few together as are told; ``None``: no."""
    parts = counts.blocks_of(period) or ()
    told = [(one, sum(shown.total)) for one in parts if (shown := counts.shown(one)) is not None]
    return _course(told, title) if len(told) > 1 else None


def _course(told: list[tuple[Period, int]], title: str) -> tuple[Table, Figure]:
    caption = f"{title}, trimestre par trimestre"
    rows = tuple((Cell(str(one)), number_cell(total)) for one, total in told)
    table = Table("indicateur-cours", caption, (Column("Trimestre"), Column(title, True)), rows)
    words = " ; ".join(f"{one} : {total}" for one, total in told)
    drawn = Caption("fig-indicateur-cours", f"{caption} : le dessin", words)
    svg = draw_columns(drawn, [(_short(one), total) for one, total in told])
    return table, Figure(drawn.id, drawn.title, words, svg, table.id)


def _short(one: Period) -> str:
    first, last = (month % YEAR // QUARTER + 1 for month in (one.first, one.last))
    nth = f"T{first}" if first == last else f"T{first}-{last}"
    return f"{nth}{NARROW_SPACE}{one.first // YEAR % 100:02d}"
