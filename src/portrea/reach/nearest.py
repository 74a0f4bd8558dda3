"""Nearest place and count of places within reach, for every IRIS and problem situation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from portrea.reach.islands import shores
from portrea.reach.tables import NEAREST
from portrea.reach.travel import (
    Mode,
    Pace,
    Travel,
    chord_to_km,
    default_travel,
    inner_km,
    km_to_chord,
    pace,
    sphere_points,
)
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from numpy.typing import NDArray

ANY = "any"
SITUATIONS = (*(str(situation) for situation in Situation), ANY)
APART = 4.0
"""Added to a fourth axis for each island: more than the longest chord of the sphere."""
NOT_PUBLIC = "Ce lieu n'accueille pas de public"


@dataclass(frozen=True, slots=True)
class _Origins:
    codes: pl.Series
    kind: pl.Series
    points: NDArray[np.float64]
    inner_km: NDArray[np.float64]
    pace: Pace


def nearest_places(
    territories: pl.DataFrame,
    places: pl.DataFrame,
    *,
    population: pl.DataFrame | None = None,
    mode: str = Mode.CAR,
    travel: Travel | None = None,
) -> pl.DataFrame:
    """Return the table ``nearest``: minutes to the nearest place, its id, count within 20 minutes.

    Parameters
    ----------
    territories
        IRIS (origins) and communes (fall-back points, areas).
    places
        Places that help, all of those known: one beyond the border counts.
    population
        Columns ``code`` (IRIS) and ``population``, for the density class of each commune.
    mode, travel
        Mode of travel and parameters.

    Notes
    -----
    A place without position stands at its commune's point; without commune either, it is left out
    (:func:`located_places` tells). Places at the very same point count each, the smallest
    identifier standing for them as the nearest.
    """
    travel = travel or default_travel()
    origins = _origins(territories, population, mode, travel)
    located = located_places(territories, places).filter(pl.col("located") != "none")
    frames = [_to_situation(origins, located, name, travel) for name in SITUATIONS]
    return NEAREST.conform(pl.concat(frames))


def located_places(territories: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return places with ``longitude``, ``latitude`` filled and ``located``: place, commune, none.

    Places that say they do not welcome the public are left out: nobody can go there.
    """
    communes = territories.filter(pl.col("level") == "commune").select(
        "commune", commune_lon="longitude", commune_lat="latitude"
    )
    own = pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null()
    lent = pl.col("commune_lon").is_not_null() & pl.col("commune_lat").is_not_null()
    kind = pl.when(own).then(pl.lit("place")).when(lent).then(pl.lit("commune"))
    frame = places.join(communes, on="commune", how="left")
    if "access_modes" in places.columns:
        closed = pl.col("access_modes").list.contains(NOT_PUBLIC).fill_null(value=False)
        frame = frame.filter(~closed)
    return frame.with_columns(
        located=kind.otherwise(pl.lit("none")),
        longitude=pl.when(own).then("longitude").otherwise("commune_lon"),
        latitude=pl.when(own).then("latitude").otherwise("commune_lat"),
    ).drop("commune_lon", "commune_lat")


