"""Positions: degrees in one or two cells, WKT, GeoJSON, Lambert-93; never one outside France."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from portrea.offer.importing.values import Note, Read, untold
from portrea.vocab.standards.mednum_check import position_problem

_DEGREES = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?")
_METRES = re.compile(r"\d{5,7}(?:[.,]\d+)?")
_WKT = re.compile(r"POINT\s*Z?\s*\(\s*([-\d.]+)\s+([-\d.]+)", re.IGNORECASE)
_GEOJSON = re.compile(r"\"coordinates\"\s*:\s*\[\s*([-\d.eE]+)\s*,\s*([-\d.eE]+)")
_OUTSIDE = Note(
    "outside-france", "position hors du territoire français", "Vérifiez les coordonnées."
)
_SWAPPED = Note("swapped", "latitude et longitude étaient inversées : remises dans l’ordre")
_LAMBERT = Note("lambert", "coordonnées Lambert-93 converties en degrés")

Point = tuple[float, float]


@lru_cache(maxsize=65536)
def position(cell: str) -> Read:
    """Return (latitude, longitude) from one cell: « 48.1, -1.9 », WKT or GeoJSON."""
    if match := _WKT.search(cell) or _GEOJSON.search(cell):
        return coordinates(match[2], match[1])
    for mark in (";", "|", " "):
        parts = [part for part in cell.replace("\n", " ").split(mark) if part.strip()]
        if len(parts) == 2 and all(_DEGREES.fullmatch(p.strip().strip(",")) for p in parts):
            return coordinates(parts[0].strip().strip(","), parts[1].strip().strip(","))
    parts = cell.split(",")
    if len(parts) == 2:
        return coordinates(*parts)
    return None, Note("not-a-position", "ce n’est pas une position", "Écrivez « 48.1, -1.9 ».")


@lru_cache(maxsize=131072)
def coordinates(latitude: str, longitude: str) -> Read:  # noqa: PLR0911
    """Return (latitude, longitude) from two cells: degrees, or metres of Lambert-93."""
    cells = [
        re.sub(r"[\s\u00a0\u202f°]", "", cell).replace(",", ".") for cell in (latitude, longitude)
    ]
    if all(untold(cell) for cell in cells):
        return None, None
    if any(untold(cell) for cell in cells):
        return None, Note(
            "half-position", "position incomplète", "Renseignez les deux coordonnées."
        )
    if all(_METRES.fullmatch(cell) for cell in cells):
        return _metres(float(cells[0]), float(cells[1]))
    if not all(_DEGREES.fullmatch(cell) for cell in cells):
        return None, Note(
            "not-a-position", "ce n’est pas une position", "Écrivez des degrés : 48.1372."
        )
    first, second = float(cells[0]), float(cells[1])
    if position_problem(first, second) is None:
        return (first, second), None
    if position_problem(second, first) is None:
        return (second, first), _SWAPPED
    return None, _OUTSIDE


def _metres(north: float, east: float) -> Read:
    """Return degrees from metres of Lambert-93 (EPSG:2154), in either order."""
    for y, x in ((north, east), (east, north)):
        if 6_000_000 <= y <= 7_200_000 and 0 <= x <= 1_300_000:
            found = lambert_93(x, y)
            if position_problem(*found) is None:
                return found, _LAMBERT
    return None, _OUTSIDE


def lambert_93(x: float, y: float) -> Point:
    """Return (latitude, longitude) in degrees, WGS 84, rounded to 0.1 m, from Lambert-93 metres.

    Notes
    -----
    Inverse of the conformal conic with two standard parallels (44° and 49° N, origin 46.5° N 3° E,
    false origin 700 km, 6,600 km) on the GRS 80 ellipsoid; IGN, NT/G 71, algorithm ALG0004.
    """
    eccentricity = 0.0818191910428158
    n, c = 0.7256077650532670, 11_754_255.426096
    x_pole, y_pole = 700_000.0, 12_655_612.049876
    radius = math.hypot(x - x_pole, y - y_pole)
    longitude = math.radians(3) + math.atan((x - x_pole) / (y_pole - y)) / n
    isometric = -math.log(abs(radius / c)) / n
    latitude = 2 * math.atan(math.exp(isometric)) - math.pi / 2
    for _ in range(10):
        sine = eccentricity * math.sin(latitude)
        ratio = ((1 + sine) / (1 - sine)) ** (eccentricity / 2)
        latitude = 2 * math.atan(ratio * math.exp(isometric)) - math.pi / 2
    return round(math.degrees(latitude), 6), round(math.degrees(longitude), 6)
