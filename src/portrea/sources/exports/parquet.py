"""Parquet files written group of rows after group of rows."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def write_groups(
    stream: IO[bytes],
    frames: Iterable[pl.DataFrame],
    metadata: Callable[[pl.LazyFrame], dict[str, str]],
    *,
    size: int,
) -> None:
    """Write tables of the same columns, one after the other, as one file.

    Parameters
    ----------
    frames
        At least one, even without rows: it says the columns. They wait on the disk.
    metadata
        What the file says of itself, from all its rows.
    size
        Rows of a group.
    """
    with tempfile.TemporaryDirectory(prefix="portrea-export-") as folder:
        parts: list[Path] = []
        for rank, frame in enumerate(frames):
            parts.append(Path(folder) / f"{rank:06d}.parquet")
            frame.write_parquet(parts[-1], compression="uncompressed")
        whole = pl.scan_parquet(parts)
        whole.sink_parquet(stream, metadata=metadata(whole), row_group_size=size)
