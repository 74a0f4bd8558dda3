"""Questions ready to be read, as figures and tables of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from portrea.base.estimates import integer, percent
from portrea.steering.document import Cell, Column, Figure, Table
from portrea.steering.figures_answers import AnswerBar, answer_bars
from portrea.steering.figures_style import Caption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.surveys.showing import Bar, Crossing, Shown


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the page: its words, its drawing, its tables."""

    shown: Shown
    id: str
    figure: Figure | None
    table: Table | None
    crossing: Table | None


def pages_of(shown: Sequence[Shown]) -> list[Asked]:
    """Return questions with their figures and tables."""
    return [
        Asked(one, f"q-{rank}", _figure(one, rank), _table(one, rank), _crossing(one, rank))
        for rank, one in enumerate(shown, start=1)
    ]


def _figure(one: Shown, rank: int) -> Figure | None:
    if not any(bar.share is not None for bar in one.bars):
        return None
    caption = Caption(f"fig-{rank}", one.title, " ".join(_read_out(bar) for bar in one.bars))
    bars = [AnswerBar(bar.label, bar.share, bar.low, bar.high, bar.words) for bar in one.bars]
    return Figure(caption.id, one.title, caption.description, answer_bars(caption, bars), "")


def _read_out(bar: Bar) -> str:
    return f"{bar.label} : {bar.words}."


def _table(one: Shown, rank: int) -> Table | None:
    if not one.bars:
        return None
    bounded = any(bar.low is not None for bar in one.bars)
    counted = any(bar.answers is not None for bar in one.bars)
    heads = [Column(_("Réponse"))]
    heads += [Column(_("Nombre"), numeric=True)] if counted else []
    heads.append(Column(_("Part"), numeric=True))
    heads += [Column(_("Intervalle à 95 %"), numeric=True)] if bounded else []
    rows = tuple(tuple(_cells(bar, counted=counted, bounded=bounded)) for bar in one.bars)
    return Table(f"t-{rank}", one.title, tuple(heads), rows)


def _cells(bar: Bar, *, counted: bool, bounded: bool) -> list[Cell]:
    cells = [Cell(bar.label)]
    if counted:
        cells.append(Cell("–" if bar.answers is None else integer(bar.answers)))
    cells.append(Cell(bar.words if bar.share is None or not counted else percent(bar.share)))
    if bounded:
        known = bar.low is not None and bar.high is not None
        low, high = bar.low or 0.0, bar.high or 0.0
        cells.append(Cell(_("de {} à {}").format(percent(low), percent(high)) if known else "–"))
    return cells


def _crossing(one: Shown, rank: int) -> Table | None:
    crossing: Crossing | None = one.crossing
    if crossing is None:
        return None
    heads = (Column(_("Réponse")), *(Column(name, numeric=True) for name in crossing.groups))
    rows = tuple(tuple(Cell(text) for text in row) for row in crossing.rows)
    title = _("{} – selon « {} »").format(one.title, crossing.label)
    return Table(f"x-{rank}", title, heads, rows, note=crossing.gap)
