"""The door between a computation and its readers: what must not be shown never passes.

The site, the PDF, the downloads, the map and ``portrea portrait`` read through it. The computation
itself stays whole, on the machine that made it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import polars as pl

from portrea.needs.estimation import WITH_B
from portrea.needs.exposure import VARIABLES
from portrea.stats.disclosure import rule, withheld
from portrea.stats.suppression import suppress

if TYPE_CHECKING:
    from collections.abc import Iterable

KEPT = ("level", "code", "name", "measure", "vintages")
"""What is still said of an area whose numbers are not shown."""
Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)
REACH_NUMBERS = ("share_beyond_10", "share_beyond_20", "share_beyond_30", "persons_beyond_20")
"""Numbers of the table ``reach`` weighted by the persons concerned of each IRIS."""


def withheld_iris(
    estimates: pl.DataFrame | pl.LazyFrame, territories: pl.DataFrame | pl.LazyFrame
) -> pl.DataFrame:
    """Return ``code`` and ``commune`` of the IRIS whose numbers are not shown.

    One decision for every measure of an area, on its 15+ (its largest universe): were it taken
    measure by measure, a shown measure would tell of a hidden one.
    """
    persons = (
        estimates.lazy()
        .filter(pl.col("level") == "iris")
        .group_by("code")
        .agg(persons=pl.col("population").max())
    )
    iris = territories.lazy().filter(pl.col("level") == "iris").select("code", "kind", "commune")
    parts = iris.join(persons, on="code", how="left", maintain_order="left")
    return withheld(parts.collect(engine="streaming")).filter("hidden").select("code", "commune")


PARENTS = {"iris": "commune", "commune": "epci"}
"""Level of the total from which a count of one's own could be found by subtraction."""
CONFIDENTIAL = {"level": pl.String, "code": pl.String}


def confidential(own: Iterable[pl.DataFrame], territories: pl.DataFrame) -> pl.DataFrame:
    """Return ``level`` and ``code`` of the areas whose axis B would tell a small count.

    Parameters
    ----------
    own
        Table ``observations`` of each file of counts that a user loaded (source ``comptages``).
        Published figures are not concerned: their producer has applied its own secrecy.

    Notes
    -----
    Every list of axis B enters it as it is, and the others are published: who knows B knows the
    count. A count under the threshold hides its area, and what :func:`suppress` adds to it among
    its neighbours and the total of a commune or EPCI that the file covers entirely. A hidden
    commune hides its IRIS, which add up to it.
    """
    found = {
        key
        for table in own
        for level, parent in PARENTS.items()
        for key in _betraying(table, territories, level, parent)
    }
    communes = [code for level, code in found if level == "commune"]
    inside = territories.filter((pl.col("level") == "iris") & pl.col("commune").is_in(communes))
    found |= {("iris", code) for code in inside["code"]}
    return pl.DataFrame(sorted(found), schema=CONFIDENTIAL, orient="row")


def _betraying(
    table: pl.DataFrame, territories: pl.DataFrame, level: str, parent: str
) -> set[tuple[str, str]]:
    """Return what one file's counts at one level hide, list by list."""
    least, lists = float(rule("threshold")), pl.col("variable").is_in(VARIABLES)
    places = territories.filter(pl.col("level") == level).select(
        "code", owner=pl.col(parent), size=pl.len().over(parent)
    )
    counts = table.filter((pl.col("level") == level) & lists & pl.col("value").is_not_null())
    group = ["variable", "owner"]
    small = pl.col("value").is_between(0, least, closed="none").any().over(group)
    rows = counts.join(places, on="code").filter(small)
    hidden: set[tuple[str, str]] = set()
    for _, one in rows.group_by(group):
        atoms = one.select(atom="code", persons="value")
        zones = atoms.select("atom", zone="atom")
        if one.height == one["size"][0] and one["owner"][0] is not None:
            zones = pl.concat([zones, atoms.select("atom", zone=pl.lit(one["owner"][0]))])
        gone = suppress(zones, atoms, threshold=least).zones.filter(~pl.col("shown"))["zone"]
        hidden |= {(parent if code == one["owner"][0] else level, code) for code in gone}
    return hidden


def withheld_rows(confidential: pl.DataFrame) -> pl.Expr:
    """Say which rows (``level``, ``code``, ``measure``) of any table would tell a small count."""
    keys = (confidential["level"] + ":" + confidential["code"]).implode()
    return pl.format("{}:{}", "level", "code").is_in(keys) & pl.col("measure").is_in(WITH_B)


def estimates(
    table: Frame, hidden: pl.DataFrame, confidential: pl.DataFrame | None = None
) -> Frame:
    """Return the table ``estimates`` without the numbers that must not be shown, quality ``N``.

    Parameters
    ----------
    hidden
        IRIS of which nothing is shown (:func:`withheld_iris`).
    confidential
        Areas of which axis B is not shown (:func:`confidential`).

    Returns
    -------
    DataFrame
        The column ``withheld`` tells an area that is not shown from one that is not known.
    """
    chosen = (pl.col("level") == "iris") & pl.col("code").is_in(hidden["code"].implode())
    if confidential is not None and confidential.height:
        chosen |= withheld_rows(confidential)
    flagged = table.with_columns(withheld=chosen & (pl.col("quality") != "N"))
    numbers = [name for name in table.collect_schema() if name not in (*KEPT, "quality")]
    return flagged.with_columns(
        pl.when(chosen).then(pl.lit("N")).otherwise("quality").alias("quality"),
        *(pl.when(~chosen).then(name).alias(name) for name in numbers),
    )


def reach(table: Frame, hidden: pl.DataFrame) -> Frame:
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
