"""Draw an SVG as PNG, for what cannot show SVG: older word processors."""

from __future__ import annotations

from portrea.steering.typesetting import typeset_png

RESOLUTION = 144
"""Dots per inch on the page: fine enough for print, small enough for e-mail."""


def png_of(svg: str, width: float) -> bytes:
    """Return a drawing as PNG, ``width`` millimetres wide on the page; same drawing, same bytes."""
    return typeset_png("picture.typ", {"svg": svg, "width": f"{width:.2f}"}, RESOLUTION)
