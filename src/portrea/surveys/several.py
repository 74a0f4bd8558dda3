"""Small counts hidden where bounds can be written directly: one question alone, several answers.

A question alone: its counts add up to its base, and nothing else is known. Several answers:
those who did not choose are a count too, and the base of a group is known: hiding who chose hides
both; between groups only one sum is known, that of everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from portrea.stats.disclosure import rule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Cell:
    """Those of a group who chose (``yes``), of those who answered (``base``)."""

    group: str
    yes: int
    base: int


REST = "\0"
"""Those of no group: never shown, found by subtraction when all groups are."""


def hidden_of(whole: Cell, groups: Sequence[Cell], threshold: float) -> set[str]:
    """Return the groups whose count must be hidden (``""``: that of everybody).

    Counts from 1 to below the threshold, of those who chose or did not, must not be bounded more
    tightly than the threshold by whoever knows every base and every count shown.
    """
    rest = Cell(
        REST, whole.yes - sum(one.yes for one in groups), whole.base - sum(c.base for c in groups)
    )
    cells = [*groups, rest] if groups and rest.base else list(groups)
    kept = {cell.group for cell in cells if _is_small(cell, threshold)}
    if _is_small(whole, threshold):
        return {whole.group, *kept} - {REST}
    hidden = kept | {cell.group for cell in cells if cell.group == REST}
    secret = set(kept)
    while _found(whole, cells, hidden, secret, threshold):
        shown = [cell for cell in cells if cell.group not in hidden]
        if not shown:
            hidden.add(whole.group)
            break
        inhabited = [cell for cell in shown if cell.yes] or shown
        hidden.add(min(inhabited, key=lambda cell: (cell.yes, cell.group)).group)
    return hidden - {REST}


def publishable_alone(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table of one question of a single answer, with ``hidden``, what is hidden empty.

    Hidden counts are each between 0 and their sum, which is known when the base is: they are two
    at least, and add up to the threshold at least.
    """
    counts = dict(table.select("choice", "answers").iter_rows())
    hidden, bare = hidden_alone(counts)
    keys = pl.DataFrame(
        [("", choice) for choice in hidden],
        schema={"group": pl.String, "choice": pl.String},
        orient="row",
    )
    return _emptied(table, keys, pl.lit(bare))


def hidden_alone(counts: Mapping[str, int]) -> tuple[set[str], bool]:
    """Return the choices whose counts must be hidden, and whether their sum must be too."""
    least = rule("threshold")
    hidden = {choice for choice, count in counts.items() if 0 < count < least}
    while hidden and (len(hidden) < 2 or sum(counts[one] for one in hidden) < least):
        shown = [choice for choice in counts if choice not in hidden and counts[choice]]
        if not shown:
            return hidden, sum(counts.values()) > 0
        hidden.add(min(shown, key=lambda choice: (counts[choice], choice)))
    return hidden, False


def publishable_several(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table of frequencies with a column ``hidden`` and what is hidden left empty."""
    least = rule("threshold")
    found = []
    for choice in table["choice"].unique(maintain_order=True):
        rows = table.filter(choice=choice)
        cells = [Cell(*row) for row in rows.select("group", "answers", "base").iter_rows()]
        whole = next(cell for cell in cells if not cell.group)
        groups = [cell for cell in cells if cell.group]
        found += [(one, choice) for one in hidden_of(whole, groups, least)]
    keys = pl.DataFrame(found, schema={"group": pl.String, "choice": pl.String}, orient="row")
    bare = pl.col("base").is_between(1, least, closed="left")
    return _emptied(table, keys, bare)


def _emptied(table: pl.DataFrame, keys: pl.DataFrame, bare: pl.Expr) -> pl.DataFrame:
    """Return a table without the counts of some cells, nor the bases that are ``bare``."""
    marked = table.join(
        keys.with_columns(hidden=True), on=["group", "choice"], how="left", maintain_order="left"
    ).with_columns(pl.col("hidden").fill_null(value=False))
    vague = pl.col("hidden") | bare
    return marked.with_columns(
        *(pl.when(~vague).then(pl.col(name)).alias(name) for name in ("share", "low", "high")),
        pl.when(~pl.col("hidden")).then(pl.col("answers")).alias("answers"),
        pl.when(~bare).then(pl.col("base")).alias("base"),
    )


def _is_small(cell: Cell, threshold: float) -> bool:
    return any(0 < count < threshold for count in (cell.yes, cell.base - cell.yes, cell.base))


def _found(
    whole: Cell, cells: Sequence[Cell], hidden: Collection[str], secret: Collection[str],
    threshold: float,
) -> bool:  # fmt: skip
    """Tell whether a secret count is bounded more tightly than the threshold."""
    left = whole.yes - sum(cell.yes for cell in cells if cell.group not in hidden)
    unknown = [cell for cell in cells if cell.group in hidden]
    room = sum(cell.base for cell in unknown)
    for cell in unknown:
        if cell.group not in secret:
            continue
        low = max(0, left - (room - cell.base))
        high = left if cell.base < threshold else min(cell.base, left)
        if high - low < threshold:
            return True
    return False
