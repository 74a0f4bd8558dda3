"""The grid of rights kept in the home: one file a month, made by ``portrea rights grid``."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "rights"


def grid_path(home: Path, month: str) -> Path:
    """Return where the grid of a month, « 2026-11 », is kept."""
    return home / FOLDER / f"grid-{month}.parquet"


def keep_grid(home: Path, month: str, grid: pl.DataFrame) -> Path:
    """Write the grid of a month, at once or not at all; the grids of other months are erased."""
    path = grid_path(home, month)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    grid.write_parquet(draft, compression="zstd", statistics=True)
    draft.replace(path)
    for other in path.parent.glob("grid-*.parquet"):
        if other != path:
            other.unlink()
    return path


def read_grid(home: Path, month: str) -> pl.DataFrame | None:
    """Return the grid of a month, kept in memory until its file changes; ``None`` without one.

    Raises
    ------
    StoreError
        The file cannot be read.
    """
    path = grid_path(home, month)
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _read(path, changed)


@lru_cache(maxsize=1)
def _read(path: Path, _changed: int) -> pl.DataFrame:
    try:
        return pl.read_parquet(path, memory_map=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise StoreError(
            "La grille des droits est illisible.",
            inside=str(path),
            remedy="Refaites-la : portrea rights grid.",
        ) from error
