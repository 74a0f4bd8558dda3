"""Times to the nearest help of a territory, measured again with the places a reader was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.reach.measure import measure_reach
from portrea.steering import publication
from portrea.steering.computation import REACH_MEASURE
from portrea.steering.helping import offer_of
from portrea.steering.keyed import KeyedFrame
from portrea.steering.zones import counts_of, zones_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.reading import Reader


def reach_now(reader: Reader, communes: Sequence[str], levels: Sequence[str]) -> KeyedFrame:
    """Return the table ``reach`` of areas made of some communes, by the rules of a computation.

    Parameters
    ----------
    reader
        The computation in force, with the places it was given.
    communes
        Every commune of the areas.
    levels
        Levels of the rows.
    """
    territories = reader.snapshot.territories
    mine = pl.col("commune").is_in(list(communes))
    near = territories.filter((pl.col("level") == "commune") | ((pl.col("level") == "iris") & mine))
    population = zones_of(reader).select("code", population="persons")
    weights = (
        counts_of(reader)
        .filter(pl.col("measure") == REACH_MEASURE)
        .select("code", weight="n", measure="measure")
        .join(population, on="code", how="left", maintain_order="left")
    )
    table = measure_reach(near, offer_of(reader).places, weights, levels=levels)
    return KeyedFrame(publication.reach(table, reader.snapshot.withheld))
