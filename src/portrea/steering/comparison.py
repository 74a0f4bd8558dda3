"""The comparison indices of a computation: two lenses on the same communes, never mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.needs.indices import (
    CRITERIA_VARIABLES,
    compare,
    criteria_summary,
    criteria_table,
    index_table,
)
from portrea.needs.indices.definitions import axes
from portrea.needs.indices.tables import TOTAL

if TYPE_CHECKING:
    from portrea.sources.store import Store

NEWEST = 2
"""Vintages read of each family of figures."""
COMPARED = ("a1", "a2", "b", "c")
LEVELS = ("commune", "epci")
MAIN_PARTS = (TOTAL, *(axis.name for axis in axes()))
"""Parts compared commune by commune; EPCI by EPCI, every criterion is."""


def index_tables(
    store: Store, territories: pl.DataFrame, estimates: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Return the tables ``indices``, ``agreement`` and ``criteria`` of a computation.

    Parameters
    ----------
    territories, estimates
        Those of the computation: what is compared is what is shown.
    """
    observations = store.observations(
        variables=CRITERIA_VARIABLES, levels=("commune", "iris"), newest=NEWEST
    )
    table = criteria_table(territories, observations)
    indices = index_table(table)
    telling = (pl.col("level") == "epci") | pl.col("part").is_in(MAIN_PARTS)
    return {
        "indices": indices,
        "agreement": compare(estimates, indices.filter(telling), levels=LEVELS, measures=COMPARED),
        "criteria": criteria_summary(table),
    }
