"""Published figures beside ours as tables, for the page that shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.steering import validation_words as words
from portrea.steering.document import Cell, Column, Table
from portrea.steering.validation import GROUPS, STATEMENT, summarise

if TYPE_CHECKING:
    import polars as pl


def statement() -> str:
    """Return what a reader must know before any agreement is shown."""
    return STATEMENT


def tables(rows: pl.DataFrame) -> tuple[Table, tuple[Table, ...]]:
    """Return the summary by family, then one table per family of published figures."""
    families = [_family(rows.filter(rows["group"] == group), group) for group in GROUPS]
    return _summary(rows), tuple(table for table in families if table.rows)


def _summary(rows: pl.DataFrame) -> Table:
    found = summarise(rows).iter_rows(named=True)
    return Table(
        "resume",
        "Ce que les écarts disent, par famille de chiffres publiés",
        (
            Column("Famille"),
            Column("Comparés", numeric=True),
            Column("Écart absolu moyen", numeric=True),
            Column("Écart quadratique", numeric=True),
            Column("Biais", numeric=True),
            Column("Corrélation des rangs", numeric=True),
            Column("Dans l’intervalle", numeric=True),
        ),
        tuple((Cell(GROUPS[row["group"]]), *map(Cell, words.summary_cells(row))) for row in found),
        "Écarts en points pour les parts, en pour cent pour les effectifs. Biais : écart moyen,"
        " estimé moins publié.",
    )


def _family(rows: pl.DataFrame, group: str) -> Table:
    said = rows.select("indicator", "year").unique()
    alike = said.height == 1
    title = GROUPS[group]
    if alike:
        indicator, year = said.row(0)
        title += f"\u00a0: {words.indicator(indicator)}, {year}"
    heads = ("Publié", "Estimé", "Intervalle à 95\u202f%", "Écart", "Publié dans l’intervalle")
    columns = [
        Column("Zone"),
        *([] if alike else [Column("Ce qui est publié")]),
        *(Column(head, numeric=True) for head in heads),
        Column("À savoir"),
    ]
    return Table(
        f"famille-{group}",
        title,
        tuple(columns),
        tuple(_cells(row, alike=alike) for row in rows.iter_rows(named=True)),
        "Sources : " + " ; ".join(rows["source"].unique(maintain_order=True)) + ".",
    )


def _cells(row: dict[str, Any], *, alike: bool) -> tuple[Cell, ...]:
    unit = row["unit"]
    what = () if alike else (Cell(f"{words.indicator(row['indicator'])}, {row['year']}"),)
    return (
        Cell(row["name"]),
        *what,
        Cell(row["published"], row["value"]),
        Cell(words.amount(row["estimated"], unit), row["estimated"]),
        Cell(words.interval(row["low"], row["high"], unit)),
        Cell(words.gap(row), row["error"]),
        Cell(words.INSIDE[row["inside"]]),
        Cell(words.note(row["note"]) or words.DASH),
    )
