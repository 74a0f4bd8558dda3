"""Read the Filosofi tables as published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import DataError
from portrea.sources.figures import Figure, find_column, find_figures, read_words
from portrea.sources.insee_filosofi.long import is_long
from portrea.sources.reading import read_table

if TYPE_CHECKING:
    import polars as pl

    from portrea.sources.source import Peek

CODES = ("IRIS", "CODE_IRIS", "CODGEO")


@dataclass(frozen=True, slots=True)
class IncomeTable:
    """The table of one year, its column of codes and its figures."""

    frame: pl.DataFrame
    code: str
    figures: tuple[Figure, ...]
    year: str


def sureness(peek: Peek) -> float:
    """Return 1 for the long layout, 0.9 for codes beside TP60.. or MED.. columns, 0 otherwise."""
    if is_long(peek.columns):
        return 1.0
    return 0.9 if _layout(peek.columns) else 0.0


def _layout(columns: tuple[str, ...]) -> tuple[str, tuple[Figure, ...]] | None:
    code = find_column(columns, CODES)
    figures = find_figures(columns, read_words("insee_filosofi", "figures"))
    return (code, tuple(figures)) if code and figures else None


def read(peek: Peek) -> IncomeTable:
    """Return the table of the file; raise :class:`DataError` when it mixes several years."""
    found = _layout(peek.columns)
    if found is None:
        raise DataError(f"Le fichier {peek.name} n’a pas les colonnes d’un fichier Filosofi.")
    code, figures = found
    years = sorted({figure.year or "" for figure in figures})
    if len(years) > 1:
        raise DataError(
            f"Le fichier {peek.name} mélange plusieurs millésimes : {', '.join(years)}.",
            remedy="Chargez les fichiers publiés année par année.",
        )
    return IncomeTable(read_table(peek), code, figures, years[0])
