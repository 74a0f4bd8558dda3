"""Expectations on outlines: each IRIS lies in its commune's code, types are known."""

from __future__ import annotations

import polars as pl

from portrea.base.errors import Diagnostic
from portrea.sources.areas import refuse_bad_codes
from portrea.territory.codes import commune_expr

KINDS = ("H", "A", "D", "Z")


def check(frame: pl.DataFrame, level: str, where: str) -> tuple[Diagnostic, ...]:
    """Return the remarks on a table of territories; raise :class:`DataError` on bad codes."""
    refuse_bad_codes(frame, level, where)
    if level != "iris":
        return ()
    own = commune_expr(pl.col("code").str.head(5))
    moved = frame.filter(own != pl.col("commune"))
    strange = frame.filter(~pl.col("kind").is_in(KINDS))
    remarks = []
    if moved.height:
        remarks.append(
            Diagnostic(
                "iris-of-another-commune",
                f"{moved.height} IRIS rattachés à une commune qui n’est pas dans leur code"
                " (communes fusionnées)",
                value=moved["code"].sort()[0],
            )
        )
    if strange.height:
        remarks.append(
            Diagnostic(
                "unknown-kind", f"{strange.height} IRIS d’un type inconnu (attendu : H, A, D, Z)"
            )
        )
    return tuple(remarks)
