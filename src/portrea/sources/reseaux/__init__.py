"""Fixed and mobile networks by commune: one file per figure, used by the comparison indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.reseaux import read, to_portrea

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek


class Reseaux:
    """Very high speed (2019), mobile antennas (2020), fibre (2025)."""

    id = "reseaux"

    def recognise(self, peek: Peek) -> float:
        """Return 1 for a known figure beside the columns that identify its file."""
        return read.sureness(peek)

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check and map the table."""
        return to_portrea.load(peek)


SOURCE = Reseaux()
