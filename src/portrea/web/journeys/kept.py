"""Doors and openings on disk: a process that starts, or a new day, makes nobody wait.

One file of doors by state of the places, one of openings by day, in a folder by state of the rules:
what another version of Portrea worked out is never read. Erasing the folder is safe.
"""

from __future__ import annotations

import hashlib
import os
import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from django.conf import settings
from django.db import connection

from portrea.offer.orientation.columns import DOORS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from numpy.typing import NDArray

CHANGED = "changed"
SCHEMA = {**DOORS, CHANGED: pl.Datetime("us", "UTC")}
"""Doors, with the moment the place they are of last changed (null in a computation)."""
OPENINGS = {"special": pl.String, "spans": pl.List(pl.Int32)}
DAYS = 4
"""Days of openings kept."""
EPOCH = datetime.fromtimestamp(0, UTC)


def name_of(state: datetime | str) -> str:
    """Return how a state of the places is written in the name of its file."""
    if isinstance(state, str):
        return f"calcul-{re.sub(r'[^0-9A-Za-z]+', '-', state)}"
    return f"lieux-{(state - EPOCH) // timedelta(microseconds=1)}"


def load_doors(state: datetime | str) -> tuple[pl.DataFrame, datetime | str] | None:
    """Return the doors kept and their state: a computation, or the newest of the census until it.

    What is newer than the database, as when an older one was put back, is left alone.
    """
    path = _folder() / f"{name_of(state)}.arrow"
    if isinstance(state, datetime):
        most = _moment(path)
        kept = sorted((m, one) for one in _folder().glob("lieux-*.arrow") if (m := _moment(one)))
        older = [(moment, one) for moment, one in kept if moment <= most]
        if not older:
            return None
        moment, path = older[-1]
        state = EPOCH + timedelta(microseconds=moment)
    frame = _read(path, SCHEMA)
    return None if frame is None else (frame, state)


def keep_doors(doors: pl.DataFrame, state: datetime | str) -> None:
    """Write the doors beside, then erase the former ones."""
    _write(doors, name_of(state), "lieux-*" if isinstance(state, datetime) else "calcul-*", 1)


def load_day(day: date) -> dict[str, NDArray[np.int32]]:
    """Return the openings worked out for a day, by timing."""
    frame = _read(_folder() / f"jour-{day.isoformat()}.arrow", OPENINGS)
    if frame is None:
        return {}
    spans = [np.array(told, dtype=np.int32).reshape(-1, 3) for told in frame["spans"]]
    return dict(zip(frame["special"].to_list(), spans, strict=True))


def keep_day(day: date, openings: dict[str, NDArray[np.int32]]) -> None:
    """Write the openings of a day."""
    told = {"special": list(openings), "spans": [spans.ravel() for spans in openings.values()]}
    _write(pl.DataFrame(told, schema=OPENINGS), f"jour-{day.isoformat()}", "jour-*", DAYS)


# -- files ----------------------------------------------------------------------------------------


def _folder() -> Path:
    """Return the folder of this database and of these rules."""
    name = re.sub(r"\W+", "-", f"{connection.vendor} {connection.settings_dict['NAME']}")
    root = Path(settings.PORTREA_HOME) / "cache" / "orientation"
    return root / name[-80:].strip("-") / rules_digest()


@cache
def rules_digest() -> str:
    """Return a digest of what doors are worked out with: the code and the rules of the offer."""
    digest = hashlib.sha256()
    for room in ("portrea.offer", "portrea.vocab"):
        for name, part in sorted(_parts(files(room), room)):
            digest.update(name.encode() + part)
    return digest.hexdigest()[:16]


def _parts(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _parts(one, f"{name}/{one.name}")
        elif one.name.endswith((".py", ".yaml")):
            yield f"{name}/{one.name}", one.read_bytes()


def _moment(path: Path) -> int:
    found = re.fullmatch(r"lieux-(-?\d+)", path.stem)
    return int(found[1]) if found else 0


def _read(path: Path, schema: dict[str, pl.DataType]) -> pl.DataFrame | None:
    try:
        frame = pl.read_ipc(path)
    except (OSError, pl.exceptions.PolarsError):
        return None
    return frame if frame.schema == pl.Schema(schema) else None


def _write(frame: pl.DataFrame, name: str, former: str, most: int) -> None:
    """Write beside, put in place at once, keep the newest; a folder not writable is no fault."""
    folder = _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{name}.{os.getpid()}"
        frame.write_ipc(part)
        part.replace(folder / f"{name}.arrow")
        for path in sorted(folder.glob(f"{former}.arrow"))[:-most]:
            path.unlink(missing_ok=True)
    except OSError:
        return
