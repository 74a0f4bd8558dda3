"""How far the people concerned are from help, from IRIS up to France."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError
from portrea.reach.nearest import nearest_places
from portrea.reach.tables import REACH, WEIGHTS
from portrea.reach.travel import Mode, Travel, default_travel
from portrea.vocab.tables import LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

FRANCE = "FR"


def measure_reach(
    territories: pl.DataFrame,
    places: pl.DataFrame,
    weights: pl.DataFrame,
    *,
    levels: Sequence[str] = LEVELS,
    mode: Mode = Mode.CAR,
    travel: Travel | None = None,
) -> pl.DataFrame:
    """Return the table ``reach`` of the IRIS and of every area above.

    Parameters
    ----------
    territories
        Table ``territories``, IRIS and communes at least.
    places
        Table ``places``: all of those known, beyond the area's border included.
    weights
        Table ``weights`` (``reach/tables.py``): persons concerned per IRIS, one measure.
    levels
        Levels to return.
    mode, travel
        Mode of travel and parameters.

    Raises
    ------
    DataError
        When the weights mix several measures.
    """
    travel = travel or default_travel()
    weights = WEIGHTS.conform(weights, where="pondération de l’accès")
    nearest = nearest_places(territories, places, population=weights, mode=mode, travel=travel)
    membership = membership_of(territories, levels)
    return aggregate(nearest, weights, membership, travel=travel)


def membership_of(territories: pl.DataFrame, levels: Sequence[str] = LEVELS) -> pl.DataFrame:
    """Return ``iris``, ``level``, ``code``: the areas of ``levels`` every IRIS belongs to."""
    iris = territories.filter(pl.col("level") == "iris").with_columns(
        iris="code", france=pl.lit(FRANCE)
    )
    frames = [
        iris.select("iris", level=pl.lit(level), code=level).drop_nulls("code") for level in levels
    ]
    empty = pl.DataFrame(schema=dict.fromkeys(("iris", "level", "code"), pl.String))
    return pl.concat([empty, *frames])


def aggregate(
    nearest: pl.DataFrame,
    weights: pl.DataFrame,
    membership: pl.DataFrame,
    *,
    travel: Travel | None = None,
) -> pl.DataFrame:
    """Return the table ``reach`` of any groups of IRIS.

    Parameters
    ----------
    nearest
        Table ``nearest``.
    weights
        Table ``weights``.
    membership
        Columns ``iris``, ``level``, ``code``: which IRIS make each area.

    Notes
    -----
    Means and shares are weighted by persons concerned. An area where they are zero keeps plain
    means for the times, and has null shares; unknown weights (null) leave every weighted figure
    null. ``persons_beyond_20`` is the plain sum over IRIS: additive from IRIS to France. An area
    whose situation no known place covers counts as beyond every threshold.
    """
    travel = travel or default_travel()
    measure = _single_measure(weights)
    rows = (
        membership.rename({"code": "area"})
        .join(nearest.rename({"code": "iris"}), on="iris")
        .join(weights.select("weight", iris="code"), on="iris", how="left")
        .with_columns(_beyond(travel))
        .sort("level", "area", "situation", "iris")
    )
    keys = ["level", "area", "situation"]
    frame = rows.group_by(keys, maintain_order=True).agg(_figures())
    frame = frame.join(_nearest_place(rows, keys), on=keys, how="left")
    return REACH.conform(frame.rename({"area": "code"}).with_columns(weight=pl.lit(measure)))


def _single_measure(weights: pl.DataFrame) -> str:
    measures = weights["measure"].unique().sort().to_list()
    if len(measures) != 1:
        raise DataError(
            "L’accès se mesure pour une seule mesure de besoin à la fois "
            f"(reçu : {', '.join(measures) or 'aucune'}).",
            remedy="Calculez une table par mesure.",
        )
    return str(measures[0])


def _beyond(travel: Travel) -> list[pl.Expr]:
    """1 when the IRIS is beyond each threshold, 0 within, null without a point of departure."""
    known = pl.col("origin") != "none"
    far = pl.col("minutes").is_null()
    return [
        pl.when(known).then((far | (pl.col("minutes") > limit)).cast(pl.Float64)).alias(name)
        for name, limit in zip(("far_10", "far_20", "far_30"), travel.thresholds, strict=True)
    ]


def _figures() -> list[pl.Expr]:
    weight, located = pl.col("weight"), pl.col("far_20").is_not_null()
    beyond = (weight * pl.col("far_20")).filter(located)
    known = (weight.is_not_null() & located).any()
    return [
        _mean("minutes").alias("nearest_minutes"),
        _mean("within_20").alias("places_within_20"),
        *(_share(f"far_{limit}").alias(f"share_beyond_{limit}") for limit in (10, 20, 30)),
        pl.when(known).then(beyond.sum()).alias("persons_beyond_20"),
    ]


def _mean(name: str) -> pl.Expr:
    """Mean over the IRIS where ``name`` is known: by persons, or plain when they are zero."""
    value, weight = pl.col(name), pl.col("weight")
    both = value.is_not_null() & weight.is_not_null()
    total = weight.filter(both).sum()
    plain = pl.when(both.any()).then(value.filter(both).mean())
    return pl.when(total > 0).then((value * weight).filter(both).sum() / total).otherwise(plain)


def _share(name: str) -> pl.Expr:
    far, weight = pl.col(name), pl.col("weight")
    both = far.is_not_null() & weight.is_not_null()
    total = weight.filter(both).sum()
    return pl.when(total > 0).then(((far * weight).filter(both).sum() / total).clip(0, 1))


def _nearest_place(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Of an IRIS, its nearest place; of a commune, the one nearest to most of the persons."""
    fine = rows.filter(pl.col("level").is_in(["iris", "commune"]) & pl.col("place").is_not_null())
    by_place = fine.group_by([*keys, "place"]).agg(
        pl.col("weight").fill_null(0.0).sum().round(6), pl.col("minutes").min()
    )
    order = [*keys, "weight", "minutes", "place"]
    best = by_place.sort(order, descending=[False] * 3 + [True, False, False])
    return best.unique(keys, keep="first", maintain_order=True).select(*keys, nearest_place="place")
