"""What describes the territories of a level: size, density, ages, diploma, income, households."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.steering.similar import Context, rule, variables

if TYPE_CHECKING:
    from portrea.sources.store import Store
    from portrea.steering.similar import Variable

NEWEST = 2
"""Vintages read of each family of figures."""
LEVELS = ("commune", "epci", "departement", "region")
"""Levels whose territories are compared."""
PERSONS = "persons"


def read_context(store: Store, territories: pl.DataFrame, level: str) -> Context:
    """Return the context of every territory of a level (``france`` too), from the store.

    A territory has a value when those of its communes that have one hold enough of its inhabitants.
    """
    names = sorted({name for variable in variables() for name in _names(variable)} | {PERSONS})
    figures = _by_commune(
        territories, store.observations(variables=names, levels=("commune", "iris"), newest=NEWEST)
    )
    communes = territories.filter(pl.col("level") == "commune").select(
        pl.col("code"), "epci", "departement", "region", "area_km2", commune="code",
        france=pl.lit("FR"),
    )  # fmt: skip
    people = _newest(figures, PERSONS).select("code", people="value")
    base = communes.join(people, on="code", how="left").filter(pl.col(level).is_not_null())
    columns, vintages, datasets = {}, [], []
    for variable in variables():
        parts, years, origin = _parts(figures, base, variable)
        columns[variable.id] = _of_level(parts, level, variable)
        vintages.append(", ".join(sorted(years)))
        datasets.append(frozenset(origin))
    codes = base[level].unique().sort()
    values = [
        pl.DataFrame({level: codes}).join(frame, on=level, how="left", maintain_order="left")[
            "value"
        ]
        for frame in columns.values()
    ]
    matrix = np.column_stack([v.cast(pl.Float64).fill_null(np.nan).to_numpy() for v in values])
    return Context(level, tuple(codes), matrix, tuple(vintages), tuple(datasets))


def _names(variable: Variable) -> tuple[str, ...]:
    (source,) = variable.source.values()
    return tuple(source) if isinstance(source, list) else (source,)


def _by_commune(territories: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Figures of communes: published, else of all their IRIS (summed; a rate: their mean)."""
    keys = ["dataset", "vintage", "variable", "code"]
    known = observations.filter(pl.col("value").is_not_null())
    own = known.filter(pl.col("level") == "commune").select(*keys, "value", finer=pl.lit(False))
    iris = territories.filter(pl.col("level") == "iris").select("code", "commune")
    whole = iris.group_by("commune").agg(parts=pl.len())
    counted = pl.col("variable").str.starts_with("share_").not_()
    summed = (
        known.filter(pl.col("level") == "iris")
        .join(iris, on="code")
        .group_by("dataset", "vintage", "variable", "commune")
        .agg(sum=pl.col("value").sum(), mean=pl.col("value").mean(), given=pl.len())
        .join(whole, on="commune")
        .filter(pl.col("given") == pl.col("parts"))
        .select(
            "dataset", "vintage", "variable", code="commune",
            value=pl.when(counted).then("sum").otherwise("mean"),
            finer=pl.lit(True),
        )
    )  # fmt: skip
    return pl.concat([own, summed])


def _newest(figures: pl.DataFrame, name: str) -> pl.DataFrame:
    """Newest figure of each commune; at one vintage, the one published for the commune."""
    return (
        figures.filter(pl.col("variable") == name)
        .sort("vintage", pl.col("finer").not_(), "dataset")
        .unique("code", keep="last", maintain_order=True)
        .select("code", "value", "vintage", "dataset")
    )


def _parts(
    figures: pl.DataFrame, base: pl.DataFrame, variable: Variable
) -> tuple[pl.DataFrame, set[str], set[str]]:
    """Return ``above`` and ``below`` of each commune, with the vintages and datasets used."""
    ((kind, source),) = variable.source.items()
    if kind == "ratio":
        keys = ["dataset", "vintage", "code", "finer"]
        top, bottom = (
            figures.filter(pl.col("variable") == name).select(*keys, pl.col("value").alias(side))
            for name, side in zip(source, ("above", "below"), strict=True)
        )
        found = (
            top.join(bottom, on=keys)
            .filter(pl.col("below") > 0)
            .sort("vintage", pl.col("finer").not_(), "dataset")
            .unique("code", keep="last", maintain_order=True)
        )
    else:
        found = _newest(figures, source).rename({"value": "above"})
    parts = base.join(found, on="code", how="left")
    below: Any = {"mean": "people", "density": "area_km2"}.get(kind)
    if kind != "ratio":
        parts = parts.with_columns(below=pl.col(below) if below else pl.lit(1.0))
    if kind == "mean":
        parts = parts.with_columns(above=pl.col("above") * pl.col("people"))
    used = parts.filter(pl.col("above").is_not_null())
    return parts, set(used["vintage"].to_list()), set(used["dataset"].to_list())


def _of_level(parts: pl.DataFrame, level: str, variable: Variable) -> pl.DataFrame:
    """Add the communes of each territory together."""
    known = pl.col("above").is_not_null() & pl.col("below").is_not_null()
    held = pl.when(known).then(pl.col("people")).sum()
    above, below = (pl.when(known).then(pl.col(side)).sum() for side in ("above", "below"))
    value = above if "count" in variable.source else above / below
    enough = (held >= rule("least_covered") * pl.col("people").sum()) & (pl.col("people").sum() > 0)
    return parts.group_by(level).agg(value=pl.when(enough).then(value))
