"""Expectations on census figures."""

from __future__ import annotations

import polars as pl

from portrea.base.errors import DataError, Diagnostic

PARTS = (
    ("persons_65_plus", "persons"),
    ("persons_75_plus", "persons"),
    ("persons_unemployed_15_64", "persons_active_15_64"),
    ("households_hlm", "households"),
)
DIPLOMAS = (
    "non_schooled_no_diploma",
    "non_schooled_no_diploma_or_bepc",
    "non_schooled_bepc",
    "non_schooled_capbep",
    "non_schooled_bac",
    "non_schooled_sup",
)
BEARABLE = 0.02
"""Share of the total that the sum of the diplomas may miss before the file is refused."""


def check_diplomas(observations: pl.DataFrame, where: str) -> tuple[Diagnostic, ...]:
    """Compare the sum of the diplomas with the non-schooled 15 or more, over the whole table.

    Raises
    ------
    DataError
        They differ by more than 2 %: a column is missing or mistaken.
    """
    sums = observations.group_by("variable").agg(pl.col("value").sum())
    totals = dict(zip(sums["variable"], sums["value"], strict=True))
    total = totals.get("non_schooled_15_plus", 0.0)
    present = [totals[name] for name in DIPLOMAS if name in totals]
    lowest = totals.keys() & set(DIPLOMAS[:2])
    if not total or not lowest or "non_schooled_sup" not in totals:
        return ()
    gap = abs(sum(present) - total) / total
    if gap > BEARABLE:
        raise DataError(
            f"Dans le fichier {where}, les diplômes ne font pas le total des personnes sorties des"
            f" études : {sum(present):.0f} contre {total:.0f}.",
            remedy="Une colonne manque ou a été déplacée : reprenez le fichier de l’INSEE.",
        )
    return ()
