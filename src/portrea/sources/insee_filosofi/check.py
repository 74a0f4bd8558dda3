"""Expectations on incomes: rates between 0 and 100 %, medians of a credible order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError
from portrea.sources.figure_checks import hidden_cells, refuse_impossible

if TYPE_CHECKING:
    from portrea.base.errors import Diagnostic

MEDIAN_RANGE = (1_000, 200_000)
"""Euros a year: outside, the column is monthly, in thousands, or another one."""


def check(observations: pl.DataFrame, where: str) -> tuple[Diagnostic, ...]:
    """Return the remarks; raise :class:`DataError` when a rate or a median is not credible."""
    refuse_impossible(observations, where)
    medians = observations.filter(
        (pl.col("variable") == "median_income") & pl.col("value").is_not_null()
    )
    strange = medians.filter(~pl.col("value").is_between(*MEDIAN_RANGE))
    if strange.height:
        row = strange.sort("code").row(0, named=True)
        raise DataError(
            f"Dans le fichier {where}, {strange.height} revenu(s) médian(s) annuels ne sont pas"
            f" crédibles (zone {row['code']} : {row['value']:g} €).",
            remedy="La médiane attendue est annuelle, en euros, par unité de consommation.",
        )
    return hidden_cells(observations)
