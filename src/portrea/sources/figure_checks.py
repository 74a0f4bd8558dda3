"""Expectations on published figures, loud when they fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.vocab.variables import variables

if TYPE_CHECKING:
    from collections.abc import Sequence

TOLERANCE = 5.0
"""A part and its total are each rounded to 5 at most: they may cross by that much."""
BEARABLE = 0.01
"""Share of areas that may break part ≤ total before the file is refused (columns mistaken)."""


def refuse_impossible(observations: pl.DataFrame, where: str) -> None:
    """Raise :class:`DataError` for a negative count or a share outside 0–100 %."""
    shares = [name for name, variable in variables().items() if variable.unit == "share"]
    is_share = pl.col("variable").is_in(shares)
    wrong = observations.filter((pl.col("value") < 0) | (is_share & (pl.col("value") > 1)))
    if wrong.height:
        faults = tuple(
            Diagnostic(
                "impossible",
                f"{row['level']} {row['code']}, {row['variable']}",
                value=str(row["value"]),
            )
            for row in wrong.sort("code").head(10).iter_rows(named=True)
        )
        raise DataError(
            f"Le fichier {where} contient {wrong.height} valeur(s) impossibles (négatives, ou parts"
            " supérieures à 100 %).",
            diagnostics=faults,
            remedy="Vérifiez les colonnes du fichier auprès du producteur.",
        )


def check_parts(
    observations: pl.DataFrame, pairs: Sequence[tuple[str, str]], where: str
) -> tuple[Diagnostic, ...]:
    """Compare parts with their totals (``(part, total)`` variables), area by area.

    A few crossings are told as remarks; more than 1 % of the areas is an error: the columns are
    probably not what their names say.
    """
    remarks = []
    for part, total in pairs:
        both = _join(observations, part, total)
        over = both.filter(pl.col("value") > pl.col("whole") + TOLERANCE)
        if not over.height:
            continue
        names = variables()
        words = (
            f"« {names[part].label} » dépasse « {names[total].label} » dans {over.height} zone(s)"
            f" sur {both.height}"
        )
        if over.height > BEARABLE * both.height and over.height > 1:
            raise DataError(
                f"Dans le fichier {where}, {words}.",
                remedy="Vérifiez les noms de colonnes : deux colonnes sont peut-être inversées.",
            )
        remarks.append(Diagnostic("part-above-total", words, value=over["code"].sort()[0]))
    return tuple(remarks)


def _join(observations: pl.DataFrame, part: str, total: str) -> pl.DataFrame:
    known = observations.filter(pl.col("value").is_not_null())
    wholes = known.filter(pl.col("variable") == total).select("level", "code", whole="value")
    return known.filter(pl.col("variable") == part).join(wholes, on=["level", "code"])


def hidden_cells(observations: pl.DataFrame) -> tuple[Diagnostic, ...]:
    """Return one remark that counts the cells hidden by secrecy, when there are some."""
    hidden = observations.filter(pl.col("status") == "suppressed").height
    if not hidden:
        return ()
    share = round(100 * hidden / observations.height)
    text = (
        f"{hidden} valeur(s) masquées par le secret statistique ({share} %) : gardées comme"
        " inconnues, jamais comme des zéros"
    )
    return (Diagnostic("hidden-cells", text),)
