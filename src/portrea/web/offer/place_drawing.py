"""A small drawing of a place in its commune: no tile, no request to anyone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import shapely
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from portrea.offer.record import Place as Record

SMALL = 0.03
"""Degrees around a point whose commune has no outline."""


def drawing(record: Record) -> SafeString:
    """Draw the commune and the place."""
    if record.longitude is None or record.latitude is None or not record.commune:
        return mark_safe("")
    outlines = reader().outlines
    own = outlines.pick("commune", [record.commune])
    if own is None:
        return mark_safe("")
    west, south, east, north = shapely.total_bounds(own.polygons)
    west, east = min(west, record.longitude), max(east, record.longitude)
    south, north = min(south, record.latitude), max(north, record.latitude)
    flat = math.cos(math.radians((south + north) / 2))
    scale = 280 / max((east - west) * flat, north - south, SMALL / 10)
    width, height = (east - west) * flat * scale + 40, (north - south) * scale + 40

    def put(points: Any) -> Any:
        moved = points.copy()
        moved[:, 0] = (points[:, 0] - west) * flat * scale + 20
        moved[:, 1] = (north - points[:, 1]) * scale + 20
        return moved

    path = _path(shapely.transform(own.polygons, put))
    x = (record.longitude - west) * flat * scale + 20
    y = (north - record.latitude) * scale + 20
    label = _("Situation du lieu dans sa commune")
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}" class="narrow">'
        '<path d="{}" fill="#eaf4f1" stroke="#0b4856" stroke-width="2"/>'
        '<circle cx="{}" cy="{}" r="9" fill="#b4461f" stroke="#fff" stroke-width="3"/>'
        "</svg>",
        *(round(width), round(height), label, path, round(x), round(y)),
    )


def _path(polygons: Any) -> str:
    rings = []
    for part in shapely.get_parts(polygons):
        for ring in shapely.get_rings(shapely.get_parts(part)):
            simple = shapely.simplify(ring, 1.0)
            points = " ".join(f"{x:.0f},{y:.0f}" for x, y in shapely.get_coordinates(simple))
            rings.append(f"M{points}Z")
    return "".join(rings)
