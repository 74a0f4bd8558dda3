"""INSEE Filosofi: poverty rate and median standard of living, IRIS to France."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.insee_filosofi import read, to_portrea

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek


class InseeFilosofi:
    """Fichier localisé social et fiscal."""

    id = "insee_filosofi"

    def recognise(self, peek: Peek) -> float:
        """Return how sure the header is one of Filosofi."""
        return read.sureness(peek)

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check and map one table."""
        return to_portrea.load(peek)


SOURCE = InseeFilosofi()
