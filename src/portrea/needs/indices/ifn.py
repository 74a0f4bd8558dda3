"""The « indice de fragilité numérique » in its three generations, re-implemented from public notes.

A missing figure is left out of the means and told by ``known``: the published index counted it as
zero, which made 3 837 IRIS look sound (``method.md`` §2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import ParameterError
from portrea.needs.indices.definitions import (
    NORMALISATIONS,
    axes,
    card,
    criteria,
    criteria_of,
)
from portrea.needs.indices.tables import TOTAL, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Parts = dict[str, tuple[Floats, Floats]]

EDGE = 1e-12
"""Ranks are fractions: a distance that is exactly a declared step must not fall below it."""


def ifn(
    table: pl.DataFrame,
    *,
    version: str = "v1",
    reference: str | Mapping[str, float] | None = None,
    normalisation: str | None = None,
) -> pl.DataFrame:
    """Score the communes of a table with one version of the index.

    Parameters
    ----------
    table
        One row per commune: ``code``, ``population`` and one column per criterion (absent or null:
        unknown). See :func:`portrea.needs.indices.criteria_table`.
    version
        ``v1``, ``v2`` or ``v3``.
    reference
        V1 only: what 100 stands for. ``None``: mean of the table weighted by population; a column
        of ``table`` (``region``, ``departement``): mean inside each group; or the values.
    normalisation
        V3 only: ``minmax``, ``rank`` or ``quantile``; the declared one by default.

    Returns
    -------
    DataFrame
        ``code``, ``part`` (``total``, axes, criteria), ``value`` and ``known``, without nulls.

    Raises
    ------
    ParameterError
        Unknown version or normalisation.

    Notes
    -----
    V1: z = 100·x/ref (200 − 100·x/ref, at least 0, when more protects), axis = mean of the known z,
    total = Σ w·axis / Σ w over the known axes. V2: points by distance of the mid-rank to the
    median, total = 11·mean/3.3. V3, « inspiré de l’IFN V3 »: mean of the criteria brought to 1–10.
    """
    if version not in VERSIONS:
        raise ParameterError(
            f"La version « {version} » de l’indice est inconnue.",
            remedy=f"Versions : {', '.join(VERSIONS)}.",
        )
    if version == "v1":
        parts = _first(table, reference)
    else:
        parts = _second(table) if version == "v2" else _third(table, normalisation)
    return _long(table["code"], parts)


def combine_axes(table: pl.DataFrame) -> pl.Series:
    """Return the total of the first version from columns named like its axes (null: unknown)."""
    columns = np.column_stack([_column(table, axis.name) for axis in axes()])
    total, _ = _mean(columns, np.array([axis.weight for axis in axes()]))
    return pl.Series("total", total).fill_nan(None)


def _first(table: pl.DataFrame, reference: str | Mapping[str, float] | None) -> Parts:
    parts: Parts = {}
    scores: dict[str, Floats] = {}
    for name in criteria_of("v1"):
        scores[name] = _relative(table, name, reference)
        parts[name] = scores[name], np.ones(table.height)
    shares = []
    for axis in axes():
        parts[axis.name] = _mean(np.column_stack([scores[name] for name in axis.criteria]))
        shares.append(parts[axis.name][1] * axis.weight)
    weights = np.array([axis.weight for axis in axes()])
    total, _ = _mean(np.column_stack([parts[axis.name][0] for axis in axes()]), weights)
    return parts | {TOTAL: (total, np.sum(shares, axis=0) / weights.sum())}


def _relative(
    table: pl.DataFrame, name: str, reference: str | Mapping[str, float] | None
) -> Floats:
    values = _column(table, name)
    ratio = 100 * values / _reference(table, name, reference)
    if criteria()[name].more_is_worse:
        return ratio
    mirror = card()["v1"]["mirror"]
    return np.maximum(float(mirror["value"]) - ratio, float(mirror["floor"]))


def _reference(
    table: pl.DataFrame, name: str, reference: str | Mapping[str, float] | None
) -> Floats | float:
    if reference is not None and not isinstance(reference, str):
        return float(reference.get(name, np.nan)) or np.nan
    if name not in table.columns:
        return np.nan
    value = pl.col(name).cast(pl.Float64)
    known = pl.when(value.is_not_null()).then(pl.col("population").cast(pl.Float64))
    mean = (value * known).sum() / known.sum()
    found = table.select(r=mean if reference is None else mean.over(reference))["r"]
    means = found.fill_null(float("nan")).to_numpy()
    return np.where(means == 0, np.nan, means)


def _second(table: pl.DataFrame) -> Parts:
    names = criteria_of("v2")
    points = {name: _points(_column(table, name), criteria()[name].more_is_worse) for name in names}
    mean, known = _mean(np.column_stack(list(points.values())))
    total = mean * len(names) / float(card()["v2"]["divisor"])
    return {name: (p, np.ones(table.height)) for name, p in points.items()} | {
        TOTAL: (total, known)
    }


def _points(values: Floats, more_is_worse: bool) -> Floats:
    """Points from −3 to +3 by distance of the mid-rank to the median, among the known values."""
    centred = _mid_ranks(values) - 0.5
    points = np.zeros(len(values))
    for step in card()["v2"]["steps"]["value"]:
        points += np.abs(centred) >= step - EDGE
    signed = np.sign(centred) * points * (1 if more_is_worse else -1)
    return np.where(np.isnan(values), np.nan, signed + 0.0)


def _third(table: pl.DataFrame, normalisation: str | None) -> Parts:
    chosen = normalisation or str(card()["v3"]["normalisation"]["value"])
    if chosen not in NORMALISATIONS:
        raise ParameterError(
            f"La normalisation « {chosen} » est inconnue.",
            remedy=f"Normalisations : {', '.join(NORMALISATIONS)}.",
        )
    scaled = {}
    for name in criteria_of("v3"):
        sign = 1.0 if criteria()[name].more_is_worse else -1.0
        scaled[name] = _scaled(sign * _column(table, name), chosen)
    parts: Parts = {name: (values, np.ones(table.height)) for name, values in scaled.items()}
    return parts | {TOTAL: _mean(np.column_stack(list(scaled.values())))}


def _scaled(values: Floats, normalisation: str) -> Floats:
    """Bring the known values to 1–10; equal values everywhere give the middle."""
    known = values[~np.isnan(values)]
    if not len(known):
        return values
    if normalisation == "quantile":
        return np.ceil(10 * _mid_ranks(values) - EDGE)
    if normalisation == "rank":
        n = len(known)
        place = (_mid_ranks(values) * n - 0.5) / max(n - 1, 1)
        return 1 + 9 * (place if n > 1 else np.full_like(place, 0.5))
    low, high = float(np.min(known)), float(np.max(known))
    return 1 + 9 * ((values - low) / (high - low) if high > low else values * 0 + 0.5)


def _mid_ranks(values: Floats) -> Floats:
    """(average rank − ½) / n among the known values, in ]0, 1[; unknown stays unknown."""
    column = pl.Series(values).fill_nan(None)
    ranks = (column.rank("average") - 0.5) / max(column.count(), 1)
    return ranks.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _mean(columns: Floats, weights: Floats | None = None) -> tuple[Floats, Floats]:
    """Weighted mean of the known columns of each row, and the share of the weight known."""
    weights = np.ones(columns.shape[1]) if weights is None else weights
    known = ~np.isnan(columns)
    total = (known * weights).sum(axis=1)
    summed = np.where(known, columns, 0.0) @ weights
    mean = np.divide(summed, total, out=np.full(len(columns), np.nan), where=total > 0)
    return mean, total / weights.sum()


def _column(table: pl.DataFrame, name: str) -> Floats:
    if name not in table.columns:
        return np.full(table.height, np.nan)
    return table[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _long(codes: pl.Series, parts: Parts) -> pl.DataFrame:
    frames = [
        pl.DataFrame(
            {
                "code": codes,
                "part": pl.repeat(name, len(codes), eager=True),
                "value": value,
                "known": known,
            }
        )
        for name, (value, known) in parts.items()
    ]
    return pl.concat(frames).filter(pl.col("value").is_finite())
