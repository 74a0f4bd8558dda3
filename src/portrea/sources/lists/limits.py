"""How large a file to import may be (``limits.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest file, in bytes, rows, columns, cells and characters; see ``limits.yaml``."""

    most_bytes: int
    most_unpacked: int
    bomb_ratio: int
    bomb_bytes: int
    most_rows: int
    most_columns: int
    most_cells: int
    longest_cell: int
    most_sheets: int
    most_members: int


@cache
def load_limits() -> Limits:
    """Return the limits shipped with Portrea."""
    text = files("portrea.sources.lists").joinpath("limits.yaml").read_text("utf-8")
    cards = yaml.safe_load(text)
    return Limits(**{name: int(cards[name]["value"]) for name in Limits.__slots__})
