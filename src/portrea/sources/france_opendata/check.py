"""What must hold in the IRIS table before it is mapped."""

from __future__ import annotations

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.reading import code

ROUNDING = 2
"""The package rounds each count to a whole person: three parts may miss the total by 2."""


def check(frame: pl.DataFrame, *, where: str) -> pl.DataFrame:
    """Return the table with codes mended, or raise when ages do not add up to the population."""
    counts = ("pop", "pop_0_19", "pop_20_64", "pop_65p")
    frame = frame.with_columns(code("iris", 9), code("com", 5)).with_columns(
        pl.col(name).cast(pl.Float64) for name in counts
    )
    gap = pl.col("pop") - pl.col("pop_0_19") - pl.col("pop_20_64") - pl.col("pop_65p")
    wrong = frame.filter((gap.abs() > ROUNDING) | (pl.col("iris").str.head(5) != pl.col("com")))
    if wrong.height:
        raise DataError(
            f"{where} : {wrong.height} IRIS dont les tranches d’âge ne font pas la population, ou"
            " dont le code n’est pas celui de la commune.",
            diagnostics=tuple(
                Diagnostic("iris-sum", "IRIS incohérent", field="iris", value=value)
                for value in wrong["iris"].head(5)
            ),
            remedy="Téléchargez de nouveau le fichier.",
        )
    return frame
