"""The answers to a question as a drawing and as tables: the same for results and portraits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.estimates import integer, percent
from portrea.steering.document import Cell, Column, Figure, Table
from portrea.steering.figures_answers import AnswerBar, answer_bars
from portrea.steering.figures_style import Caption

if TYPE_CHECKING:
    from portrea.surveys.showing import Bar, Shown


def answers_figure(one: Shown, name: str, *, table: str = "") -> Figure | None:
    """Draw the answers as bars; ``None`` when no share may be told. ``table`` says the same."""
    if not any(bar.share is not None for bar in one.bars):
        return None
    caption = Caption(name, one.title, " ".join(f"{bar.label} : {bar.words}." for bar in one.bars))
    bars = [AnswerBar(bar.label, bar.share, bar.low, bar.high, bar.words) for bar in one.bars]
    return Figure(name, one.title, caption.description, answer_bars(caption, bars), table)


def answers_table(one: Shown, name: str, *, more: str = "") -> Table | None:
    """Return counts, shares and intervals, one row per answer; ``None`` without choices.

    ``more`` ends its title, where a drawing already bears that of the question.
    """
    if not one.bars:
        return None
    bounded = any(bar.low is not None for bar in one.bars)
    counted = any(bar.answers is not None for bar in one.bars)
    heads = [Column("Réponse")]
    heads += [Column("Nombre", numeric=True)] if counted else []
    heads.append(Column("Part", numeric=True))
    heads += [Column("Intervalle à 95 %", numeric=True)] if bounded else []
    rows = tuple(tuple(_cells(bar, counted=counted, bounded=bounded)) for bar in one.bars)
    return Table(name, f"{one.title}{more}", tuple(heads), rows)


def crossing_table(one: Shown, name: str) -> Table | None:
    """Return the answers in each group of another question; ``None`` when they are not crossed."""
    crossing = one.crossing
    if crossing is None:
        return None
    heads = (Column("Réponse"), *(Column(group, numeric=True) for group in crossing.groups))
    rows = tuple(tuple(Cell(text) for text in row) for row in crossing.rows)
    title = f"{one.title} – selon « {crossing.label} »"
    return Table(name, title, heads, rows, note=crossing.gap)


def _cells(bar: Bar, *, counted: bool, bounded: bool) -> list[Cell]:
    cells = [Cell(bar.label)]
    if counted:
        cells.append(Cell("–" if bar.answers is None else integer(bar.answers)))
    cells.append(Cell(bar.words if bar.share is None or not counted else percent(bar.share)))
    if bounded:
        known = bar.low is not None and bar.high is not None
        low, high = bar.low or 0.0, bar.high or 0.0
        cells.append(Cell(f"de {percent(low)} à {percent(high)}" if known else "–"))
    return cells
