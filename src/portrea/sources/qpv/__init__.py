"""Quartiers prioritaires de la politique de la ville: outlines and INSEE tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.qpv import read, to_portrea

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek


class Qpv:
    """The overlay of priority neighbourhoods, and figures published for them or their communes."""

    id = "qpv"

    def recognise(self, peek: Peek) -> float:
        """Return how sure the table is one of priority neighbourhoods."""
        return read.sureness(peek)

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check and map one layer or one table."""
        return to_portrea.load(peek)


SOURCE = Qpv()
