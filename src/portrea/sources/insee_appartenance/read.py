"""Read the table of membership of IRIS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError
from portrea.sources.figures import find_column
from portrea.sources.geometry import geometry_column
from portrea.sources.reading import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.sources.source import Peek

COLUMNS = {
    "iris": ("CODE_IRIS",),
    "kind": ("TYP_IRIS",),
    "owner": ("CODE_INSEE", "DEPCOM"),
    "owner_name": ("LIBCOM",),
    "departement": ("DEP",),
    "region": ("REG",),
}
OPTIONAL = {"iris_name": ("LIB_IRIS",), "epci": ("EPCI",)}


def _layout(columns: Iterable[str]) -> dict[str, str] | None:
    names = list(columns)
    found = {ours: find_column(names, theirs) for ours, theirs in COLUMNS.items()}
    if None in found.values():
        return None
    found |= {ours: find_column(names, theirs) for ours, theirs in OPTIONAL.items()}
    return {ours: column for ours, column in found.items() if column}


def sureness(peek: Peek) -> float:
    """Return 1 when every column of membership is there and there is no outline."""
    return 1.0 if _layout(peek.columns) and not geometry_column(peek) else 0.0


def read(peek: Peek) -> pl.DataFrame:
    """Return the table with our column names, lost zeros of codes put back."""
    columns = _layout(peek.columns)
    if columns is None:
        raise DataError(f"Le fichier {peek.name} n’est pas une table d’appartenance des IRIS.")
    texts = {
        ours: pl.col(column).cast(pl.String).str.strip_chars() for ours, column in columns.items()
    }
    frame = read_table(peek).select(**texts)
    absent = set(OPTIONAL) - set(frame.columns)
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    widths = {"iris": 9, "owner": 5, "departement": 2, "region": 2}
    return frame.with_columns(pl.col(name).str.zfill(width) for name, width in widths.items())
