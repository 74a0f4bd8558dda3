"""The map of « Et si ? »: what becomes of each commune, the places that open and close."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import shapely

from portrea.steering.figures_map import LEGEND, MOST_LABELS, WIDTH, drawn_once
from portrea.steering.figures_style import (
    ACCENT,
    INK,
    MUTED,
    SEQUENCE,
    TEAL,
    TEAL_DARK,
    WHITE,
    Caption,
    svg,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.territory.drawing import Drawing
    from portrea.territory.geometry import Shapes

MARGIN = 8
MOST_OPEN = 120
"""Beyond this many places, those that do not change would hide the map."""
FILLS = {
    "near": SEQUENCE[3],
    "part": SEQUENCE[1],
    "far": WHITE,
    "gains": TEAL_DARK,
    "loses": ACCENT,
}
WORDS = {
    "near": "déjà proche",
    "part": "en partie",
    "far": "loin",
    "gains": "se rapproche",
    "loses": "s’éloigne",
}
"""What is said of a commune, in the order of the legend."""
DARK = frozenset({"gains", "loses"})


@dataclass(frozen=True, slots=True)
class Town:
    """A commune of the map: what becomes of it, words on it, its name, where a click leads."""

    code: str
    state: str
    label: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A place of the map: ``open`` today and after, ``new``, or ``closed``; where a click leads."""

    longitude: float
    latitude: float
    state: str
    name: str = ""
    href: str = ""


def town_map(
    caption: Caption, towns: Mapping[str, Town], shapes: Shapes, dots: Sequence[Dot]
) -> str:
    """Draw the communes by what becomes of them.

    When each one leads somewhere, a list beside says the same: the drawing is left out of what is
    read aloud and of the tab order. Without links (and with an ``id``), it is told by its caption.
    """
    drawing = drawn_once(shapes)
    if len(dots) > MOST_OPEN:
        dots = [dot for dot in dots if dot.state != "open"]
    shift = (WIDTH - drawing.width) / 2
    codes = shapes.codes.tolist()
    paths = "".join(_town(towns[code], drawing) for code in codes if code in towns)
    body = (
        f'<g transform="translate({shift:g})"><g stroke="{TEAL}" stroke-width="1" '
        f'stroke-linejoin="round" fill-rule="evenodd">{paths}</g>'
        f"{_labels(codes, towns, shapes, drawing)}{_dots(dots, drawing)}</g>"
    )
    height = math.ceil(drawing.height)
    shown = {town.state for town in towns.values()}
    legend = _legend(
        [s for s in WORDS if s in shown],
        {dot.state for dot in dots},
        height,
        numbers=len(codes) <= MOST_LABELS,
    )
    if caption.id:
        return svg(caption, WIDTH, height + LEGEND, body + legend)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height + LEGEND}" '
        f'class="what-if-map" aria-hidden="true" focusable="false" fill="{INK}">'
        f"<title>{escape(caption.title)}</title>{body}{legend}</svg>"
    )


def _town(town: Town, drawing: Drawing) -> str:
    path = f'<path fill="{FILLS[town.state]}" d="{drawing.paths[town.code]}"/>'
    if not town.href:
        return path
    return (
        f'<a href="{escape(town.href)}" tabindex="-1"><title>{escape(town.name)}</title>{path}</a>'
    )


def _labels(
    codes: Sequence[str], towns: Mapping[str, Town], shapes: Shapes, drawing: Drawing
) -> str:
    if len(codes) > MOST_LABELS:
        return ""
    points = shapely.get_coordinates(shapely.point_on_surface(shapes.polygons))
    placed = drawing.place(points[:, 0], points[:, 1]).tolist()
    size = 15 if len(codes) <= 40 else 12
    words = "".join(
        text(round(x), round(y + size * 0.35), towns[code].label, size=size,
             fill=WHITE if towns[code].state in DARK else "")
        for code, (x, y) in zip(codes, placed, strict=True)
        if code in towns and towns[code].label
    )  # fmt: skip
    return f'<g text-anchor="middle" font-weight="600" pointer-events="none">{words}</g>'


def _dots(dots: Sequence[Dot], drawing: Drawing) -> str:
    if not dots:
        return ""
    points = drawing.place(
        np.array([dot.longitude for dot in dots]), np.array([dot.latitude for dot in dots])
    )
    marks = [_dot(x, y, dot) for dot, (x, y) in zip(dots, points.tolist(), strict=True)]
    return f"<g>{''.join(marks)}</g>"


def _dot(x: float, y: float, dot: Dot) -> str:
    """Draw a place; one that leads somewhere takes a larger finger than its mark."""
    mark = f'<g pointer-events="none">{_mark(x, y, dot.state)}</g>'
    if not dot.href:
        return mark
    return (
        f'<a href="{escape(dot.href)}" tabindex="-1"><title>{escape(dot.name)}</title>'
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="11" fill="none" pointer-events="all"/>{mark}</a>'
    )


def _mark(x: float, y: float, state: str) -> str:
    """Draw an open place as a dot, a new one as a star of four branches, a closed one crossed."""
    if state == "open":
        return (
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4.5" fill="{INK}" stroke="{WHITE}" '
            'stroke-width="1.5"/>'
        )
    if state == "closed":
        cross = f"M{x - 7:.0f} {y - 7:.0f}l14 14m0-14l-14 14"
        return (
            f'<path d="{cross}" stroke="{WHITE}" stroke-width="7"/>'
            f'<path d="{cross}" stroke="{INK}" stroke-width="3.5"/>'
        )
    star = f"M{x:.0f} {y - 13:.0f}l4 9 9 4-9 4-4 9-4-9-9-4 9-4z"
    return f'<path d="{star}" fill="{WHITE}" stroke="{INK}" stroke-width="2"/>'


PLACES = {"open": "lieu ouvert", "new": "lieu ajouté", "closed": "lieu fermé"}


def _legend(states: Sequence[str], places: set[str], top: int, *, numbers: bool) -> str:
    parts, x, y = [], MARGIN, top + 22
    for state in states:
        parts.append(
            f'<rect x="{x}" y="{y - 12}" width="20" height="14" fill="{FILLS[state]}" '
            f'stroke="{TEAL}"/>'
        )
        parts.append(text(x + 26, y, WORDS[state], size=14))
        x += 52 + 8 * len(WORDS[state])
    x, y = MARGIN, top + 50
    for state, words in PLACES.items():
        if state in places:
            parts.append(_mark(x + 10, y - 5, state) + text(x + 26, y, words, size=14))
            x += 60 + 8 * len(words)
    if numbers:
        parts.append(text(x, y, "chiffre : minutes", size=14, fill=MUTED))
    return f'<g stroke-width="1">{"".join(parts)}</g>'
