"""CAF: allocataires by IRIS (INSEE/CNAF) and by commune or EPCI (data.caf.fr)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.caf import read, to_portrea

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek


class Caf:
    """Counts of households (foyers) and of the persons they cover, by benefit."""

    id = "caf"

    def recognise(self, peek: Peek) -> float:
        """Return 1 for a header with the CAF columns and a code of area."""
        return read.sureness(peek)

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check and map one table; one dataset per year."""
        return to_portrea.load(peek)


SOURCE = Caf()
