"""One row per place of lists that tell some places several times: what is sure is made one."""

from __future__ import annotations

import polars as pl

from portrea.offer.matching.duplicates import find_duplicates

LISTS = ("services", "publics", "access_modes", "support_modes", "cost", "programmes", "situations")


def merge_places(places: pl.DataFrame) -> pl.DataFrame:
    """Return places with one row per place, whatever the number of lists that tell it.

    Notes
    -----
    Same identifier: the newest card. Then the groups of
    :func:`~portrea.offer.matching.find_duplicates`; doubtful pairs stay apart. The newest card of
    a group is kept, completed by the others: lists are united, blanks are filled. The order of
    rows changes nothing.
    """
    newest = ["updated", "source", "name"]
    cards = places.sort(
        "id", *newest, descending=[False, True, False, False], nulls_last=True
    ).unique("id", keep="first", maintain_order=True)
    groups = find_duplicates(cards).groups.select("group", "id")
    grouped = cards.join(groups, on="id", how="left", maintain_order="left")
    alone = grouped.filter(pl.col("group").is_null()).drop("group")
    several = grouped.filter(pl.col("group").is_not_null())
    return pl.concat([alone, _best_of_each(several, places.columns)]).sort("id")


def _best_of_each(several: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Return one row per group, the newest card completed by the others."""
    ranked = several.sort(
        "group", "updated", "id", descending=[False, True, False], nulls_last=True
    )
    position = ("longitude", "latitude")
    plain = [name for name in columns if name not in (*LISTS, *position)]
    united = ranked.group_by("group", maintain_order=True).agg(
        *(pl.col(name).drop_nulls().first() for name in plain),
        *(_united(name) for name in LISTS if name in columns),
        *(_first_position(name) for name in position),
    )
    return united.select(columns)


def _united(name: str) -> pl.Expr:
    """Return the values of every card, once each, in a settled order; null when none tells any."""
    values = pl.col(name).drop_nulls().explode(empty_as_null=True).drop_nulls().unique()
    told = pl.col(name).is_not_null().any()
    return pl.when(told).then(values.sort().implode()).alias(name)


def _first_position(name: str) -> pl.Expr:
    known = pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null()
    return pl.col(name).filter(known).first()
