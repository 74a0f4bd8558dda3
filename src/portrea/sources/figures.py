"""From a producer's wide table (one column per figure) to the declared ``observations`` table.

Each source gives its words (``mapping/*.csv``: the producer's column → our variable); secrecy
marks, blanks, decimal commas and percentages are handled here once, never silently: a hidden
figure keeps its row, with a null value and the status that says why.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.reading import number
from portrea.vocab.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MARKS = {
    "s": "suppressed",  # secret statistique
    "ns": "suppressed",  # non significatif, masqué par l’INSEE dans Filosofi
    "c": "suppressed",  # confidentiel
    "<5": "suppressed",
    "nd": "missing",  # non disponible
    "na": "missing",
    "n/a": "missing",
    "so": "missing",  # sans objet
    "///": "missing",
    "-": "missing",
}
"""What producers write in a number column when there is no number."""

ROUNDING = 5
"""Base of the rounding of CAF and France Travail open data (data.caf.fr: « arrondi à 5 »)."""
ROUNDED_FROM = 0.9
"""Share of multiples of 5 from which a table is rounded (by chance it would be 20 %)."""
SUMMARY_LEVELS = ("departement", "region", "france")


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of the file that carries one of our variables, with the year its name tells."""

    column: str
    variable: str
    year: str | None = None


def read_words(source: str, name: str) -> dict[str, str]:
    """Return a mapping of a source (``mapping/<name>.csv``): the producer's word → ours."""
    text = files(f"portrea.sources.{source}").joinpath("mapping", f"{name}.csv").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {row["producer"]: row["portrea"] for row in csv.DictReader(lines)}


def find_figures(columns: Iterable[str], words: Mapping[str, str]) -> list[Figure]:
    """Return the columns that the words name, whatever their case.

    A word may hold ``{yy}`` or ``{yyyy}``: the year of the figures, as in ``TP60{yy}``. When two
    words name the same variable and year (``all_2023`` and ``f_ndur``), the first word wins.
    """
    patterns = [(_pattern(word), variable) for word, variable in words.items()]
    found: dict[tuple[str, str | None], Figure] = {}
    names = list(columns)
    for pattern, variable in patterns:
        for column in names:
            match = pattern.fullmatch(column)
            if match:
                year = _year(match)
                found.setdefault((variable, year), Figure(column, variable, year))
    return list(found.values())


def _pattern(word: str) -> re.Pattern[str]:
    text = re.escape(word).replace(r"\{yyyy\}", r"(?P<yyyy>20\d\d)")
    return re.compile(text.replace(r"\{yy\}", r"(?P<yy>\d\d)"), re.IGNORECASE)


def _year(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    if groups.get("yyyy"):
        return groups["yyyy"]
    return f"20{groups['yy']}" if groups.get("yy") else None


def find_column(columns: Iterable[str], names: Sequence[str]) -> str | None:
    """Return the column called by one of ``names`` (first name first), whatever its case."""
    by_lower = {column.lower(): column for column in reversed(list(columns))}
    return next((by_lower[name.lower()] for name in names if name.lower() in by_lower), None)


def to_observations(
    frame: pl.DataFrame, figures: Sequence[Figure], *, where: str, blank: str = "missing"
) -> pl.DataFrame:
    """Return the figures of ``frame`` (columns ``level`` and ``code`` added before) in long form.

    Percentages of variables whose unit is ``share`` are divided by 100.

    Parameters
    ----------
    blank
        Status of an empty cell: ``missing``, or ``suppressed`` where the producer leaves blank what
        secrecy hides.

    Raises
    ------
    DataError
        A cell is neither a number nor a known mark of secrecy or absence.
    """
    parts = [_long(frame, figure, blank) for figure in figures]
    long = pl.concat(parts)
    strange = long.filter(pl.col("status").is_null())
    if strange.height:
        raise _strange_cells(strange, where)
    return long.select("level", "code", "variable", "value", "status")


def _long(frame: pl.DataFrame, figure: Figure, blank: str) -> pl.DataFrame:
    numeric = frame.schema[figure.column].is_numeric()
    raw = pl.col(figure.column)
    value = (
        pl.when(raw.cast(pl.Float64).is_finite()).then(raw.cast(pl.Float64))
        if numeric
        else number(figure.column)
    )
    mark = pl.lit(None, pl.String) if numeric else raw.cast(pl.String).str.strip_chars()
    share = variables()[figure.variable].unit == "share"
    cells = frame.select("level", "code", value=value, mark=mark)
    known = pl.col("mark").str.to_lowercase().replace_strict(MARKS, default=None)
    status = (
        pl.when(pl.col("value").is_not_null())
        .then(pl.lit("ok"))
        .when(pl.col("mark").is_null() | (pl.col("mark") == ""))
        .then(pl.lit(blank))
        .otherwise(known)
    )
    return cells.with_columns(
        variable=pl.lit(figure.variable),
        column=pl.lit(figure.column),
        status=status,
        value=pl.col("value") / 100 if share else pl.col("value"),
    )


def _strange_cells(strange: pl.DataFrame, where: str) -> DataError:
    rows = strange.unique(["column", "mark"], maintain_order=True).head(10)
    faults = tuple(
        Diagnostic(
            "not-a-number",
            f"ni un nombre, ni une marque de secret connue (zone {row['code']})",
            field=row["column"],
            value=row["mark"],
        )
        for row in rows.iter_rows(named=True)
    )
    return DataError(
        f"Le fichier {where} contient {strange.height} cellule(s) qui ne sont pas des nombres.",
        diagnostics=faults,
        remedy="Rechargez le fichier d’origine du producteur, ou corrigez ces cellules.",
    )


def hide(
    observations: pl.DataFrame, condition: pl.Expr, status: str = "suppressed"
) -> pl.DataFrame:
    """Return the table with a null value and ``status`` on the rows where ``condition`` holds."""
    return observations.with_columns(
        value=pl.when(condition).then(None).otherwise(pl.col("value")),
        status=pl.when(condition).then(pl.lit(status)).otherwise(pl.col("status")),
    )


def mark_rounded(observations: pl.DataFrame) -> pl.DataFrame:
    """Give the status ``rounded`` to counts published as multiples of 5.

    Judged for the whole table, per family of levels (départements, régions and France together): it
    is rounded when nine tenths of its counts are multiples of 5. Rates and medians are left alone.
    """
    family = pl.col("level").replace(dict.fromkeys(SUMMARY_LEVELS, "summary")).alias("family")
    counts = pl.col("variable").is_in([name for name, v in variables().items() if v.additive])
    known = counts & (pl.col("status") == "ok")
    tagged = observations.with_columns(family)
    shares = (
        tagged.filter(known & (pl.col("value") != 0))
        .group_by("family")
        .agg(multiples=(pl.col("value") % ROUNDING == 0).mean())
    )
    rounded = known & (pl.col("multiples") >= ROUNDED_FROM).fill_null(False)
    status = pl.when(rounded).then(pl.lit("rounded")).otherwise(pl.col("status"))
    return (
        tagged.join(shares, on="family", how="left", maintain_order="left")
        .with_columns(status=status)
        .select(observations.columns)
    )
