"""Times of a territory as a table: from each of its IRIS to each place that gives a help."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import TerritoryError
from portrea.steering.access import helping_places
from portrea.steering.computation import atoms_of
from portrea.steering.zones import zones_of

if TYPE_CHECKING:
    from portrea.reach.times import Times
    from portrea.steering.access import Engine
    from portrea.steering.reading import Reader
    from portrea.territory import Selection


def times_from(
    reader: Reader, selection: Selection, need: str, engine: Engine
) -> tuple[Times, pl.DataFrame]:
    """Return the times from the IRIS of a territory to the places that give a help.

    Parameters
    ----------
    engine
        Zones, places → times (:func:`portrea.steering.times.engine_named`).

    Returns
    -------
    tuple of Times and polars.DataFrame
        The times, and their pairs: ``origin``, ``commune``, ``place``, ``name``, ``minutes``.

    Raises
    ------
    TerritoryError
        When no IRIS is known there.
    """
    inside = atoms_of(reader.snapshot.territories, selection, "iris")
    if not inside:
        raise TerritoryError(
            f"Aucun quartier n’est connu pour {selection.label}.",
            remedy="Choisissez une commune, une intercommunalité, un département ou une région.",
        )
    zones = zones_of(reader).filter(pl.col("code").is_in(list(inside)))
    places = helping_places(reader, need)
    times = engine(zones, places)
    communes = zones.select(origin="code", commune="commune")
    names = places.select(place="id", name="name")
    table = (
        times.table()
        .join(communes, on="origin", how="left", maintain_order="left")
        .join(names, on="place", how="left", maintain_order="left")
        .sort("origin", "minutes", "place")
    )
    return times, table.select("origin", "commune", "place", "name", "minutes")
