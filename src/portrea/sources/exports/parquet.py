"""Parquet files written group of rows after group of rows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def read_parquet(path: Path) -> pl.DataFrame:
    """Return the table of a Parquet file.

    Raises
    ------
    DataError
        When it cannot be read.
    """
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DataError(
            f"Le fichier {path.name} n’est pas un fichier Parquet lisible.",
            remedy="Refaites l’export.",
        ) from error


def write_groups(
    stream: IO[bytes],
    empty: pl.DataFrame,
    parts: Iterable[bytes],
    metadata: Callable[[pl.LazyFrame], dict[str, str]],
    *,
    size: int,
) -> None:
    """Write Parquet files of the same columns, one after the other, as one.

    Parameters
    ----------
    empty
        Table without rows, which says the columns.
    parts
        The files; they wait on the disk until all their rows are known.
    metadata
        What the file says of itself, from all its rows.
    size
        Rows of a group.
    """
    with tempfile.TemporaryDirectory(prefix="portrea-export-") as folder:
        files = [Path(folder) / "000000.parquet"]
        empty.write_parquet(files[0])
        for rank, part in enumerate(parts, 1):
            files.append(Path(folder) / f"{rank:06d}.parquet")
            files[-1].write_bytes(part)
        whole = pl.scan_parquet(files)
        whole.sink_parquet(stream, metadata=metadata(whole), row_group_size=size)
