"""Zones blanches and grises of mobile networks by commune, in a table of one's own.

The Arcep publishes maps of where each operator covers (« Mon réseau mobile »), and no table by
commune whose layout could be verified: the table is the user's, in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.couverture_mobile import read, to_portrea

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek


class CouvertureMobile:
    """A code of commune, and shares of population or surface in zone blanche or grise."""

    id = "couverture_mobile"

    def recognise(self, peek: Peek) -> float:
        """Return how sure the header speaks of zones blanches or grises."""
        return read.sureness(peek)

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check and map one table; one dataset per year."""
        return to_portrea.load(peek)


SOURCE = CouvertureMobile()
