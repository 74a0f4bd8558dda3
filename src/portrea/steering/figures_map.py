"""Small maps of a territory in SVG: classes by colour, hatching and a label; places as dots."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from portrea.steering.figures_style import (
    ACCENT,
    DARK_FROM,
    INK,
    MUTED,
    NO_DATA,
    RULE,
    SEQUENCE,
    WHITE,
    Caption,
    spread,
    svg,
    text,
    text_on,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH = 720
MARGIN = 8
LEGEND = 66
HIGHEST = 620
MOST_LABELS = 70
MOST_DOTS = 400
SHARED_EDGE = 0.6


@dataclass(frozen=True, slots=True)
class Zone:
    """One area of a map: value used for its class, words written on it (``None``: no data)."""

    code: str
    name: str
    value: float | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Local flat projection: degrees to drawing units, true shape at the middle latitude."""

    west: float
    north: float
    scale_x: float
    scale_y: float
    height: int

    @classmethod
    def around(cls, shapes: np.ndarray) -> Frame:
        """Fit the drawing width (or its greatest height) to some shapes."""
        west, south, east, north = shapely.total_bounds(shapes)
        squeeze = math.cos(math.radians((south + north) / 2))
        across, along = (east - west) * squeeze, north - south
        room = WIDTH - 2 * MARGIN
        scale = min(room / across, (HIGHEST - 2 * MARGIN) / along)
        middle = (WIDTH - across * scale) / 2
        height = math.ceil(along * scale) + 2 * MARGIN
        return cls(west - middle / (scale * squeeze), north, scale * squeeze, scale, height)

    def place(self, points: np.ndarray) -> np.ndarray:
        """Project longitude-latitude points to the drawing."""
        x = (points[:, 0] - self.west) * self.scale_x
        y = (self.north - points[:, 1]) * self.scale_y + MARGIN
        return np.column_stack([x, y])


@dataclass(frozen=True, slots=True)
class Reading:
    """How the values of a map are read: words of the legend, and whether they are shares."""

    unit: str
    percent: bool = True


def choropleth(
    caption: Caption,
    zones: Sequence[Zone],
    contours: Mapping[str, bytes],
    *,
    reading: Reading,
    dots: np.ndarray | None = None,
) -> str | None:
    """Draw a map in classes, or return ``None`` when no outline is known.

    Parameters
    ----------
    zones
        Areas with the value that gives their class.
    contours
        Outline (WKB, WGS 84) by code.
    reading
        Words of the legend.
    dots
        Longitude-latitude of places, drawn as dots.
    """
    drawn = [zone for zone in zones if zone.code in contours]
    if not drawn:
        return None
    shapes = shapely.from_wkb(np.array([contours[z.code] for z in drawn], dtype=object))
    frame = Frame.around(shapes)
    flat = _flatten(shapes, frame)
    breaks = class_breaks([z.value for z in drawn if z.value is not None])
    body = [_hatching(caption.id), _zones(caption.id, drawn, flat, breaks)]
    if dots is not None and len(dots):
        body.append(_dots(frame.place(dots[:MOST_DOTS])))
    if len(drawn) <= MOST_LABELS:
        body.append(_labels(drawn, flat, breaks))
    body.append(_legend(caption.id, breaks, frame.height, reading, places=dots is not None))
    return svg(caption, WIDTH, frame.height + LEGEND, "".join(body))


def class_breaks(values: Sequence[float], most: int = 5) -> list[float]:
    """Return the upper bounds of at most ``most`` classes of equal counts, without repeats.

    >>> class_breaks([1.0, 2.0, 3.0, 4.0], most=2)
    [2.0, 4.0]
    """
    ordered = sorted(values)
    if not ordered:
        return []
    count = min(most, len(set(ordered)))
    cuts = [ordered[math.ceil(len(ordered) * (i + 1) / count) - 1] for i in range(count)]
    return sorted(set(cuts))


def _class_of(value: float, breaks: Sequence[float]) -> int:
    return next(i for i, bound in enumerate(breaks) if value <= bound)


def _flatten(shapes: np.ndarray, frame: Frame) -> np.ndarray:
    flat = shapely.transform(shapes, frame.place)
    tolerance = SHARED_EDGE if len(shapes) <= MOST_LABELS else 1.2
    simple: np.ndarray = shapely.simplify(shapely.make_valid(flat), tolerance)
    return simple


