"""One's own counts: any declared variable, by territory code, as a CCAS or a mairie writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.comptages import read, to_portrea

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek


class Comptages:
    """Local counts: niveau, code, variable, valeur, millesime, source."""

    id = "comptages"

    def recognise(self, peek: Peek) -> float:
        """Return how sure the header is one of local counts."""
        return read.sureness(peek)

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check and map one table; one dataset per year."""
        return to_portrea.load(peek)


SOURCE = Comptages()
