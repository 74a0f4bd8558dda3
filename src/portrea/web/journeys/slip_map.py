"""A small map of a slip: towns, the place, the departure; no tile, right in black and white."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portrea.base.estimates import integer
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Point = tuple[float, float]
"""Longitude and latitude."""
Box = tuple[float, float, float, float]
Points = list[list[float]]

WIDE, HIGH = 240, 176
DEGREE_KM = 111.2
LEAST_KM = 14.0
"""Width of the smallest map: enough to see the towns around."""
MARGIN = 1.6
MOST_DRAWN = 60
"""Communes in view beyond which only the points of the largest are drawn."""
MOST_NAMES = 6
MOST_TRIED = 30
BAR = WIDE / 3 + 16
"""Width of the room of the scale."""
HALO = 'stroke="#fff" stroke-width="3" paint-order="stroke"'
APART = 16
"""Units below which the departure would hide the place: only the place is drawn."""
LETTER, LINE = 5.6, 11
"""Width and height of a letter of a name, in units of the drawing."""
SIDES = (
    gettext_lazy("au nord"),
    gettext_lazy("au nord-est"),
    gettext_lazy("à l’est"),
    gettext_lazy("au sud-est"),
    gettext_lazy("au sud"),
    gettext_lazy("au sud-ouest"),
    gettext_lazy("à l’ouest"),
    gettext_lazy("au nord-ouest"),
)


@dataclass(frozen=True, slots=True)
class SlipMap:
    """The drawing, and the same thing in words."""

    svg: SafeString
    told: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """What part of the ground is drawn, on a flat map right for some tens of km."""

    middle: Point
    km: float

    @property
    def scale(self) -> float:
        """Units of the drawing by km."""
        return WIDE / self.km

    def put(self, points: Any) -> Any:
        """Return points of the drawing from longitudes and latitudes."""
        flat = math.cos(math.radians(self.middle[1]))
        x = (points[:, 0] - self.middle[0]) * DEGREE_KM * flat * self.scale + WIDE / 2
        y = (self.middle[1] - points[:, 1]) * DEGREE_KM * self.scale + HIGH / 2
        return np.column_stack((x, y))

    def box(self) -> Box:
        """Return west, south, east, north."""
        flat = math.cos(math.radians(self.middle[1]))
        wide = self.km / 2 / DEGREE_KM / flat
        high = self.km * HIGH / WIDE / 2 / DEGREE_KM
        x, y = self.middle
        return x - wide, y - high, x + wide, y + high


def slip_map(place: Point | None, left: Point | None, *, start: str = "") -> SlipMap | None:
    """Draw where a place is, and where the person sets off from; nothing when nobody knows.

    Parameters
    ----------
    place, left
        Longitude and latitude of both.
    start
        Name of the commune of departure.
    """
    if place is None:
        return None
    frame = _frame(place, left)
    points = [p for p in (place, left) if p]
    parts = [*_ground(frame, points), _scale_bar(frame, _corner(frame, points))]
    svg = (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-labelledby="plan-dit" direction="ltr" '
        'class="slip-map" font-size="11" text-anchor="middle" fill="#12303a">'
        f'<rect width="{WIDE}" height="{HIGH}" fill="#fff"/>{"".join(parts)}'
        f"{_marks(frame, place, left)}"
        f'<rect x=".5" y=".5" width="{WIDE - 1}" height="{HIGH - 1}" fill="none" stroke="#12303a"/>'
        "</svg>"
    )
    return SlipMap(mark_safe(svg), _told(place, left, start))  # noqa: S308 - names are escaped


def _frame(place: Point, left: Point | None) -> _Frame:
    if left is None:
        return _Frame(place, LEAST_KM)
    middle = ((place[0] + left[0]) / 2, (place[1] + left[1]) / 2)
    flat = math.cos(math.radians(middle[1]))
    east = abs(place[0] - left[0]) * DEGREE_KM * flat
    north = abs(place[1] - left[1]) * DEGREE_KM
    return _Frame(middle, max(LEAST_KM, MARGIN * max(east, north * WIDE / HIGH)))


# -- ground ---------------------------------------------------------------------------------------


def _ground(frame: _Frame, points: Sequence[Point]) -> Iterator[str]:
    """Draw the communes in view and write the names of the largest."""
    shapes = reader().outlines.of_level("commune")
    if shapes is None:
        return
    box = frame.box()
    rows = shapes.tree.query(shapely.box(*box), predicate="intersects")
    many = rows.size > MOST_DRAWN
    own = shapes.tree.query(shapely.points(points), predicate="intersects")[1]
    drawn = np.unique(own) if many else np.sort(rows)
    cut = shapely.clip_by_rect(shapes.polygons[drawn], *box)
    for row, part in zip(drawn.tolist(), cut, strict=True):
        fill = "#eaf4f1" if row in own else "#fff"
        yield f'<path d="{_path(part, frame)}" fill="{fill}" stroke="#8a999b" stroke-width=".8"/>'
    taken = [_around(*at) for at in frame.put(np.array(points)).tolist()]
    yield '<path d="M{}" fill="none" stroke="#12303a" stroke-dasharray="2 4"/>'.format(
        "L".join(f"{x:.0f},{y:.0f}" for x, y in frame.put(np.array(points)).tolist())
    )
    corner = _corner(frame, points)
    taken.append((corner, HIGH - 26, corner + BAR, HIGH))
    if many:
        found = _towns(frame, [str(shapes.codes[row]) for row in rows.tolist()])
    else:
        found = _parts(frame, [str(shapes.codes[row]) for row in drawn.tolist()], cut)
    yield from _names(found, taken, dots=many)


def _path(polygons: Any, frame: _Frame) -> str:
    rings = []
    for part in shapely.get_parts(shapely.get_rings(shapely.get_parts(polygons))):
        flat = shapely.simplify(shapely.transform(part, frame.put), 0.7)
        points = np.round(shapely.get_coordinates(flat)).astype(int).tolist()
        rings.append("M" + " ".join(f"{x},{y}" for x, y in points[:-1]) + "Z")
    return "".join(rings)


def _names(found: Sequence[tuple[str, Points]], taken: list[Box], *, dots: bool) -> Iterator[str]:
    """Write the names that do not hide each other, in order, where there is room."""
    written = 0
    for name, points in found:
        for x, y in points:
            up = y - 6 if dots else y + 4
            half = len(name) * LETTER / 2
            box = (x - half, up - LINE, x + half, y + 4 if dots else up + 3)
            if _free(box, taken):
                taken.append(box)
                dot = f'<circle cx="{x:.0f}" cy="{y:.0f}" r="2"/>' if dots else ""
                yield f'{dot}<text x="{x:.0f}" y="{up:.0f}" {HALO}>{escape(name)}</text>'
                written += 1
                break
        if written == MOST_NAMES:
            return


def _free(box: Box, taken: Sequence[Box]) -> bool:
    """Whether a name holds in the frame without hiding anything."""
    inside = box[0] >= 2 and box[2] <= WIDE - 2 and box[1] >= 2 and box[3] <= HIGH - 2
    return inside and not any(_overlap(box, other) for other in taken)


def _parts(frame: _Frame, codes: Sequence[str], cut: Any) -> list[tuple[str, Points]]:
    """Return the names of communes and where they may be written, the widest seen first."""
    found = []
    for rank in np.argsort(-shapely.area(cut), kind="stable").tolist():
        row = reader().territory("commune", codes[rank])
        if row is not None:
            found.append((row["name"], frame.put(_inside(cut[rank])).tolist()))
    return found


def _inside(polygon: Any) -> Any:
    """Return points inside a polygon: in its middle, then in its north and in its south."""
    west, south, east, north = polygon.bounds
    middle = (south + north) / 2
    halves = [shapely.clip_by_rect(polygon, west, *part) for part in
              ((middle, east, north), (south, east, middle))]  # fmt: skip
    usable = [part for part in (polygon, *halves) if part.area > 0]
    return shapely.get_coordinates(shapely.point_on_surface(usable))


def _towns(frame: _Frame, codes: Sequence[str]) -> list[tuple[str, Points]]:
    """Return the towns in view, the most peopled first."""
    persons = reader().estimates("commune", codes, "a2").select("code", "population")
    peopled = persons.sort("population", "code", descending=[True, False], nulls_last=True)
    told = [reader().territory("commune", code) for code in peopled["code"].head(MOST_TRIED)]
    known = [row for row in told if row is not None and row["longitude"] is not None]
    return [
        (row["name"], frame.put(np.array([(row["longitude"], row["latitude"])])).tolist())
        for row in known
    ]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _around(x: float, y: float) -> Box:
    """Return the room of a mark and of its word."""
    return x - 26, y - 22, x + 26, y + 22


# -- marks ----------------------------------------------------------------------------------------


def _marks(frame: _Frame, place: Point, left: Point | None) -> str:
    """Draw a disc for the place and a square for the departure: two shapes, not two colours."""
    ((x, y),) = frame.put(np.array([place])).tolist()
    found, above = "", False
    if left is not None:
        ((u, v),) = frame.put(np.array([left])).tolist()
        above = y < v
        if math.hypot(x - u, y - v) > APART:
            found = (
                f'<rect x="{u - 6:.0f}" y="{v - 6:.0f}" width="12" height="12" fill="#fff" '
                'stroke="#12303a" stroke-width="3"/>'
                f"{_word(u, v, _('Départ'), above=not above)}"
            )
    return (
        f'{found}<circle cx="{x:.0f}" cy="{y:.0f}" r="8" fill="#12303a" stroke="#fff" '
        f'stroke-width="2"/>{_word(x, y, _("Le lieu"), above=above)}'
    )


def _word(x: float, y: float, word: str, *, above: bool) -> str:
    """Write a word above or below a mark."""
    at = f'x="{x:.0f}" y="{y - 12 if above else y + 19:.0f}" font-weight="700"'
    return f"<text {at} {HALO}>{escape(word)}</text>"


def _corner(frame: _Frame, points: Sequence[Point]) -> float:
    """Return where the scale begins: on the left, unless a mark is there."""
    marks = [_around(*at) for at in frame.put(np.array(points)).tolist()]
    left = (0.0, HIGH - 26.0, BAR, float(HIGH))
    return WIDE - BAR if any(_overlap(left, mark) for mark in marks) else 0.0


def _scale_bar(frame: _Frame, corner: float) -> str:
    km = _round_km(frame.km / 3)
    wide = km * frame.scale
    told = f"{integer(km)} km" if km >= 1 else f"{integer(1000 * km)} m"
    return (
        f'<path d="M{corner + 8:.0f},{HIGH - 12}v4h{wide:.0f}v-4" fill="none" stroke="#12303a" '
        f'stroke-width="1.5"/><text x="{corner + 8 + wide / 2:.0f}" y="{HIGH - 13}">{told}</text>'
    )


def _round_km(most: float) -> float:
    """Return the largest of 1, 2, 5, 10… km that is not more than ``most``."""
    power = 10.0 ** math.floor(math.log10(most))
    return float(next(step * power for step in (5, 2, 1) if step * power <= most))


# -- words ----------------------------------------------------------------------------------------


def _told(place: Point, left: Point | None, start: str) -> str:
    if left is None:
        return _("Plan : le lieu et les communes autour.")
    flat = math.cos(math.radians((place[1] + left[1]) / 2))
    east = (place[0] - left[0]) * DEGREE_KM * flat
    north = (place[1] - left[1]) * DEGREE_KM
    km = math.hypot(east, north)
    if km < 1:
        return _("Plan : le lieu est à moins d’un kilomètre du départ, %(start)s.") % {
            "start": start
        }
    side = SIDES[round(math.degrees(math.atan2(east, north)) / 45) % 8]
    return _("Plan : à vol d’oiseau, le lieu est à %(km)s km %(side)s de %(start)s.") % {
        "km": integer(round(km)),
        "side": side,
        "start": start,
    }