def origins_table(
    territories: pl.DataFrame, population: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return one row per IRIS: point of departure, ``origin``, area, commune's population and area.

    The point is the IRIS' own, else its commune's (``origin`` says which). The floor uses the IRIS
    area, else the commune's; the density is the commune's.
    """
    iris = territories.filter(pl.col("level") == "iris").sort("code")
    communes = territories.filter(pl.col("level") == "commune").select(
        "commune", c_lon="longitude", c_lat="latitude", c_area="area_km2"
    )
    frame = iris.join(communes, on="commune", how="left", maintain_order="left")
    frame = frame.join(_commune_population(iris, population), on="commune", how="left")
    own = pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null()
    lent = pl.col("c_lon").is_not_null() & pl.col("c_lat").is_not_null()
    kind = pl.when(own).then(pl.lit("iris")).when(lent).then(pl.lit("commune"))
    return frame.select(
        "code",
        "commune",
        origin=kind.otherwise(pl.lit("none")),
        longitude=pl.when(own).then("longitude").otherwise("c_lon"),
        latitude=pl.when(own).then("latitude").otherwise("c_lat"),
        area_km2=pl.coalesce("area_km2", "c_area"),
        commune_area_km2=pl.coalesce("c_area", "iris_area"),
        commune_population="population",
    ).sort("code")


def _commune_population(iris: pl.DataFrame, population: pl.DataFrame | None) -> pl.DataFrame:
    """Sum IRIS populations (null when any is unknown) and areas by commune."""
    if population is None:
        known = iris.with_columns(population=pl.lit(None, dtype=pl.Float64))
    else:
        known = iris.join(population.select("code", "population"), on="code", how="left")
    whole = pl.col("population").is_not_null().all()
    whole_area = pl.col("area_km2").is_not_null().all()
    return known.group_by("commune").agg(
        population=pl.when(whole).then(pl.col("population").sum()),
        iris_area=pl.when(whole_area).then(pl.col("area_km2").sum()),
    )


def _origins(
    territories: pl.DataFrame, population: pl.DataFrame | None, mode: str, travel: Travel
) -> _Origins:
    table = origins_table(territories, population)
    moving = pace(
        _floats(table, "commune_population"),
        _floats(table, "commune_area_km2"),
        profile=mode,
        travel=travel,
    )
    inner = np.nan_to_num(inner_km(_floats(table, "area_km2")))
    points = _points(table)
    return _Origins(table["code"], table["origin"], points, inner, moving)


def _points(frame: pl.DataFrame) -> NDArray[np.float64]:
    """Return the points on the unit sphere, those of each island apart on a fourth axis."""
    points = sphere_points(_floats(frame, "longitude"), _floats(frame, "latitude"))
    return np.column_stack([points, APART * shores(frame)])


def _floats(frame: pl.DataFrame, name: str) -> NDArray[np.float64]:
    return frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _to_situation(
    origins: _Origins, places: pl.DataFrame, situation: str, travel: Travel
) -> pl.DataFrame:
    if situation != ANY:
        places = places.filter(pl.col("situations").list.contains(situation))
    places = places.select("id", "commune", "longitude", "latitude").sort("id")
    minutes, nearest = _nearest(origins, places, travel)
    return pl.DataFrame(
        {
            "code": origins.codes,
            "situation": pl.repeat(situation, len(origins.codes), eager=True),
            "minutes": pl.Series(minutes, nan_to_null=True),
            "place": nearest,
            "within_20": pl.Series(_within(origins, places, travel), nan_to_null=True),
            "origin": origins.kind,
        }
    )


def _nearest(
    origins: _Origins, places: pl.DataFrame, travel: Travel
) -> tuple[NDArray[np.float64], pl.Series]:
    """Minutes to the nearest place and its identifier (nothing when there is none)."""
    minutes = np.full(len(origins.codes), np.nan)
    row = np.full(len(origins.codes), -1, dtype=np.int64)
    known = np.isfinite(origins.points).all(axis=1)
    sites = places.unique(["longitude", "latitude"], keep="first", maintain_order=True)
    if sites.height and known.any():
        tree = cKDTree(_points(sites))
        chord, near = tree.query(origins.points[known], distance_upper_bound=APART / 2, workers=-1)
        ashore = np.isfinite(chord)
        known[known] = ashore
        row[known] = near[ashore]
        km = chord_to_km(chord[ashore], radius_km=travel.earth_radius_km)
        minutes[known] = origins.pace.of(known).minutes(np.maximum(km, origins.inner_km[known]))
    position = pl.Series(row)
    wanted = pl.select(pl.when(position >= 0).then(position)).to_series()
    return minutes, sites["id"].gather(wanted)


def _within(origins: _Origins, places: pl.DataFrame, travel: Travel) -> NDArray[np.float64]:
    """Count the places at most 20 minutes away (NaN without a point of departure)."""
    count = np.full(len(origins.codes), np.nan)
    known = np.isfinite(origins.points).all(axis=1)
    count[known] = 0.0
    limit = travel.thresholds[1]
    radius = origins.pace.km_within(limit)
    inside = known & (origins.inner_km <= radius)
    if places.height and inside.any():
        tree = cKDTree(_points(places))
        chord = km_to_chord(radius[inside], radius_km=travel.earth_radius_km)
        count[inside] = tree.query_ball_point(
            origins.points[inside], chord, return_length=True, workers=-1
        )
    return count
