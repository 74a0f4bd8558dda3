"""What the national row stands for: France only when its départements are all estimated."""

from __future__ import annotations

import polars as pl

from portrea.steering.display import parameters
from portrea.steering.wording import enumeration

MOST_NAMED = 5
"""Départements that may be missing, and are then named; beyond that it is no longer France."""
LOADED = "Départements chargés"
HEADLINE = "a1"


def name_of_whole(territories: pl.DataFrame, estimates: pl.DataFrame) -> str:
    """Return « France », « France (hors Mayotte) » or « Départements chargés ».

    Parameters
    ----------
    territories, estimates
        Tables of the computation; a département is known when its A1 has a grade (any
        measure when A1 is nowhere known).
    """
    graded = estimates.filter(pl.col("level") == "departement", pl.col("quality") != "N")
    first = graded.filter(pl.col("measure") == HEADLINE)
    known = first if first.height else graded
    if known.is_empty():
        return "France"
    listed = {code for codes in parameters("names")["departements"].values() for code in codes}
    absent = sorted(listed - set(known["code"].to_list()))
    if len(absent) > MOST_NAMED:
        return LOADED
    rows = territories.filter(pl.col("level") == "departement")
    names = dict(rows.select("code", "name").iter_rows())
    words = enumeration([names.get(code, code) for code in absent])
    return f"France (hors {words})" if words else "France"
