"""Every IRIS as a point of departure, with what travel times need to know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import polars as pl

from portrea.reach.nearest import origins_table

if TYPE_CHECKING:
    from portrea.steering.reading import Reader, Snapshot

_ZONES: WeakKeyDictionary[Snapshot, pl.DataFrame] = WeakKeyDictionary()
_COUNTS: WeakKeyDictionary[Snapshot, pl.DataFrame] = WeakKeyDictionary()


def zones_of(reader: Reader) -> pl.DataFrame:
    """Return every IRIS as the engines of times want it, with the areas it belongs to.

    Read once by process and by computation.
    """
    snapshot = reader.snapshot
    if snapshot not in _ZONES:
        _ZONES[snapshot] = _zones(reader)
    return _ZONES[snapshot]


def counts_of(reader: Reader) -> pl.DataFrame:
    """Return the counts of every IRIS as computed: ``code``, ``measure``, ``n``, ``population``.

    Numbers that must not be shown are there: nothing is to be told of one IRIS with them.
    """
    snapshot = reader.snapshot
    if snapshot not in _COUNTS:
        table = reader.computation.scan("estimates").filter(pl.col("level") == "iris")
        wanted = table.select("code", "measure", "n", "population")
        _COUNTS[snapshot] = wanted.collect(engine="streaming")
    return _COUNTS[snapshot]


def _zones(reader: Reader) -> pl.DataFrame:
    territories = reader.snapshot.territories
    persons = reader.store.observations(variables=["persons"], levels=["iris"])
    population = (
        persons.sort("vintage")
        .unique("code", keep="last", maintain_order=True)
        .select("code", population="value")
    )
    origins = origins_table(territories, population)
    above = territories.filter(pl.col("level") == "iris").select(
        "code", "epci", "departement", "region"
    )
    return (
        origins.join(population, on="code", how="left", maintain_order="left")
        .join(above, on="code", how="left", maintain_order="left")
        .select(
            "code", "commune", "epci", "departement", "region", "longitude", "latitude",
            "area_km2", persons="population", class_persons="commune_population",
            class_area_km2="commune_area_km2",
        )
    )  # fmt: skip
