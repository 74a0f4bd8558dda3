"""Travel time from a zone to a place: crow-fly × detour ÷ speed by density, never zero at home."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache, reduce
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray


class Mode(StrEnum):
    """The two everyday profiles, by name: a :class:`Mode` is accepted wherever a profile is."""

    CAR = "car"
    WALK = "walk"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to travel: its physical mode, what it costs before moving, its speeds.

    ``mode`` is car, walk, bicycle or transit; ``wait`` is in minutes; ``speeds`` are door-to-door
    km/h by density class of the zone of departure, where this way exists.
    """

    mode: str
    wait: float
    speeds: Mapping[str, float]
    source: str
    date: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """How a kind of person travels: by the fastest of her ways (``params/profiles.yaml``)."""

    code: str
    label: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Travel:
    """Parameters of travel times (``params/travel.yaml``, ``params/profiles.yaml``), all editable.

    ``classes`` are (name, minimum density in persons per km²), densest first; ``unknown`` is the
    class of a zone whose density is unknown.
    """

    detour: float
    classes: tuple[tuple[str, float], ...]
    unknown: str
    profiles: Mapping[str, Profile]
    thresholds: tuple[float, float, float]
    earth_radius_km: float

    def profile(self, code: str) -> Profile:
        """Return a profile, or say in French which ones exist."""
        if code not in self.profiles:
            known = ", ".join(f"{one.code} ({one.label})" for one in self.profiles.values())
            raise ParameterError(
                f"Le profil de déplacement « {code} » n’existe pas.", remedy=f"Profils : {known}."
            )
        return self.profiles[code]


@cache
def default_travel() -> Travel:
    """Return the dated, sourced parameters shipped with Portrea."""
    raw = _shipped("travel.yaml")
    classes = raw["density_classes"]
    first, second, third = (float(value) for value in raw["thresholds"]["value"])
    return Travel(
        detour=float(raw["detour"]["value"]),
        classes=tuple((c["name"], float(c["minimum"])) for c in classes["classes"]),
        unknown=classes["unknown"],
        profiles={code: _profile(code, card) for code, card in _shipped("profiles.yaml").items()},
        thresholds=(first, second, third),
        earth_radius_km=float(raw["earth_radius"]["value"]),
    )


def _shipped(name: str) -> dict[str, Any]:
    text = files("portrea.reach").joinpath(f"params/{name}").read_text("utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    return raw


def _profile(code: str, card: Mapping[str, Any]) -> Profile:
    ways = tuple(
        Way(
            mode=str(way["mode"]),
            wait=float(way["wait"]),
            speeds={name: float(speed) for name, speed in way["speed"].items()},
            source=str(way["source"]),
            date=str(way["date"]),
            assumed=bool(way.get("hypothese")),
        )
        for way in card["ways"]
    )
    return Profile(code, str(card["label"]), ways)


@dataclass(frozen=True, slots=True)
class Pace:
    """What distance costs from each zone, by each way of a profile.

    ``waits`` are minutes, one per way; ``per_km`` are minutes per km as the crow flies, one array
    (the shape of the zones) per way, ``inf`` where this way does not exist.
    """

    waits: tuple[float, ...]
    per_km: tuple[NDArray[np.float64], ...]

    def minutes(self, km: ArrayLike) -> NDArray[np.float64]:
        """Return the minutes of crow-fly distances in km from each zone, by the fastest way."""
        km = np.asarray(km, dtype=float)
        with np.errstate(invalid="ignore"):  # no such way (inf) to the very place (0 km): not a way
            ways = [wait + cost * km for wait, cost in zip(self.waits, self.per_km, strict=True)]
        return np.asarray(reduce(np.fmin, ways), dtype=float)

    def km_within(self, minutes: float) -> NDArray[np.float64]:
        """Return how far, in km as the crow flies, each zone gets in ``minutes`` (< 0: nowhere)."""
        ways = [(minutes - wait) / cost for wait, cost in zip(self.waits, self.per_km, strict=True)]
        return np.asarray(reduce(np.maximum, ways), dtype=float)

    def of(self, rows: NDArray[np.integer | np.bool_]) -> Pace:
        """Return the pace of some zones, repeated or reordered."""
        return Pace(self.waits, tuple(cost[rows] for cost in self.per_km))


def pace(
    persons: ArrayLike, area_km2: ArrayLike, *, profile: str = "car", travel: Travel | None = None
) -> Pace:
    """Return the pace of a profile around zones of given population and area.

    Parameters
    ----------
    persons, area_km2
        Population and area of the zone's commune, which make its density class; NaN when unknown.
    profile
        Code of a profile, or a :class:`Mode`.
    travel
        Parameters; the shipped ones by default.
    """
    travel = travel or default_travel()
    ways = travel.profile(profile).ways
    density_class = _density_class(persons, area_km2, travel)
    names = [name for name, _ in travel.classes]
    costs = [
        [
            60.0 * travel.detour / way.speeds[name] if name in way.speeds else np.inf
            for name in names
        ]
        for way in ways
    ]
    per_km = tuple(np.asarray(cost)[density_class] for cost in costs)
    return Pace(tuple(way.wait for way in ways), per_km)


def _density_class(persons: ArrayLike, area_km2: ArrayLike, travel: Travel) -> NDArray[np.int64]:
    """Return the rank of the density class of each zone in ``travel.classes``."""
    persons, area = np.asarray(persons, dtype=float), np.asarray(area_km2, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        density = np.where(area > 0, persons / area, np.nan)
    names = [name for name, _ in travel.classes]
    minimums = np.array([minimum for _, minimum in reversed(travel.classes)])
    rank = len(names) - np.searchsorted(minimums, density, side="right")
    known = np.isfinite(density) & (rank < len(names))
    return np.where(known, rank, names.index(travel.unknown))


def speeds_kmh(
    persons: ArrayLike,
    area_km2: ArrayLike,
    *,
    mode: str = Mode.CAR,
    travel: Travel | None = None,
) -> NDArray[np.float64]:
    """Return the door-to-door speed in km/h of the fastest way, once its wait is over.

    Parameters
    ----------
    persons, area_km2
        Population and area of the zone's commune; NaN when unknown.
    mode, travel
        Profile (:class:`Mode` or code) and parameters.
    """
    travel = travel or default_travel()
    costs = pace(persons, area_km2, profile=mode, travel=travel).per_km
    return np.asarray(60.0 * travel.detour / reduce(np.minimum, costs), dtype=float)


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
    mode: str = Mode.CAR,
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
        Profile (:class:`Mode` or code) and parameters.

    Notes
    -----
    ``wait + 60 · detour · max(crow-fly, 0.5·sqrt(area/π)) / speed(density)``, by the fastest way of
    the profile. It depends on the zone of departure and the distance alone, so the nearest place as
    the crow flies is the nearest in time.
    """
    km = np.fmax(np.asarray(crow_fly_km, dtype=float), inner_km(area_km2))
    return pace(persons, area_km2, profile=mode, travel=travel).minutes(km)


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
    mode: str = Mode.CAR,
) -> NDArray[np.float64]:
    """Return travel times in minutes from one point (longitude, latitude) to several.

    ``persons`` and ``area_km2`` are those of the commune of departure, for the speed.
    """
    to = np.asarray(longitude, dtype=float)
    start = np.broadcast_to(np.asarray(origin, dtype=float)[:, None], (2, to.size))
    km = crow_fly_km(start[0], start[1], to, latitude)
    return travel_minutes(km, persons=persons, area_km2=area_km2, mode=mode)
