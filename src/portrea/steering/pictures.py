"""Draw an SVG as PNG, for what cannot show SVG: older word processors."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock

import typst

from portrea.steering.pdf import fonts

RESOLUTION = 144
"""Dots per inch on the page: fine enough for print, small enough for e-mail."""
_LOCK = Lock()


def png_of(svg: str, width: float) -> bytes:
    """Return a drawing as PNG, ``width`` millimetres wide on the page; same drawing, same bytes."""
    inputs = {"svg": svg, "width": f"{width:.2f}"}
    with _LOCK:
        drawn = _compiler().compile(format="png", ppi=RESOLUTION, sys_inputs=inputs)
    if not isinstance(drawn, bytes):
        raise TypeError("typst returned no picture")
    return drawn


@cache
def _compiler() -> typst.Compiler:
    folder = Path(str(files("portrea.steering").joinpath("templates")))
    return typst.Compiler(
        str(folder / "picture.typ"), root=str(folder), font_paths=fonts(), ignore_system_fonts=True
    )
