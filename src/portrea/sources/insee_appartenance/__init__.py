"""INSEE: table that says to which commune, EPCI, département and région each IRIS belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.insee_appartenance import read, to_portrea

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek


class InseeAppartenance:
    """Names and parents of IRIS and communes."""

    id = "insee_appartenance"

    def recognise(self, peek: Peek) -> float:
        """Return how sure the table is one of membership."""
        return read.sureness(peek)

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check and map one table."""
        return to_portrea.load(peek)


SOURCE = InseeAppartenance()
