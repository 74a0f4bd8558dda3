"""Read what ``portrea rights eligible`` wrote: the eligible by microsimulation, area by right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

FOLDER, FILES = "rights", "eligible-*.parquet"
COLUMNS = (
    "level", "code", "right", "eligible", "low", "high", "mc_error", "households", "flag", "month",
    "vintages",
)  # fmt: skip


def eligible_files(home: Path) -> list[Path]:
    """Return the files of a home, oldest first."""
    return sorted((home / FOLDER).glob(FILES), key=lambda path: path.stat().st_mtime_ns)


def eligible_in(home: Path, level: str, code: str) -> pl.DataFrame:
    """Return the rows of one area, columns :data:`COLUMNS`, one by right: the newest file wins.

    Raises
    ------
    DataError
        A file cannot be read, or has not these columns.
    """
    frames = [_read(path, level, code) for path in eligible_files(home)]
    if not frames:
        return pl.DataFrame()
    return pl.concat(frames, how="vertical_relaxed").unique("right", keep="last")


def _read(path: Path, level: str, code: str) -> pl.DataFrame:
    here = (pl.col("level") == level) & (pl.col("code") == code)
    try:
        return pl.scan_parquet(path).filter(here).select(COLUMNS).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(
            f"Le fichier des éligibles « {path.name} » ne peut pas être lu, ou n’a pas les colonnes"
            f" {', '.join(COLUMNS)}.",
            remedy="Refaites-le avec « portrea rights eligible ».",
        ) from error
