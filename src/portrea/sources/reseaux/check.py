"""Expectations on networks: shares stay shares, no antenna is not no cover."""

from __future__ import annotations

import polars as pl

from portrea.base.errors import Diagnostic
from portrea.sources.figure_checks import refuse_impossible
from portrea.sources.figures import hide


def settle_antennas(observations: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Diagnostic, ...]]:
    """Turn the zeros of antennas into unknown figures.

    The score is that of the antennas standing in the commune; most communes without one are covered
    from next door, so 0 would say the opposite of what is known.
    """
    zero = (pl.col("variable") == "mobile_sites_score") & (pl.col("value") == 0)
    count = observations.filter(zero).height
    if not count:
        return observations, ()
    text = (
        f"{count} commune(s) sans antenne sur leur sol : la couverture y est inconnue, jamais nulle"
    )
    return hide(observations, zero, "missing"), (Diagnostic("no-antenna", text),)


def check(observations: pl.DataFrame, where: str) -> None:
    """Raise :class:`DataError` on a figure outside 0–1."""
    refuse_impossible(observations, where)
