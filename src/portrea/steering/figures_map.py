"""Small maps of a territory in SVG: classes by colour, hatching and a label; places as dots."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from portrea.steering.figures_insets import gathered, gathered_points, names_of
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
from portrea.territory.drawing import draw
from portrea.territory.geometry import bounds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.territory.drawing import Drawing
    from portrea.territory.geometry import Shapes

WIDTH = 720
MARGIN = 8
LEGEND = 66
HIGHEST = 620
MOST_LABELS = 70
MOST_DOTS = 400
"""Beyond this many places, dots would hide the map: none is drawn, never a part of them."""


@dataclass(frozen=True, slots=True)
class Zone:
    """One area of a map: value used for its class, words written on it (``None``: no data)."""

    code: str
    value: float | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the values of a map are read: words of the legend, and whether they are shares."""

    unit: str
    percent: bool = True


def choropleth(
    caption: Caption,
    zones: Mapping[str, Zone],
    shapes: Shapes,
    *,
    reading: Reading,
    dots: np.ndarray | None = None,
) -> str:
    """Draw a map in classes.

    Parameters
    ----------
    zones
        By code, the value that gives the class and the words written on the area.
    shapes
        Outlines; those without a zone are drawn as « sans donnée ».
    reading
        Words of the legend.
    dots
        Longitude-latitude of places, one row each, drawn as dots.

    Notes
    -----
    A map of the mainland and overseas shows the latter in insets, at another scale.
    """
    shapes, insets = gathered(shapes)
    drawing = drawn_once(shapes)
    height = math.ceil(drawing.height)
    drawn = [zones.get(code) or Zone(code, None) for code in shapes.codes.tolist()]
    breaks = class_breaks([zone.value for zone in drawn if zone.value is not None])
    body = [_hatching(caption.id), _zones(caption.id, drawn, drawing, breaks)]
    if dots is not None and len(dots):
        near = gathered_points(dots, insets)
        body.append(_dots(drawing.place(near[:, 0], near[:, 1])))
    if len(drawn) <= MOST_LABELS:
        points = shapely.get_coordinates(shapely.point_on_surface(shapes.polygons))
        body.append(_labels(drawn, drawing.place(points[:, 0], points[:, 1]), breaks))
    names = (text(round(x), round(y), name, size=13) for x, y, name in names_of(insets, drawing))
    body.append(f'<g text-anchor="middle" fill="{MUTED}">{"".join(names)}</g>' if insets else "")
    shift = (WIDTH - drawing.width) / 2
    drawn_map = f'<g transform="translate({shift:g})">{"".join(body)}</g>'
    legend = _legend(caption.id, breaks, height, reading, places=dots is not None and len(dots) > 0)
    return svg(caption, WIDTH, height + LEGEND, drawn_map + legend)


@lru_cache(maxsize=256)
def drawn_once(shapes: Shapes) -> Drawing:
    """Draw shapes with light paths; the same object is drawn once."""
    drawing = draw(shapes, width=_width(shapes), margin=MARGIN, tolerance=_detail(len(shapes)))
    return replace(drawing, paths={code: compact(d) for code, d in drawing.paths.items()})


def _width(shapes: Shapes) -> float:
    west, south, east, north = bounds(shapes)
    across = (east - west) * math.cos(math.radians((south + north) / 2))
    return min(WIDTH, max(200.0, HIGHEST * across / max(north - south, 1e-9)))


def _detail(count: int) -> float:
    return 1.0 if count <= 20 else 1.6 if count <= MOST_LABELS else 2.2


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


def _hatching(figure_id: str) -> str:
    lines = "M0 8L8 0M-2 2L2-2M6 10L10 6"
    return (
        f'<defs><pattern id="{figure_id}-h" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{WHITE}"/>'
        f'<path d="{lines}" stroke="{NO_DATA}" stroke-width="1.2"/></pattern></defs>'
    )


def _zones(figure_id: str, zones: Sequence[Zone], drawing: Drawing, breaks: Sequence[float]) -> str:
    colours = spread(len(breaks))
    groups: dict[str, list[str]] = {}
    for zone in zones:
        if zone.value is None:
            fill = f"url(#{figure_id}-h)"
        else:
            fill = SEQUENCE[colours[_class_of(zone.value, breaks)]]
        groups.setdefault(fill, []).append(drawing.paths[zone.code])
    paths = "".join(f'<path fill="{fill}" d="{"".join(d)}"/>' for fill, d in groups.items())
    return (
        f'<g stroke="{WHITE}" stroke-width="1.5" stroke-linejoin="round" fill-rule="evenodd">'
        f"{paths}</g>"
    )


def compact(path: str) -> str:
    """Rewrite absolute rings as whole-number relative moves: half the weight, same drawing.

    >>> compact("M10.2 10L20 10L20 30.4L10 30Z")
    'M10 10l10 0 0 20-10 0z'
    """
    rings = []
    for ring in path.split("Z")[:-1]:
        numbers = [float(n) for n in ring[1:].replace("L", " ").split()]
        points = np.rint(np.array(numbers)).astype(int).reshape(-1, 2)
        moves = np.diff(points, axis=0)
        moves = moves[np.any(moves != 0, axis=1)]
        if len(moves) >= 2:
            line = " ".join(f"{x} {y}" for x, y in moves.tolist()).replace(" -", "-")
            rings.append(f"M{points[0][0]} {points[0][1]}l{line}z")
    return "".join(rings)


def _labels(zones: Sequence[Zone], points: np.ndarray, breaks: Sequence[float]) -> str:
    colours = spread(len(breaks))
    size = 15 if len(zones) <= 40 else 12
    lines = []
    for zone, (x, y) in zip(zones, points.tolist(), strict=True):
        if not zone.label:
            continue
        index = colours[_class_of(zone.value, breaks)] if zone.value is not None else 0
        fill = text_on(index) if index >= DARK_FROM else ""
        lines.append(text(round(x), round(y + size * 0.35), zone.label, size=size, fill=fill))
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
    entries = list(zip(colours, bound_words(breaks, percent=reading.percent), strict=True))
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


def bound_words(breaks: Sequence[float], *, percent: bool = True) -> list[str]:
    """Write the upper bounds of classes, with the decimals that tell them apart."""
    factor, unit = (100, "\u202f%") if percent else (1, "")
    texts: list[str] = []
    for decimals in (0, 1, 2):
        texts = [f"{value * factor:.{decimals}f}{unit}".replace(".", ",") for value in breaks]
        if len(set(texts)) == len(texts):
            break
    return texts
