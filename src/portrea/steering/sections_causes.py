"""What may keep people away from help, beside the need: one layer a column, never blended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.reach.causes import causes
from portrea.steering import priorities
from portrea.steering import priority_words as said
from portrea.steering.display import HIDDEN
from portrea.steering.document import Cell, Column, Section, Sentence, Table
from portrea.steering.wording import capitalised, level_name, mark, territory_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from portrea.reach.causes import Cause
    from portrea.steering.priority_ground import Ground

MOST_ROWS = 60


def causes_section(ground: Ground) -> Section | None:
    """Tell the layers known of the areas of a territory; ``None`` when there is none."""
    table = priorities.causes_beside(ground)
    told = set(table["cause"].to_list())
    kept = [cause for cause in causes().values() if cause.id in told]
    if not kept:
        return None
    return Section(
        "causes",
        "Ce qui peut éloigner, à côté du besoin",
        Sentence(
            mark(
                "Chaque colonne est un fait à part, avec son année et sa note. Aucune n’entre dans "
                "le classement, aucune ne s’ajoute à une autre."
            )
        ),
        tables=(_table(ground, table, kept),),
        notes=tuple(_note(cause, table) for cause in kept),
    )


def _table(ground: Ground, table: pl.DataFrame, kept: Sequence[Cause]) -> Table:
    cells = {(row["code"], row["cause"]): row for row in table.iter_rows(named=True)}
    means = priorities.references_of(ground, table)
    mean = (
        Cell("Moyenne, pesée par le besoin", strong=True),
        *(Cell(said.cause_mean(means.get(cause.id), cause.id), strong=True) for cause in kept),
    )
    codes = list(ground.codes)
    withheld = set(ground.reader.snapshot.withheld["code"])
    rows = [
        (
            Cell(_name(ground, code), territory=f"{ground.level}:{code}"),
            *(
                Cell(HIDDEN)
                if code in withheld
                else Cell(said.cause_cell(cells.get((code, c.id)), ground.level))
                for c in kept
            ),
        )
        for code in codes[:MOST_ROWS]
    ]
    columns = (
        Column(capitalised(level_name(ground.level))),
        *(Column(cause.label, numeric=True) for cause in kept),
    )
    more = mark(f"{MOST_ROWS} premières lignes sur {len(codes)}.") if len(codes) > MOST_ROWS else ""
    caption = mark(f"Ce qui peut éloigner, {ground.subject.here}")
    return Table("causes-zones", caption, columns, (mean, *rows), more)


def _name(ground: Ground, code: str) -> str:
    row = ground.reader.territory(ground.level, code)
    return territory_name(ground.level, code, row["name"]).plain if row else code


def _note(cause: Cause, table: pl.DataFrame) -> str:
    years = sorted(set(table.filter(cause=cause.id)["vintage"].to_list()))
    ours = " La lire comme une cause est notre supposition." if cause.ours else ""
    return mark(
        f"{cause.label} : {cause.meaning}. {cause.caution}{ours} Source : {cause.source}, "
        f"{', '.join(years)}, qualité {cause.quality.value}."
    )
