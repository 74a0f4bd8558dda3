"""Travel time from a zone to a place: crow-fly × detour ÷ speed by density, never zero at home."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray


class Mode(StrEnum):
    """How people travel."""

    CAR = "car"
    WALK = "walk"


@dataclass(frozen=True, slots=True)
class Travel:
    """Parameters of travel times (``params/travel.yaml``), every one editable.

    ``classes`` are (name, minimum density in persons per km²), densest first; ``speeds`` are km/h
    by class; ``unknown`` is the class of a zone whose density is unknown.
    """

    detour: float
    classes: tuple[tuple[str, float], ...]
    unknown: str
    speeds: Mapping[str, float]
    walk_speed: float
    thresholds: tuple[float, float, float]
    earth_radius_km: float


@cache
def default_travel() -> Travel:
    """Return the dated, sourced parameters shipped with Portrea."""
    raw = yaml.safe_load(files("portrea.reach").joinpath("params/travel.yaml").read_text("utf-8"))
    classes = raw["density_classes"]
    names = tuple((c["name"], float(c["minimum"])) for c in classes["classes"])
    first, second, third = (float(value) for value in raw["thresholds"]["value"])
    return Travel(
        detour=float(raw["detour"]["value"]),
        classes=names,
        unknown=classes["unknown"],
        speeds={name: float(raw["car_speed"][name]["value"]) for name, _ in names},
        walk_speed=float(raw["walk_speed"]["value"]),
        thresholds=(first, second, third),
        earth_radius_km=float(raw["earth_radius"]["value"]),
    )


def speeds_kmh(
    persons: ArrayLike,
    area_km2: ArrayLike,
    *,
    mode: Mode = Mode.CAR,
    travel: Travel | None = None,
) -> NDArray[np.float64]:
    """Return the door-to-door speed in km/h around zones of given population and area.

    Parameters
    ----------
    persons, area_km2
        Population and area of the zone's commune; NaN when unknown.
    mode
        By car (speed by density class) or on foot (one speed).
    travel
        Parameters; the shipped ones by default.
    """
    travel = travel or default_travel()
    persons, area = np.broadcast_arrays(
        np.asarray(persons, dtype=float), np.asarray(area_km2, dtype=float)
    )
    if mode is Mode.WALK:
        return np.full(persons.shape, travel.walk_speed)
    density = np.divide(persons, area, out=np.full(persons.shape, np.nan), where=area > 0)
    conditions = [density >= minimum for _, minimum in travel.classes]
    values = [travel.speeds[name] for name, _ in travel.classes]
    return np.select(conditions, values, default=travel.speeds[travel.unknown])


def inner_km(area_km2: ArrayLike) -> NDArray[np.float64]:
    """Return the crow-fly distance imposed inside a zone, in km: ``0.5·sqrt(area / π)``.

    Half the radius of the disc of same area. Publishing zero inside a commune, as METRIC does,
    makes rural communes look closer to help than they are. NaN when the area is unknown.
    """
    result: NDArray[np.float64] = 0.5 * np.sqrt(np.asarray(area_km2, dtype=float) / np.pi)
    return result


def travel_minutes(
    crow_fly_km: ArrayLike,
    *,
    persons: ArrayLike,
    area_km2: ArrayLike,
    mode: Mode = Mode.CAR,
    travel: Travel | None = None,
) -> NDArray[np.float64]:
    """Return travel times in minutes from zones to places.

    Parameters
    ----------
    crow_fly_km
        Great-circle distances in km.
    persons, area_km2
        Population and area of the zone of departure; NaN when unknown (intermediate speed, and
        no floor, are then used).
    mode, travel
        Mode and parameters.

    Notes
    -----
    ``60 · detour · max(crow-fly, 0.5·sqrt(area/π)) / speed(density)``. The speed depends on the
    zone of departure alone, so the nearest place as the crow flies is the nearest in time.
    """
    travel = travel or default_travel()
    speed = speeds_kmh(persons, area_km2, mode=mode, travel=travel)
    km = np.fmax(np.asarray(crow_fly_km, dtype=float), inner_km(area_km2))
    minutes: NDArray[np.float64] = 60.0 * travel.detour * km / speed
    return minutes


def sphere_points(longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.float64]:
    """Return points of the unit sphere: straight chords there rank like great-circle distances."""
    lon, lat = np.radians(np.asarray(longitude, float)), np.radians(np.asarray(latitude, float))
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def chord_to_km(chord: ArrayLike, *, radius_km: float) -> NDArray[np.float64]:
    """Return the great-circle length in km of chords of the unit sphere (``inf`` stays ``inf``)."""
    chord = np.asarray(chord, dtype=float)
    arc = 2.0 * radius_km * np.arcsin(np.clip(chord / 2.0, 0.0, 1.0))
    return np.where(np.isfinite(chord), arc, np.inf)


def km_to_chord(km: ArrayLike, *, radius_km: float) -> NDArray[np.float64]:
    """Return the chord of the unit sphere under a great-circle length in km."""
    half = np.clip(np.asarray(km, dtype=float) / (2.0 * radius_km), 0.0, np.pi / 2.0)
    chord: NDArray[np.float64] = 2.0 * np.sin(half)
    return chord


def crow_fly_km(
    longitude: ArrayLike,
    latitude: ArrayLike,
    to_longitude: ArrayLike,
    to_latitude: ArrayLike,
    *,
    travel: Travel | None = None,
) -> NDArray[np.float64]:
    """Return great-circle distances in km between points given in degrees, one to one."""
    travel = travel or default_travel()
    gap = sphere_points(longitude, latitude) - sphere_points(to_longitude, to_latitude)
    return chord_to_km(np.linalg.norm(gap, axis=-1), radius_km=travel.earth_radius_km)


def minutes_between(
    origin: tuple[float, float],
    longitude: ArrayLike,
    latitude: ArrayLike,
    *,
    persons: float = np.nan,
    area_km2: float = np.nan,
    mode: Mode = Mode.CAR,
) -> NDArray[np.float64]:
    """Return travel times in minutes from one point (longitude, latitude) to several.

    ``persons`` and ``area_km2`` are those of the commune of departure, for the speed.
    """
    to = np.asarray(longitude, dtype=float)
    start = np.broadcast_to(np.asarray(origin, dtype=float)[:, None], (2, to.size))
    km = crow_fly_km(start[0], start[1], to, latitude)
    return travel_minutes(km, persons=persons, area_km2=area_km2, mode=mode)
