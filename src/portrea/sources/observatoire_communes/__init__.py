"""Multi-level tables re-encoded by an observatory: one file, every level, one column per year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.observatoire_communes import read, to_portrea

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek


class ObservatoireCommunes:
    """CAF, France Travail, Filosofi and population tables with ids 01001, D22, R53, FR."""

    id = "observatoire_communes"

    def recognise(self, peek: Peek) -> float:
        """Return 1 for the four identifying columns beside a known figure."""
        return read.sureness(peek)

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check and map the table; one dataset per family and year."""
        return to_portrea.load(peek)


SOURCE = ObservatoireCommunes()
