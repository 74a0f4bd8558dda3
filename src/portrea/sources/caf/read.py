"""Read the CAF tables as published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError
from portrea.sources.figures import Figure, find_column, find_figures, read_words
from portrea.sources.reading import read_table
from portrea.sources.vintages import vintage_of_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.base.errors import Diagnostic
    from portrea.sources.source import Peek

IRIS_CODES = ("IRIS", "CODE_IRIS", "iris_code", "CODGEO_IRIS", "DCIRIS")
AREA_CODES = ("Numéro commune", "Numéro EPCI", "numcomdo", "Code Insee", "CODGEO", "numepci")
NOTES = ("NOTE", "NOTE_CNAF")
DATES = ("Date référence", "dtreffre", "Date de référence")
BENEFITS = frozenset({"households_aah", "households_ppa", "households_rsa"})


@dataclass(frozen=True, slots=True)
class CafTable:
    """One table of one year: the producer's columns, and where the codes and figures are."""

    frame: pl.DataFrame
    code: str
    figures: tuple[Figure, ...]
    year: str
    note: str | None
    remarks: tuple[Diagnostic, ...] = ()

    @property
    def iris(self) -> bool:
        """Whether the table is the INSEE/CNAF one by IRIS."""
        return self.code.lower() in {name.lower() for name in IRIS_CODES}


def layout(columns: tuple[str, ...]) -> tuple[str, tuple[Figure, ...]] | None:
    """Return the column of codes and the figures of a known CAF layout, ``None`` otherwise."""
    iris = find_column(columns, IRIS_CODES)
    if iris:
        figures = find_figures(columns, read_words("caf", "iris"))
        names = {figure.variable for figure in figures}
        known = "households_caf" in names and names & BENEFITS
        return (iris, tuple(figures)) if known else None
    area = find_column(columns, AREA_CODES)
    figures = find_figures(columns, read_words("caf", "communes"))
    return (area, tuple(figures)) if area and figures else None


def sureness(peek: Peek) -> float:
    """Return 1 when the header is a CAF layout, 0 otherwise."""
    return 1.0 if layout(peek.columns) else 0.0


def read(peek: Peek) -> list[CafTable]:
    """Return the tables of the file, one per year, latest first."""
    found = layout(peek.columns)
    if found is None:
        raise DataError(f"Le fichier {peek.name} n’a pas les colonnes d’un fichier de la CAF.")
    code, figures = found
    frame = read_table(peek)
    note = find_column(frame.columns, NOTES)
    date = find_column(frame.columns, DATES)
    if date is None:
        year, remarks = vintage_of_name(peek)
        return [CafTable(frame, code, figures, year, note, remarks)]
    return [CafTable(part, code, figures, year, note) for year, part in _by_year(peek, frame, date)]


def _by_year(peek: Peek, frame: pl.DataFrame, date: str) -> Iterator[tuple[str, pl.DataFrame]]:
    year = pl.col(date).cast(pl.String).str.extract(r"(20\d\d)")
    dated = frame.with_columns(_year=year)
    if dated["_year"].null_count():
        raise DataError(
            f"Dans le fichier {peek.name}, {dated['_year'].null_count()} ligne(s) n’ont pas d’année"
            f" lisible dans la colonne « {date} ».",
            remedy="Exportez de nouveau le fichier depuis data.caf.fr sans changer les dates.",
        )
    for value in sorted(dated["_year"].unique(), reverse=True):
        part = dated.filter(pl.col("_year") == value)
        last = part[date].cast(pl.String).max()
        yield value, part.filter(pl.col(date).cast(pl.String) == last).drop("_year")
