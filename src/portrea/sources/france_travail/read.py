"""Read the tables of job-seekers as published."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import DataError
from portrea.sources.figures import Figure, find_column, find_figures, read_words
from portrea.sources.reading import read_table
from portrea.sources.vintages import vintage_of_name

if TYPE_CHECKING:
    import polars as pl

    from portrea.base.errors import Diagnostic
    from portrea.sources.source import Peek

CODES = ("IRIS", "CODE_IRIS", "CODGEO", "COM", "CODE_INSEE", "code_commune", "Code commune")


@dataclass(frozen=True, slots=True)
class JobseekersTable:
    """The table, its column of codes, and its figures by year."""

    frame: pl.DataFrame
    code: str
    years: dict[str, tuple[Figure, ...]]
    remarks: tuple[Diagnostic, ...] = ()


def sureness(peek: Peek) -> float:
    """Return 0.9 for a column of codes beside ABCDE, ABC or DEFM columns, 0 otherwise."""
    return 0.9 if _layout(peek.columns) else 0.0


def _layout(columns: tuple[str, ...]) -> tuple[str, list[Figure]] | None:
    code = find_column(columns, CODES)
    figures = find_figures(columns, read_words("france_travail", "figures"))
    return (code, figures) if code and figures else None


def read(peek: Peek) -> JobseekersTable:
    """Return the table of the file."""
    found = _layout(peek.columns)
    if found is None:
        raise DataError(
            f"Le fichier {peek.name} n’a pas les colonnes d’un fichier de demandeurs d’emploi."
        )
    code, figures = found
    remarks: tuple[Diagnostic, ...] = ()
    default = ""
    if any(figure.year is None for figure in figures):
        default, remarks = vintage_of_name(peek)
    years: defaultdict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        years[figure.year or default].append(figure)
    grouped = {year: tuple(years[year]) for year in sorted(years, reverse=True)}
    return JobseekersTable(read_table(peek), code, grouped, remarks)
