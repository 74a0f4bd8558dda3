"""Expectations on the table of membership."""

from __future__ import annotations

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.areas import refuse_bad_codes


def single_rows(frame: pl.DataFrame, where: str) -> tuple[pl.DataFrame, tuple[Diagnostic, ...]]:
    """Return one row per IRIS; the same row twice is dropped, two different ones are an error."""
    refuse_bad_codes(frame.select(code="iris"), "iris", where)
    refuse_bad_codes(frame.select(code="owner").unique(), "commune", where)
    unique = frame.unique(maintain_order=True)
    repeated = unique.group_by("iris").len().filter(pl.col("len") > 1).sort("iris")
    if repeated.height:
        raise DataError(
            f"Dans le fichier {where}, {repeated.height} IRIS ont deux appartenances différentes :"
            f" {', '.join(repeated['iris'].head(8))}.",
            remedy="Gardez une seule ligne par IRIS.",
        )
    doubles = frame.height - unique.height
    if not doubles:
        return unique, ()
    return unique, (Diagnostic("double-rows", f"{doubles} ligne(s) en double ignorées"),)
