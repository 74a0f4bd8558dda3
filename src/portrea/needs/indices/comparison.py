"""How far our shares and a composite index agree, and where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.needs.indices.definitions import axes, criteria, criteria_of, label_of_part
from portrea.needs.indices.tables import AGREEMENT, TOTAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST = 3
"""Areas from which a correlation is given."""
SPREAD = 1e-24
"""Product of the squared spreads under which values are held to be all equal."""


def compare(
    estimates: pl.DataFrame,
    indices: pl.DataFrame,
    *,
    levels: Sequence[str] = ("commune", "epci"),
    measures: Sequence[str] = ("a1", "a2", "c"),
) -> pl.DataFrame:
    """Correlate our shares with every part of every index, level by level.

    Parameters
    ----------
    estimates
        Table ``estimates``: the rows of ``levels`` and ``measures`` with a share are used.
    indices
        Table ``indices``.

    Returns
    -------
    DataFrame
        Conforms to :data:`AGREEMENT`; a correlation is null below three areas or without spread.
    """
    shares = estimates.filter(
        pl.col("level").is_in(list(levels))
        & pl.col("measure").is_in(list(measures))
        & pl.col("share").is_not_null()
    ).select("level", "code", "measure", "share", "population")
    both = shares.join(
        indices.select("level", "code", "version", "part", "value"), on=["level", "code"]
    )
    keys = ["level", "measure", "version", "part"]
    rows = [
        dict(zip(keys, key, strict=True)) | _correlations(frame)
        for key, frame in both.group_by(keys)
    ]
    return AGREEMENT.conform(pl.DataFrame(rows, schema=AGREEMENT.schema)).sort(keys)


def _correlations(frame: pl.DataFrame) -> dict[str, Any]:
    share, value = frame["share"], frame["value"]
    x, y = share.to_numpy(), value.to_numpy()
    return {
        "areas": frame.height,
        "pearson": correlation(x, y),
        "spearman": correlation(share.rank().to_numpy(), value.rank().to_numpy()),
        "weighted": correlation(x, y, frame["population"].to_numpy()),
    }


def correlation(x: Floats, y: Floats, weights: Floats | None = None) -> float | None:
    """Linear correlation, weighted if asked; ``None`` below three areas or without spread."""
    w = np.ones(len(x)) if weights is None else weights
    if len(x) < LEAST or w.sum() <= 0:
        return None
    dx, dy = x - np.average(x, weights=w), y - np.average(y, weights=w)
    spread = (w * dx * dx).sum() * (w * dy * dy).sum()
    if spread <= SPREAD:
        return None
    return float(np.clip((w * dx * dy).sum() / np.sqrt(spread), -1, 1))


def disagreements(
    estimates: pl.DataFrame,
    indices: pl.DataFrame,
    *,
    level: str,
    codes: Sequence[str],
    measure: str = "a1",
    version: str = "v1",
) -> pl.DataFrame:
    """Rank the areas of a territory both ways and say which criteria pull the index away.

    Returns
    -------
    DataFrame
        ``code``, ``share``, ``population``, ``value``, ``rank_measure`` and ``rank_index`` (1: most
        fragile), ``gap`` (places the index lifts the area towards fragility) and ``reason``,
        biggest gap first.
    """
    wanted = pl.col("code").is_in(list(codes)) & (pl.col("level") == level)
    shares = estimates.filter(
        wanted & (pl.col("measure") == measure) & pl.col("share").is_not_null()
    ).select("code", "share", "population")
    parts = indices.filter(wanted & (pl.col("version") == version))
    totals = parts.filter(pl.col("part") == TOTAL).select("code", "value")
    ranked = shares.join(totals, on="code").with_columns(
        rank_measure=pl.col("share").rank("min", descending=True),
        rank_index=pl.col("value").rank("min", descending=True),
    )
    ranked = ranked.with_columns(
        gap=pl.col("rank_measure").cast(pl.Int64) - pl.col("rank_index").cast(pl.Int64)
    )
    reasons = _reasons(parts, ranked, version)
    return (
        ranked.join(reasons, on="code", how="left")
        .with_columns(pl.col("reason").fill_null(""))
        .sort(pl.col("gap").abs(), "code", descending=[True, False])
    )


def _reasons(parts: pl.DataFrame, ranked: pl.DataFrame, version: str) -> pl.DataFrame:
    """Name the two criteria that push the index most in the direction of the gap.

    A criterion pushes by its weight times its distance to the population-weighted mean of the areas
    compared.
    """
    weights = _weights(version)
    pushed = (
        parts.filter(pl.col("part").is_in(list(criteria())))
        .join(ranked.select("code", "population", "gap"), on="code")
        .with_columns(weight=pl.col("part").replace_strict(weights, default=0.0))
        .with_columns(
            mean=((pl.col("value") * pl.col("population")).sum() / pl.col("population").sum()).over(
                "part"
            )
        )
        .with_columns(
            push=pl.col("weight") * (pl.col("value") - pl.col("mean")) * pl.col("gap").sign()
        )
        .filter(pl.col("push") > 0)
        .sort("push", descending=True)
    )
    labels = {name: label_of_part(name) for name in weights}
    return (
        pushed.with_columns(word=pl.col("part").replace_strict(labels, default=""))
        .group_by("code", maintain_order=True)
        .agg(pl.col("word").head(2))
        .select("code", reason=pl.col("word").list.join(", "))
    )


def _weights(version: str) -> dict[str, float]:
    """Weight of each criterion in the total, all of them known."""
    if version == "v1":
        return {name: a.weight / len(a.criteria) for a in axes() for name in a.criteria}
    names = criteria_of(version)
    return dict.fromkeys(names, 1 / len(names))
