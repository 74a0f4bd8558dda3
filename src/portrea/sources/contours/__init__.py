"""Outlines of IRIS and communes: CONTOURS…IRIS, IRIS-GE, ADMIN EXPRESS, france-geojson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.contours import read, to_portrea

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek


class Contours:
    """Polygons of official areas, in any format and projection."""

    id = "contours"

    def recognise(self, peek: Peek) -> float:
        """Return how sure the layer is one of IRIS or communes."""
        return read.sureness(peek)

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, mend and map one layer."""
        return to_portrea.load(peek)


SOURCE = Contours()
