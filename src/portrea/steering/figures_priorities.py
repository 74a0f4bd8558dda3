"""The map of priority areas: what may be said of each, the place in the list written on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from portrea.reach.priority_tables import Status
from portrea.steering.figures_map import LEGEND, WIDTH, drawn_once
from portrea.steering.figures_style import (
    ACCENT,
    INK,
    MUTED,
    NO_DATA,
    SEQUENCE,
    TEAL,
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
FILLS = {
    Status.FIRST: SEQUENCE[5],
    Status.UNCERTAIN: "dots",
    Status.UNRANKABLE: "lines",
    Status.AFTER: SEQUENCE[1],
    Status.COVERED: WHITE,
    Status.UNKNOWN: SEQUENCE[0],
}
WORDS = {
    Status.FIRST: "parmi les premières",
    Status.UNCERTAIN: "trop incertain",
    Status.UNRANKABLE: "non classable",
    Status.AFTER: "derrière",
    Status.COVERED: "au-dessus du seuil",
    Status.UNKNOWN: "non publié ou inconnu",
}
"""In the order of the legend, two lines of three."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area of the map: what may be said of it, its place in the list (empty: not listed)."""

    code: str
    status: Status
    label: str


def priority_map(caption: Caption, areas: Mapping[str, Area], shapes: Shapes) -> str:
    """Draw the areas by what may be said of them: colour and hatching both tell it."""
    drawing = drawn_once(shapes)
    codes = [code for code in shapes.codes.tolist() if code in areas]
    groups: dict[str, list[str]] = {}
    for code in codes:
        groups.setdefault(_fill(caption.id, areas[code].status), []).append(drawing.paths[code])
    paths = "".join(f'<path fill="{fill}" d="{"".join(d)}"/>' for fill, d in groups.items())
    body = (
        f'{_patterns(caption.id)}<g transform="translate({(WIDTH - drawing.width) / 2:g})">'
        f'<g stroke="{TEAL}" stroke-width=".8" stroke-linejoin="round" fill-rule="evenodd">'
        f"{paths}</g>{_labels(areas, shapes, drawing)}</g>"
    )
    height = math.ceil(drawing.height)
    shown = [status for status in WORDS if any(areas[c].status is status for c in codes)]
    return svg(caption, WIDTH, height + LEGEND, body + _legend(caption.id, shown, height))


def _fill(figure: str, status: Status) -> str:
    known = FILLS.get(status, FILLS[Status.UNKNOWN])
    return known if known.startswith("#") else f"url(#{figure}-{known})"


def _patterns(figure: str) -> str:
    ground = f'<rect width="8" height="8" fill="{SEQUENCE[2]}"/>'
    return (
        f'<defs><pattern id="{figure}-dots" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'{ground}<circle cx="4" cy="4" r="1.4" fill="{INK}"/></pattern>'
        f'<pattern id="{figure}-lines" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{WHITE}"/>'
        f'<path d="M0 8L8 0M-2 2L2-2M6 10L10 6" stroke="{ACCENT}" stroke-width="1.6"/></pattern>'
        "</defs>"
    )


def _labels(areas: Mapping[str, Area], shapes: Shapes, drawing: Drawing) -> str:
    """Write the place in the list on the areas listed, with a halo: patterns are under it."""
    points = shapely.get_coordinates(shapely.point_on_surface(shapes.polygons))
    placed = drawing.place(points[:, 0], points[:, 1]).tolist()
    words = "".join(
        text(round(x), round(y + 4.5), areas[code].label, size=13)
        for code, (x, y) in zip(shapes.codes.tolist(), placed, strict=True)
        if code in areas and areas[code].label
    )
    halo = f'stroke="{WHITE}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"'
    return f'<g text-anchor="middle" font-weight="700" {halo}>{words}</g>'


def _legend(figure: str, shown: Sequence[Status], top: int) -> str:
    parts, column = [], (WIDTH - 2 * MARGIN) // 3
    for rank, status in enumerate(shown):
        x, y = MARGIN + column * (rank % 3), top + 22 + 24 * (rank // 3)
        parts.append(
            f'<rect x="{x}" y="{y - 12}" width="22" height="15" fill="{_fill(figure, status)}" '
            f'stroke="{NO_DATA}"/>'
        )
        parts.append(text(x + 28, y, WORDS[status], size=15, fill=MUTED))
    return f"<g>{''.join(parts)}</g>"
