"""A table that crosses what was counted with quarters, years or parts of a territory.

Lines with a small number anywhere are gathered, columns too small are one: totals are kept, and no
subtraction finds what is hidden (:mod:`portrea.steering.gathering`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.steering.document import Cell, Column, Table
from portrea.steering.gathering import Shown
from portrea.steering.indicator_words import GATHERED, number_cell, share_cell
from portrea.steering.periods import QUARTER, YEAR, Period

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.steering.gathering import Counts
    from portrea.steering.indicators import Dimension

COLUMNS = {
    "trimestre": "Trimestres",
    "annee": "Années",
    "parties": "Parties du territoire",
}
MEASURES = {
    "nombre": "Nombre",
    "ligne": "Part de la ligne",
    "colonne": "Part de la colonne",
}
ROWS = (
    "theme", "kind", "where", "procedure", "result", "reason", "oriented", "autonomy", "band",
    "age", "status", "gender", "commune",
)  # fmt: skip
STEPS = {"trimestre": QUARTER, "annee": YEAR}
OTHERS = "Autres, réunis"


def pivot_table(
    dimension: Dimension, period: Period, column: str, measure: str, parts: Mapping[str, str]
) -> Table | None:
    """Return a crossed table, ``None`` where too little was noted.

    Parameters
    ----------
    dimension
        Its counts have columns when ``column`` is ``parties``.
    column, measure
        Among :data:`COLUMNS` and :data:`MEASURES`.
    parts
        Names of the columns of its counts.
    """
    if column in STEPS:
        shown, titles = _by_step(dimension.counts, period, STEPS[column])
    else:
        shown = dimension.counts.shown(period)
        titles = [parts.get(one, OTHERS) for one in shown.columns] if shown else []
    if shown is None or not titles or not any(shown.total):
        return None
    values = sorted(shown.rows, key=lambda one: (one == "", -sum(shown.rows[one]), one))
    rows = [(dimension.name_of(one), shown.rows[one]) for one in values]
    if shown.rest is not None:
        rows.append((GATHERED, shown.rest))
    total = shown.total if dimension.counts.whole else (0,) * len(shown.columns)
    written = tuple(_line(label, numbers, total, measure) for label, numbers in rows)
    last = (_line("Ensemble", total, total, measure, strong=True),)
    heads = (Column(dimension.title), *(Column(one, numeric=True) for one in (*titles, "Ensemble")))
    caption = f"{dimension.title}, {period} · {MEASURES[measure].lower()}"
    whole = dimension.counts.whole
    return Table("croisement", caption, heads, (*written, *(last if whole else ())))


def _by_step(counts: Counts, period: Period, step: int) -> tuple[Shown | None, list[str]]:
    """Return the successive pieces of a period as columns: only lines shown in each of them."""
    start = -(-period.first // step) * step
    pieces = [Period(at, at + step - 1) for at in range(start, period.last - step + 2, step)]
    told = [counts.shown(one) for one in pieces]
    if not pieces or any(one is None for one in told):
        return None, []
    known = [one for one in told if one is not None]
    kept = [name for name in counts.cells if all(_told(one, name) is not None for one in known)]
    rows = {name: tuple(_told(one, name) or 0 for one in known) for name in kept}
    rows = {name: numbers for name, numbers in rows.items() if any(numbers)}
    total = tuple(sum(one.total) for one in known)
    rest = tuple(
        of - sum(numbers[place] for numbers in rows.values()) for place, of in enumerate(total)
    )
    gathered = rest if counts.whole and any(rest) else None
    return Shown(tuple(one.code for one in pieces), rows, gathered), [str(one) for one in pieces]


def _told(shown: Shown, name: str) -> int | None:
    """Return the number of a line, ``None`` when it is gathered."""
    if name in shown.rows:
        return sum(shown.rows[name])
    return None if name in shown.hidden else 0


def _line(
    label: str, numbers: Sequence[int], total: Sequence[int], measure: str, *, strong: bool = False
) -> tuple[Cell, ...]:
    whole = (*numbers, sum(numbers))
    of = {"ligne": (sum(numbers),) * len(whole), "colonne": (*total, sum(total))}.get(measure)
    if of is None:
        cells = [number_cell(one) for one in whole]
    else:
        cells = [share_cell(one, all_of) for one, all_of in zip(whole, of, strict=True)]
    return (Cell(label, strong=strong), *cells)