def _hatching(figure_id: str) -> str:
    lines = "M0 8L8 0M-2 2L2-2M6 10L10 6"
    return (
        f'<defs><pattern id="{figure_id}-h" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{WHITE}"/>'
        f'<path d="{lines}" stroke="{NO_DATA}" stroke-width="1.2"/></pattern></defs>'
    )


def _zones(
    figure_id: str, zones: Sequence[Zone], shapes: np.ndarray, breaks: Sequence[float]
) -> str:
    colours = spread(len(breaks))
    groups: dict[str, list[str]] = {}
    for zone, shape in zip(zones, shapes, strict=True):
        if zone.value is None:
            fill = f"url(#{figure_id}-h)"
        else:
            fill = SEQUENCE[colours[_class_of(zone.value, breaks)]]
        groups.setdefault(fill, []).append(_path(shape))
    paths = "".join(f'<path fill="{fill}" d="{"".join(d)}"/>' for fill, d in groups.items())
    return f'<g stroke="{WHITE}" stroke-width="1.5" stroke-linejoin="round">{paths}</g>'


def _path(shape: shapely.Geometry) -> str:
    rings = []
    for polygon in shapely.get_parts(shape):
        if polygon.geom_type != "Polygon" or polygon.area < 1:
            continue
        rings += [polygon.exterior, *polygon.interiors]
    return "".join(_ring(ring) for ring in rings)


def _ring(ring: shapely.LinearRing) -> str:
    points = np.rint(np.asarray(ring.coords)[:-1]).astype(int)
    moves = np.diff(points, axis=0)
    kept = moves[np.any(moves != 0, axis=1)]
    if len(kept) < 2:
        return ""
    start = f"M{points[0][0]} {points[0][1]}l"
    return start + " ".join(f"{dx} {dy}" for dx, dy in kept).replace(" -", "-") + "z"


def _labels(zones: Sequence[Zone], shapes: np.ndarray, breaks: Sequence[float]) -> str:
    points = shapely.point_on_surface(shapes)
    colours = spread(len(breaks))
    size = 15 if len(zones) <= 40 else 12
    lines = []
    for zone, point in zip(zones, points, strict=True):
        if not zone.label or point.is_empty:
            continue
        index = colours[_class_of(zone.value, breaks)] if zone.value is not None else 0
        y = round(point.y + size * 0.35)
        lines.append(
            text(round(point.x), y, zone.label, size=size, fill=text_on(index))
            if index >= DARK_FROM
            else text(round(point.x), y, zone.label, size=size)
        )
    return f'<g text-anchor="middle" font-weight="600">{"".join(lines)}</g>'


def _dots(points: np.ndarray) -> str:
    marks = "".join(f"M{x:.0f} {y:.0f}h.01" for x, y in points)
    return (
        f'<path d="{marks}" stroke="{WHITE}" stroke-width="11" stroke-linecap="round"/>'
        f'<path d="{marks}" stroke="{ACCENT}" stroke-width="7.5" stroke-linecap="round"/>'
    )


def _legend(
    figure_id: str, breaks: Sequence[float], top: int, reading: Reading, *, places: bool
) -> str:
    colours = [SEQUENCE[index] for index in spread(len(breaks))]
    entries = [(c, _bound(b, reading)) for c, b in zip(colours, breaks, strict=True)]
    width = 92
    y = top + 30
    parts = [text(MARGIN, top + 18, reading.unit, size=14, fill=MUTED)]
    for i, (fill, words) in enumerate(entries):
        x = MARGIN + i * width
        parts.append(
            f'<rect x="{x}" y="{y}" width="{width - 2}" height="14" fill="{fill}" stroke="{RULE}"/>'
        )
        parts.append(text(x, y + 31, f"≤ {words}", size=13))
    x = MARGIN + len(entries) * width + 14
    parts.append(
        f'<rect x="{x}" y="{y}" width="26" height="14" fill="url(#{figure_id}-h)" stroke="{RULE}"/>'
        + text(x, y + 31, "sans donnée", size=13)
    )
    if places:
        parts.append(
            _dots(np.array([[x + 104.0, y + 7.0]])) + text(x + 114, y + 12, "lieu", size=13)
        )
    return f'<g fill="{INK}">{"".join(parts)}</g>'


def _bound(value: float, reading: Reading) -> str:
    if reading.percent:
        return f"{value * 100:.0f}\u202f%"
    return f"{value:.0f}"
