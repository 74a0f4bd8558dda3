"""From published figures to one row per commune: the criteria of the indices, known or null."""

from __future__ import annotations

from typing import Any

import polars as pl

from portrea.needs.indices.definitions import criteria


def _names(source: dict[str, Any]) -> tuple[str, ...]:
    return tuple(source["ratio"]) if "ratio" in source else tuple(source.values())[:1]


CRITERIA_VARIABLES = tuple(
    sorted(
        {name for c in criteria().values() for source in c.sources for name in _names(source)}
        | {"persons"}
    )
)
"""Variables of the store that the criteria need (for ``Store.observations``)."""


def criteria_table(territories: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Return one row per commune: ``code``, parents, ``population`` and the criteria.

    Parameters
    ----------
    territories
        Completed ``TERRITORIES`` table.
    observations
        ``Store.observations(variables=CRITERIA_VARIABLES)``: figures of communes and IRIS.

    Returns
    -------
    DataFrame
        A criterion without figure is null, never 0; ``<criterion>_vintage`` tells its year.
    """
    communes = territories.filter(pl.col("level") == "commune").select(
        "code", "epci", "departement", "region"
    )
    figures = _by_commune(territories, observations)
    table = communes.join(_newest(figures, "persons", "population"), on="code", how="left")
    for criterion in criteria().values():
        found = [_values(figures, source) for source in criterion.sources]
        table = _first_known(table, found, criterion.name)
    return table.drop("population_vintage").sort("code")


def criteria_summary(table: pl.DataFrame) -> pl.DataFrame:
    """Return the share of inhabitants whose commune has each figure, and the years of the figure.

    Columns ``criterion``, ``covered`` (0–1), ``vintages`` (« 2017, 2021 », empty: no figure).
    """
    whole = float(table["population"].sum() or 0)
    rows = []
    for name in criteria():
        known = table.filter(pl.col(name).is_not_null())
        years = known[f"{name}_vintage"].drop_nulls().unique().sort()
        covered = float(known["population"].sum() or 0) / whole if whole else 0.0
        rows.append({"criterion": name, "covered": covered, "vintages": ", ".join(years)})
    return pl.DataFrame(rows)


def _by_commune(territories: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Figures of communes: published, or the sum of their IRIS when all of them are known."""
    keys = ["dataset", "vintage", "variable"]
    known = observations.filter(pl.col("variable").is_in(list(CRITERIA_VARIABLES)))
    published = known.filter((pl.col("level") == "commune") & pl.col("value").is_not_null()).select(
        *keys, "code", "value", finer=pl.lit(False)
    )
    iris = territories.filter(pl.col("level") == "iris").select("code", "commune")
    summed = (
        known.filter((pl.col("level") == "iris") & ~pl.col("variable").str.starts_with("share_"))
        .join(iris, on="code")
        .group_by(*keys, code="commune")
        .agg(pl.col("value").sum(), whole=pl.col("value").is_not_null().all())
        .filter(pl.col("whole"))
        .select(*keys, "code", "value", finer=pl.lit(True))
    )
    return pl.concat([published, summed])


def _newest(figures: pl.DataFrame, variable: str, name: str) -> pl.DataFrame:
    """Newest figure of each commune; at the same vintage, the one published for the commune."""
    return (
        figures.filter(pl.col("variable") == variable)
        .sort("vintage", pl.col("finer").not_(), "dataset")
        .unique("code", keep="last", maintain_order=True)
        .select("code", pl.col("value").alias(name), pl.col("vintage").alias(f"{name}_vintage"))
    )


def _values(figures: pl.DataFrame, source: dict[str, Any]) -> pl.DataFrame:
    """One value per commune from one declared source."""
    if "ratio" in source:
        return _ratio(figures, source)
    ((kind, variable),) = source.items()
    found = _newest(figures, variable, "value")
    return found.with_columns(value=1 - pl.col("value")) if kind == "complement" else found


def _ratio(figures: pl.DataFrame, source: dict[str, Any]) -> pl.DataFrame:
    above, below = source["ratio"]
    scale = float(source.get("scale", 1))
    if source.get("mixed"):
        both = _newest(figures, above, "above").join(_newest(figures, below, "below"), on="code")
        return both.filter(pl.col("below") > 0).select(
            "code", value=scale * pl.col("above") / pl.col("below"), value_vintage="above_vintage"
        )
    keys = ["dataset", "vintage", "code", "finer"]
    tops = figures.filter(pl.col("variable") == above).select(*keys, above="value")
    both = tops.join(
        figures.filter(pl.col("variable") == below).select(*keys, below="value"), on=keys
    ).filter(pl.col("below") > 0)
    ratio = both.with_columns(
        value=scale * pl.col("above") / pl.col("below"), variable=pl.lit("ratio")
    )
    return _newest(ratio, "ratio", "value")


def _first_known(table: pl.DataFrame, found: list[pl.DataFrame], name: str) -> pl.DataFrame:
    blank = pl.lit(None, pl.Float64).alias(name), pl.lit(None, pl.String).alias(f"{name}_vintage")
    table = table.with_columns(*blank)
    for values in found:
        table = table.join(
            values.select("code", "value", "value_vintage"), on="code", how="left"
        ).with_columns(
            pl.when(pl.col(name).is_null())
            .then("value_vintage")
            .otherwise(f"{name}_vintage")
            .alias(f"{name}_vintage"),
            pl.coalesce(name, "value").alias(name),
        )
        table = table.drop("value", "value_vintage")
    return table
