"""Islands without a road: a time measured as the crow flies does not cross the sea."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

MAINLAND = 0


@cache
def islands() -> Mapping[str, tuple[str, ...]]:
    """Return the communes of each island, by name (``params/islands.yaml``)."""
    text = files("portrea.reach").joinpath("params/islands.yaml").read_text("utf-8")
    card: dict[str, Any] = yaml.safe_load(text)["islands"]
    return {name: tuple(codes) for name, codes in card["value"].items()}


def shores(frame: pl.DataFrame) -> NDArray[np.int16]:
    """Return the number of the island of each row by its ``commune``: 0 on the mainland.

    Without that column, or without a commune, a row is on the mainland.
    """
    if "commune" not in frame.columns:
        return np.zeros(frame.height, dtype=np.int16)
    found = frame["commune"].replace_strict(_numbers(), default=MAINLAND, return_dtype=pl.Int16)
    return found.fill_null(MAINLAND).to_numpy()


def islands_among(communes: Iterable[str]) -> list[str]:
    """Return the names of the islands that hold some of the communes."""
    wanted = set(communes)
    return [name for name, codes in islands().items() if wanted.intersection(codes)]


def sea_between(communes: Iterable[str]) -> str:
    """Say what times as the crow flies leave out for these communes; nothing without island."""
    names = islands_among(communes)
    if not names:
        return ""
    return (
        f"Aucune route ne mène à {', '.join(names)}\u202f: entre une île et le reste, les lieux"
        " sont hors d’atteinte. Ni bateau ni avion ne sont comptés."
    )


@cache
def _numbers() -> dict[str, int]:
    return {code: rank for rank, codes in enumerate(islands().values(), start=1) for code in codes}
