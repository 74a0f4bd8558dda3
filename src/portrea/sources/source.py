"""What every source folder offers: how to recognise a file, read it, check it and map it.

A source is a package ``portrea.sources.<id>`` whose ``__init__`` exposes ``SOURCE`` (it is then
found by :mod:`portrea.sources.recognise`), or ``EMBEDDED`` when its data come with an installed
package (a function ``(*, departements=None) -> list[Loaded]``, called by
:func:`portrea.sources.loading.load_embedded`). It is made of

- ``read.py``: the producer's file to the producer's table, names kept;
- ``check.py``: expectations on that table, loud when they fail;
- ``mapping/*.csv``: the producer's word → our word, two columns;
- ``to_portrea.py``: to declared tables (``portrea.vocab.tables``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

    from portrea.base.errors import Diagnostic
    from portrea.base.provenance import Provenance


@dataclass(frozen=True, slots=True)
class Peek:
    """What a recogniser may look at, read once for all sources: cheap whatever the file's size.

    ``columns`` are the header's names (empty for a non-tabular file), ``sample`` the first rows as
    text, ``sheet`` the sheet or layer name, ``container`` the format of the content
    (``csv``, ``xlsx``, ``parquet``, ``gpkg``, ``shp``, ``geojson``, ``json``), ``member`` the name
    inside a zip archive. ``encoding``, ``separator`` and ``skip`` (lines above the header) say how
    to read a csv file or a sheet; :mod:`portrea.sources.reading` uses them.
    """

    path: Path
    container: str
    columns: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...] = ()
    sheet: str | None = None
    member: str | None = None
    encoding: str = "utf-8"
    separator: str = ","
    skip: int = 0

    @property
    def name(self) -> str:
        """The file's name and, inside a container, the member's and the sheet's."""
        return " › ".join(part for part in (self.path.name, self.member, self.sheet) if part)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Result of mapping one file: provenance, declared tables by kind, and remarks for the user."""

    provenance: Provenance
    tables: Mapping[str, pl.DataFrame]
    part: str = ""
    remarks: tuple[Diagnostic, ...] = field(default=())


class Source(Protocol):
    """A source of data. ``id`` is its key in ``catalogue.yaml``."""

    id: str

    def recognise(self, peek: Peek) -> float:
        """Return how sure we are that the file belongs here: 0 (no) to 1 (certain)."""
        ...

    def load(self, peek: Peek) -> list[Loaded]:
        """Read, check and map the file; raise ``DataError`` when it cannot. Writes nothing."""
        ...
