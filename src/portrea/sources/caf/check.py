"""Expectations on CAF figures: parts within totals, and which part of the country is covered."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from portrea.base.errors import DataError, Diagnostic
from portrea.base.estimates import integer, percent
from portrea.sources.figure_checks import check_parts, hidden_cells, refuse_impossible

if TYPE_CHECKING:
    from portrea.sources.caf.read import CafTable

PARTS = (
    ("households_rsa", "households_caf"),
    ("households_ppa", "households_caf"),
    ("households_aah", "households_caf"),
    ("households_housing_aid", "households_caf"),
    ("households_caf", "persons_caf"),
    ("households_rsa", "persons_rsa"),
    ("households_ppa", "persons_ppa"),
    ("persons_rsa", "persons_caf"),
    ("persons_ppa", "persons_caf"),
)
FULL = 0.98
"""Share of the national total from which a file is said to cover the country."""


def check_notes(table: CafTable, where: str) -> None:
    """Raise :class:`DataError` when a row marked secret (note other than 0) shows a figure."""
    if table.note is None:
        return
    hidden = pl.col(table.note).cast(pl.String).str.strip_chars().is_in(["0", ""]).not_()
    columns = [figure.column for figure in table.figures]
    shown = table.frame.filter(hidden).filter(pl.any_horizontal(pl.col(columns).is_not_null()))
    if shown.height:
        raise DataError(
            f"Dans le fichier {where}, {shown.height} ligne(s) marquées « secret » (colonne"
            f" « {table.note} ») portent pourtant des chiffres : ils ne peuvent pas être publiés.",
            remedy="Reprenez le fichier diffusé par l’INSEE, sans le compléter.",
        )


def check(observations: pl.DataFrame, year: str, where: str) -> tuple[Diagnostic, ...]:
    """Return the remarks on a table of figures; raise :class:`DataError` if it is not credible."""
    refuse_impossible(observations, where)
    remarks = check_parts(observations, PARTS, where)
    return (*remarks, *hidden_cells(observations), *coverage(observations, year))


def coverage(observations: pl.DataFrame, year: str) -> tuple[Diagnostic, ...]:
    """Say which share of the published national total a file by IRIS holds."""
    total = totals().get(year)
    mine = observations.filter(
        (pl.col("level") == "iris") & (pl.col("variable") == "households_caf")
    )
    if total is None or not mine.height:
        return ()
    counted = float(mine["value"].sum())
    share = counted / total["value"]
    if share >= FULL:
        return ()
    text = (
        f"couverture partielle : {integer(counted)} foyers allocataires sur"
        f" {integer(total['value'])}"
        f" publiés au total en {year} ({percent(share)}, {total['scope']}) ; les communes non"
        " découpées en IRIS et les cellules secrètes n’y sont pas"
    )
    return (Diagnostic("partial-coverage", text),)


def totals() -> dict[str, dict[str, Any]]:
    """Return the published national totals by year (``params/totals.yaml``)."""
    text = files("portrea.sources.caf").joinpath("params", "totals.yaml").read_text("utf-8")
    known: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return known
