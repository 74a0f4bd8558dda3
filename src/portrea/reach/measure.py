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
    mode: str = Mode.CAR,
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
        nearest.rename({"code": "iris"})
        .join(weights.select("weight", iris="code"), on="iris", how="left")
        .with_columns(_beyond(travel))
        .sort("situation", "iris")
        .with_columns(_weighted())
    )
    levels = membership.partition_by("level", maintain_order=True)
    frames = [_aggregate_level(rows, level) for level in levels]
    frame = pl.concat(frames) if frames else REACH.empty().drop("weight")
    frame = frame.sort("level", "code", "situation").with_columns(weight=pl.lit(measure))
    return REACH.conform(frame)


VALUES = ("minutes", "within_20", "far_10", "far_20", "far_30")


def _weighted() -> list[pl.Expr]:
    """Prepare sums: value × persons, persons, and bare value, where both are known."""
    weight = pl.col("weight")
    both = {name: pl.col(name).is_not_null() & weight.is_not_null() for name in VALUES}
    return [
        expression
        for name in VALUES
        for expression in (
            (pl.col(name) * weight).alias(f"sum_{name}"),
            pl.when(both[name]).then(weight).alias(f"persons_{name}"),
            pl.when(both[name]).then(name).alias(f"plain_{name}"),
        )
    ]


def _aggregate_level(rows: pl.DataFrame, level: pl.DataFrame) -> pl.DataFrame:
    keys = ["level", "code", "situation"]
    inside = rows.join(level, on="iris", maintain_order="left")
    sums = [pl.col(f"{kind}_{name}").sum() for name in VALUES for kind in ("sum", "persons")]
    means = [pl.col(f"plain_{name}").mean() for name in VALUES]
    frame = inside.group_by(keys, maintain_order=True).agg(*sums, *means).select(*keys, *_figures())
    return frame.join(_nearest_place(inside, keys), on=keys, how="left", maintain_order="left")


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
    """Divide the sums: means keep a plain one where nobody lives, shares do not."""
    known = pl.col("plain_far_20").is_not_null()
    means = {"nearest_minutes": "minutes", "places_within_20": "within_20"}
    return [
        *(
            _mean(value).fill_null(pl.col(f"plain_{value}")).alias(name)
            for name, value in means.items()
        ),
        *(
            _mean(f"far_{limit}").clip(0, 1).alias(f"share_beyond_{limit}")
            for limit in (10, 20, 30)
        ),
        pl.when(known).then("sum_far_20").alias("persons_beyond_20"),
    ]


def _mean(name: str) -> pl.Expr:
    persons = pl.col(f"persons_{name}")
    return pl.when(persons > 0).then(pl.col(f"sum_{name}") / persons)


def _nearest_place(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Of an IRIS, its nearest place; of a commune, the one nearest to most of the persons."""
    named = pl.col("level").is_in(["iris", "commune"])
    fine = rows.filter(named & pl.col("place").is_not_null())
    by_place = fine.group_by([*keys, "place"]).agg(
        pl.col("weight").fill_null(0.0).sum().round(6), pl.col("minutes").min()
    )
    order = [*keys, "weight", "minutes", "place"]
    best = by_place.sort(order, descending=[False] * 3 + [True, False, False])
    return best.unique(keys, keep="first", maintain_order=True).select(*keys, nearest_place="place")
