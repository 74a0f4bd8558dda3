"""The door between a computation and its readers: what must not be shown never passes.

The site, the PDF, the downloads, the map and ``portrea portrait`` read through it. The computation
itself stays whole, on the machine that made it.
"""

from __future__ import annotations

import polars as pl

from portrea.stats.disclosure import withheld

KEPT = ("level", "code", "name", "measure", "vintages")
"""What is still said of an area whose numbers are not shown."""
REACH_NUMBERS = ("share_beyond_10", "share_beyond_20", "share_beyond_30", "persons_beyond_20")
"""Numbers of the table ``reach`` weighted by the persons concerned of each IRIS."""


def withheld_iris(estimates: pl.DataFrame, territories: pl.DataFrame) -> pl.DataFrame:
    """Return ``code`` and ``commune`` of the IRIS whose numbers are not shown.

    One decision for every measure of an area, on its 15+ (its largest universe): were it taken
    measure by measure, a shown measure would tell of a hidden one.
    """
    persons = (
        estimates.filter(pl.col("level") == "iris")
        .group_by("code")
        .agg(persons=pl.col("population").max())
    )
    iris = territories.filter(pl.col("level") == "iris").select("code", "kind", "commune")
    parts = iris.join(persons, on="code", how="left", maintain_order="left")
    return withheld(parts).filter("hidden").select("code", "commune")


def estimates(table: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    """Return the table ``estimates`` with the numbers of hidden IRIS emptied, quality ``N``.

    The column ``withheld`` tells an area that is not shown from one that is not known.
    """
    chosen = (pl.col("level") == "iris") & pl.col("code").is_in(hidden["code"].implode())
    flagged = table.with_columns(withheld=chosen & (pl.col("quality") != "N"))
    numbers = [name for name in table.columns if name not in (*KEPT, "quality")]
    return flagged.with_columns(
        pl.when(chosen).then(pl.lit("N")).otherwise("quality").alias("quality"),
        *(pl.when(~chosen).then(name).alias(name) for name in numbers),
    )


def reach(table: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    """Return the table ``reach`` without what tells of the persons of hidden IRIS.

    Times and numbers of places stay. The persons far from help are removed for a hidden IRIS, and
    for its commune unless everybody there, or nobody, is far: else they would be a sum of some of
    its IRIS, hidden ones included.
    """
    iris = (pl.col("level") == "iris") & pl.col("code").is_in(hidden["code"].implode())
    communes = hidden["commune"].drop_nulls().unique()
    around = (pl.col("level") == "commune") & pl.col("code").is_in(communes.implode())
    mixed = pl.any_horizontal(
        ((pl.col(name) > 0) & (pl.col(name) < 1)).fill_null(False) for name in REACH_NUMBERS[:3]
    )
    gone = iris | (around & mixed)
    return table.with_columns(pl.when(~gone).then(name).alias(name) for name in REACH_NUMBERS)
