"""The indices at every level: communes scored, wider areas the mean of their inhabitants."""

from __future__ import annotations

import polars as pl

from portrea.needs.indices.definitions import card, criteria_of
from portrea.needs.indices.ifn import ifn
from portrea.needs.indices.tables import INDICES, LEVELS, TOTAL, VERSIONS

WIDER = ("epci", "departement", "region", "france")


def index_table(
    table: pl.DataFrame, *, versions: tuple[str, ...] = VERSIONS, normalisation: str | None = None
) -> pl.DataFrame:
    """Score communes and wider areas with every version.

    Parameters
    ----------
    table
        :func:`portrea.needs.indices.criteria_table`.

    Returns
    -------
    DataFrame
        Conforms to :data:`INDICES`. A wider area has the mean of its communes weighted by their
        population, if those known hold the declared share of its inhabitants.
    """
    frames = [_of_version(table, version, normalisation) for version in versions]
    return INDICES.conform(pl.concat(frames)).sort("level", "code", "version", "part")


def _of_version(table: pl.DataFrame, version: str, normalisation: str | None) -> pl.DataFrame:
    scores = ifn(table, version=version, normalisation=normalisation)
    least = float(card()["display"]["least_known"]["value"])
    kept = scores.filter((pl.col("part") != TOTAL) | (pl.col("known") >= least - 1e-9))
    owners = table.select("code", "population", *LEVELS[1:-1]).with_columns(
        commune="code", france=pl.lit("FR")
    )
    rows = kept.join(owners, on="code")
    frames = [kept.with_columns(level=pl.lit("commune"))]
    frames += [_wider(rows, owners, level) for level in WIDER]
    columns = ["level", "code", "part", "value", "known"]
    return pl.concat([frame.select(columns) for frame in frames]).with_columns(
        version=pl.lit(version)
    )


def _wider(rows: pl.DataFrame, owners: pl.DataFrame, level: str) -> pl.DataFrame:
    least = float(card()["display"]["least_covered"]["value"])
    whole = owners.group_by(level).agg(inhabitants=pl.col("population").sum())
    weight = pl.col("population")
    return (
        rows.filter(pl.col(level).is_not_null() & (weight > 0))
        .group_by(level, "part")
        .agg(
            value=(pl.col("value") * weight).sum() / weight.sum(),
            known=(pl.col("known") * weight).sum() / weight.sum(),
            covered=weight.sum(),
        )
        .join(whole, on=level)
        .filter(pl.col("covered") >= least * pl.col("inhabitants"))
        .select(pl.lit(level).alias("level"), pl.col(level).alias("code"), "part", "value", "known")
    )


def missing_criteria(table: pl.DataFrame, version: str) -> list[str]:
    """Return the criteria of a version for which no commune has a figure."""
    return [n for n in criteria_of(version) if not table[n].is_not_null().any()]
