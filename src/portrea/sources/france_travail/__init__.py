"""France Travail: registered job-seekers by IRIS or commune (INSEE, Dares, France Travail)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.france_travail import read, to_portrea

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek


class FranceTravail:
    """Job-seekers at the end of the year, by categories."""

    id = "france_travail"

    def recognise(self, peek: Peek) -> float:
        """Return how sure the header is one of job-seekers."""
        return read.sureness(peek)

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check and map one table; one dataset per year."""
        return to_portrea.load(peek)


SOURCE = FranceTravail()
