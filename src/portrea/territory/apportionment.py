"""Add counts up to a larger level, or share a total between parts: exactly additive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import DataError, Diagnostic, TerritoryError
from portrea.territory.codes import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

_BELOW_ROUNDING = 1 - 2.0**-49
"""Keeps computed shares below the true ones, so that parts are only ever completed, never cut."""


def aggregate(
    frame: pl.DataFrame, territories: pl.DataFrame, *, to: Level | str, sums: Sequence[str]
) -> pl.DataFrame:
    """Add counts of one level up to a larger one.

    Parameters
    ----------
    frame
        Columns ``level`` (one level only), ``code``, and those of ``sums``.
    territories
        Completed table of territories, which gives the parents.
    to
        Level of the result.
    sums
        Additive columns. A sum with an unknown part (null) is unknown, never partial.

    Returns
    -------
    Columns ``level``, ``code`` and ``sums``, sorted by code. A part without a parent at this level
    (the islands of no epci) is in no row.

    Raises
    ------
    DataError
        Several levels, or a code repeated.
    TerritoryError
        Codes that are no territory.
    """
    to = Level(to)
    _check_parts(frame, territories)
    parent = pl.lit("FR") if to is Level.FRANCE else pl.col(to.value)
    names = ["level", "code"] + ([] if to is Level.FRANCE else [to.value])
    joined = frame.select("level", "code", *sums).join(
        territories.select(sorted({*names})), on=["level", "code"], how="left"
    )
    total = [
        pl.when(pl.col(n).is_null().any()).then(None).otherwise(pl.col(n).sum()).alias(n)
        for n in sums
    ]
    grouped = joined.with_columns(parent=parent).filter(pl.col("parent").is_not_null())
    result = grouped.sort("code").group_by("parent", maintain_order=True).agg(total)
    return result.select(
        pl.lit(to.value).alias("level"), pl.col("parent").alias("code"), *sums
    ).sort("code")


def _check_parts(frame: pl.DataFrame, territories: pl.DataFrame) -> None:
    levels = frame["level"].unique().to_list()
    if len(levels) > 1:
        raise DataError(
            f"On n’additionne pas plusieurs niveaux à la fois : {', '.join(sorted(levels))}.",
            remedy="Gardez un seul niveau de départ.",
        )
    repeated = frame.filter(pl.struct("level", "code").is_duplicated())["code"].unique().sort()
    if repeated.len():
        raise DataError(
            "Des zones sont présentes deux fois : elles seraient comptées deux fois.",
            diagnostics=tuple(
                Diagnostic("repeated-key", "zone en double", value=code)
                for code in repeated.head(5)
            ),
        )
    unknown = frame.join(territories, on=["level", "code"], how="anti")["code"].sort()
    if unknown.len():
        raise TerritoryError(
            f"{unknown.len()} zone(s) inconnue(s) de la liste des territoires, dont "
            f"{', '.join(unknown.head(5))}.",
            remedy="Passez les codes au millésime d’aujourd’hui, ou chargez la liste des communes.",
        )


def apportion(
    totals: pl.DataFrame,
    weights: pl.DataFrame,
    *,
    parent: str = "parent",
    child: str = "code",
    total: str = "total",
    weight: str = "weight",
) -> pl.DataFrame:
    """Share totals between parts in proportion to weights; the parts add up exactly.

    Parameters
    ----------
    totals
        Columns ``parent`` and ``total``: whole numbers stay whole numbers.
    weights
        Columns ``parent``, ``child`` and ``weight`` (≥ 0).

    Returns
    -------
    Columns ``parent``, ``child`` and ``total``; a null total gives null parts.

    Raises
    ------
    DataError
        Negative or missing weights, a non-zero total without any weight, a negative total.

    Notes
    -----
    Largest remainder, ties to the smallest code. A floating total ``T`` is shared in whole numbers
    of its unit in the last place ``u`` (``T = k·u``, ``k < 2⁵³``): the parts are multiples of
    ``u`` not above ``T``, so their floating-point sum is ``T`` exactly, whatever the order.
    """
    frame = weights.select(parent, child, weight).join(
        totals.select(parent, total), on=parent, how="inner"
    )
    _check_weights(frame, totals, parent, total, weight)
    frame = frame.sort(parent, child)
    whole = totals.schema[total].is_integer()
    known = frame.filter(pl.col(total).is_not_null())
    if known.height:
        shared = _share(known, parent, total, weight, whole=whole)
        known = known.with_columns(pl.Series(total, shared).cast(totals.schema[total]))
    unknown = frame.filter(pl.col(total).is_null())
    return pl.concat([known, unknown]).sort(parent, child).select(parent, child, total)


def _share(frame: pl.DataFrame, parent: str, total: str, weight: str, *, whole: bool) -> np.ndarray:
    group = frame[parent].rank("dense").to_numpy().astype(np.int64) - 1
    amount = frame[total].to_numpy().astype(np.float64)
    unit = np.ones_like(amount) if whole else np.spacing(amount)
    heavy = frame[weight].to_numpy().astype(np.float64)
    mass = np.bincount(group, heavy)[group]
    count = amount / unit
    exact = np.divide(heavy, mass, out=np.zeros_like(heavy), where=mass > 0) * count
    exact *= _BELOW_ROUNDING
    floor = np.floor(exact)
    parts = _correct(floor.astype(np.int64), exact - floor, group, count.astype(np.int64), heavy)
    return parts if whole else parts * unit


def _correct(
    parts: np.ndarray,
    remainder: np.ndarray,
    group: np.ndarray,
    count: np.ndarray,
    heavy: np.ndarray,
) -> np.ndarray:
    """Give the missing units to the largest remainders; never to a zero weight."""
    sums = np.zeros(group.max() + 1, dtype=np.int64)
    np.add.at(sums, group, parts)
    missing = count - sums[group]
    order = np.lexsort((-remainder, heavy <= 0, group))
    starts = np.searchsorted(group, group)
    rank = np.empty_like(group)
    rank[order] = np.arange(len(group)) - starts
    eligible = np.bincount(group, heavy > 0).astype(np.int64)[group]
    size = np.maximum(eligible, 1)
    each, left = np.divmod(missing, size)
    gain = np.where(heavy > 0, each + (rank < left), 0)
    return parts + gain


def _check_weights(
    frame: pl.DataFrame, totals: pl.DataFrame, parent: str, total: str, weight: str
) -> None:
    bad = frame.filter(pl.col(weight).is_null() | (pl.col(weight) < 0) | (pl.col(total) < 0))
    mass = frame.group_by(parent).agg(pl.col(weight).sum())
    empty = totals.join(mass, on=parent, how="left").filter(
        (pl.col(total) > 0) & (pl.col(weight).fill_null(0) <= 0)
    )
    faulty = sorted({*bad[parent].to_list(), *empty[parent].to_list()})
    if faulty:
        raise DataError(
            "Répartition impossible : poids absents, nuls ou négatifs, ou total négatif.",
            diagnostics=tuple(
                Diagnostic("bad-weights", "zone à répartir", value=str(code)) for code in faulty[:5]
            ),
            remedy="Donnez à chaque zone au moins une partie de poids strictement positif.",
        )
