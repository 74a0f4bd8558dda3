"""Choose, count and time places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.errors import ParameterError
from portrea.vocab.hours import week_of
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray


def list_places(
    places: pl.DataFrame,
    *,
    situation: str | None = None,
    communes: Collection[str] | None = None,
    kind: str | None = None,
) -> pl.DataFrame:
    """Return the places that answer a situation, in some communes, of a kind; by city and name.

    Raises
    ------
    ParameterError
        When the situation is not one of the four.
    """
    if situation is not None:
        wanted = str(situation_named(situation))
        places = places.filter(pl.col("situations").list.contains(wanted))
    if communes is not None:
        places = places.filter(pl.col("commune").is_in(list(communes)))
    if kind is not None:
        places = places.filter(_kinds().list.contains(kind))
    return places.sort("city", "name", "id", nulls_last=True)


def situation_named(name: str) -> Situation:
    """Return a situation by its code; raise :class:`ParameterError` in French when unknown."""
    try:
        return Situation(name)
    except ValueError:
        known = ", ".join(str(situation) for situation in Situation)
        raise ParameterError(
            f"Situation inconnue : « {name} ».", remedy=f"Situations connues : {known}."
        ) from None


def _kinds() -> pl.Expr:
    return pl.col("kind").fill_null("").str.split("|")


def counts_by_situation(places: pl.DataFrame, by: str | None = None) -> pl.DataFrame:
    """Return ``situation``, ``places`` (and ``by``): a place counts once for each it answers."""
    keys = ([by] if by else []) + ["situation"]
    told = (
        places.rename({"situations": "situation"})
        .explode("situation", empty_as_null=True)
        .drop_nulls("situation")
    )
    found = told.group_by(keys).agg(places=pl.len().cast(pl.Int64))
    every = pl.DataFrame({"situation": [str(s) for s in Situation]})
    if by:
        every = places.select(pl.col(by).drop_nulls().unique()).join(every, how="cross")
    return (
        every.join(found, on=keys, how="left")
        .with_columns(pl.col("places").fill_null(0))
        .sort(*([by] if by else []), "situation")
    )


def counts_by_kind(places: pl.DataFrame, by: str | None = None) -> pl.DataFrame:
    """Return ``kind``, ``places`` (and the column ``by``), most numerous first.

    A place of two kinds counts in both; a kind unknown is the empty text.
    """
    keys = ([by] if by else []) + ["kind"]
    return (
        places.with_columns(kind=_kinds())
        .explode("kind", empty_as_null=True)
        .group_by(keys)
        .agg(places=pl.len().cast(pl.Int64))
        .sort("places", *keys, descending=[True] + [False] * len(keys))
    )


def heat_table(places: pl.DataFrame) -> tuple[NDArray[np.int64], int]:
    """Count the places open for each hour of the week.

    Returns
    -------
    A 7 × 24 matrix (Monday first; a place is open at hour ``h`` when it is for at least half of
    ``h``:00 to ``h+1``:00), and how many places have hours that are a plain week.
    """
    minutes = np.zeros((7, 24), dtype=np.int64)
    known = 0
    counted = places.drop_nulls("hours").group_by("hours").agg(count=pl.len()).sort("hours")
    for osm, count in counted.iter_rows():
        week = week_of(osm)
        if week is None:
            continue
        known += count
        minutes += count * (_open_minutes(week) >= 30)
    return minutes, known


def _open_minutes(week: tuple[tuple[tuple[int, int], ...], ...]) -> NDArray[np.int64]:
    """Return the minutes open in each hour of the week."""
    starts = np.arange(24) * 60
    opened = np.zeros((7, 24), dtype=np.int64)
    for day, spans in enumerate(week):
        for start, end in spans:
            opened[day] += np.clip(np.minimum(end, starts + 60) - np.maximum(start, starts), 0, 60)
    return opened
