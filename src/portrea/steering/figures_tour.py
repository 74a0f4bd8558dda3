"""The map of a round: communes, depot, stops marked A1, A2… by loop; read in black and white."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from portrea.steering.figures_map import WIDTH, drawn_once
from portrea.steering.figures_style import ACCENT, INK, MUTED, RULE, SAND, TEAL, WHITE, svg, text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from portrea.steering.figures_style import Caption
    from portrea.territory.drawing import Drawing
    from portrea.territory.geometry import Shapes

MARGIN, LEGEND, SIZE = 8, 62, 15
DASHES = ("", "9 4", "2 4", "12 4 2 4", "5 3", "14 6", "2 8", "9 3 2 3 2 3")
COLOURS = (TEAL, ACCENT, INK)
NEAREST = 10.0
"""Units of the drawing under which two stops share one label."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A stop on the map and its marks: « A1 », « A1 C2 », « … » beyond what can be read."""

    longitude: float
    latitude: float
    words: str


@dataclass(frozen=True, slots=True)
class Way:
    """A loop on the map: longitudes and latitudes from the depot and back."""

    letter: str
    points: tuple[Point, ...]


def tour_map(
    caption: Caption,
    shapes: Shapes,
    *,
    visited: Collection[str],
    depots: Sequence[Point],
    marks: Sequence[Mark],
    ways: Sequence[Way],
) -> str:
    """Draw a round.

    Parameters
    ----------
    caption
        Title and description, read aloud instead of the drawing.
    shapes, visited
        Outlines of the communes around, and the codes of those that have a stop.
    depots
        Longitude and latitude of each.
    marks, ways
        Stops and loops; the lines join the stops as the crow flies.
    """
    drawing = drawn_once(shapes)

    def placed(points: Sequence[Point]) -> list[Point]:
        there = np.array(points, dtype=float).reshape(-1, 2)
        return [(x, y) for x, y in drawing.place(there[:, 0], there[:, 1]).tolist()]

    body = _towns(drawing, visited)
    body += "".join(_line(rank, placed(way.points)) for rank, way in enumerate(ways))
    spots = _gathered(marks, placed([(mark.longitude, mark.latitude) for mark in marks]))
    homes = placed(depots)
    body += "".join(_dot(x, y) for (x, y), _ in spots)
    body += "".join(_home(x, y) for x, y in dict.fromkeys(homes))
    body += _labels(spots, homes, drawing.width)
    height = math.ceil(drawing.height)
    shift = (WIDTH - drawing.width) / 2
    drawn = f'<g transform="translate({shift:g})">{body}</g>{_legend(height)}'
    return svg(caption, WIDTH, height + LEGEND, drawn, name="tour-map")


def _towns(drawing: Drawing, visited: Collection[str]) -> str:
    """Draw the communes around in white, then those visited, darker, with a stronger edge."""
    around = "".join(path for code, path in drawing.paths.items() if code not in visited)
    inside = "".join(path for code, path in drawing.paths.items() if code in visited)
    return (
        f'<g fill-rule="evenodd" stroke-linejoin="round"><path fill="{WHITE}" stroke="{RULE}" '
        f'd="{around}"/><path fill="{SAND}" stroke="{MUTED}" d="{inside}"/></g>'
    )


def _line(rank: int, points: Sequence[Point]) -> str:
    way = "L".join(f"{x:.0f} {y:.0f}" for x, y in points)
    dash = DASHES[rank % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="M{way}" fill="none" stroke="{COLOURS[rank % len(COLOURS)]}" stroke-width="1.8" '
        f'stroke-linejoin="round"{dashed}/>'
    )


def _gathered(marks: Sequence[Mark], points: Sequence[Point]) -> list[tuple[Point, str]]:
    """Return one spot for stops that lie on one another, their marks one after the other."""
    spots: list[tuple[Point, str]] = []
    for mark, point in zip(marks, points, strict=True):
        near = next(
            (rank for rank, (at, _) in enumerate(spots) if math.dist(at, point) < NEAREST), None
        )
        if near is None:
            spots.append((point, mark.words))
        else:
            spots[near] = (spots[near][0], f"{spots[near][1]} {mark.words}")
    return spots


def _dot(x: float, y: float) -> str:
    at = f'cx="{x:.0f}" cy="{y:.0f}"'
    return f'<circle {at} r="5" fill="{INK}" stroke="{WHITE}" stroke-width="1.5"/>'


def _home(x: float, y: float) -> str:
    roof = f"M{x - 10:.0f} {y:.0f}l10-10 10 10h-3v9h-14v-9z"
    return f'<path d="{roof}" fill="{WHITE}" stroke="{INK}" stroke-width="2"/>'


def _labels(spots: Sequence[tuple[Point, str]], homes: Sequence[Point], width: float) -> str:
    """Write each mark where it covers least of the dots, the depots and the marks written."""
    taken = [(x - 7, y - 7, x + 7, y + 7) for (x, y), _ in spots]
    taken += [(x - 12, y - 12, x + 12, y + 11) for x, y in homes]
    words = []
    for (x, y), told in spots:
        long, high = 0.62 * SIZE * len(told), SIZE * 0.9
        choices = [
            (x + 9, y - high / 2), (x - 9 - long, y - high / 2),
            (x - long / 2, y - 9 - high), (x - long / 2, y + 9),
            *((x + a, y + b) for a, b in product((7, -7 - long), (6, -6 - high))),
        ]  # fmt: skip
        boxes = [(left, top, left + long, top + high) for left, top in choices]
        box = min(boxes, key=lambda one: _covered(one, taken, width))
        taken.append(box)
        words.append(text(round(box[0]), round(box[3] - 1), told, size=SIZE))
    return (
        f'<g font-weight="700" stroke="{WHITE}" stroke-width="4" stroke-linejoin="round" '
        f'paint-order="stroke">{"".join(words)}</g>'
    )


def _covered(box: tuple[float, ...], taken: Sequence[tuple[float, ...]], width: float) -> float:
    left, top, right, bottom = box
    out = max(0.0, -left) + max(0.0, right - width) + max(0.0, -top)
    return 1000 * out + sum(
        max(0.0, min(right, r) - max(left, x)) * max(0.0, min(bottom, b) - max(top, y))
        for x, y, r, b in taken
    )


def _legend(top: int) -> str:
    y = top + 24
    parts = [
        _home(MARGIN + 12, y - 4), text(MARGIN + 30, y, "dépôt", size=14),
        _dot(104, y - 5), text(116, y, "arrêt", size=14),
        text(176, y, "A1", size=14, bold=True),
        text(202, y, "premier arrêt de la boucle A", size=14),
        text(MARGIN, y + 26, "Traits : l’ordre des arrêts, à vol d’oiseau ; pas la route suivie.",
             size=14, fill=MUTED),
    ]  # fmt: skip
    return f"<g>{''.join(parts)}</g>"
