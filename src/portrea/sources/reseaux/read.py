"""Read a table of networks by commune."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.sources.figures import find_column, find_figures, read_words

if TYPE_CHECKING:
    from portrea.sources.figures import Figure
    from portrea.sources.source import Peek

CODES = ("CODE_INSEE",)


@cache
def params() -> dict[str, Any]:
    """Return dataset, year and identifying columns of each figure."""
    folder = files("portrea.sources.reseaux").joinpath("params")
    card: dict[str, Any] = yaml.safe_load(folder.joinpath("files.yaml").read_text("utf-8"))
    return card


def figure_of(columns: tuple[str, ...]) -> Figure | None:
    """Return the figure of the table, if its identifying columns are there too."""
    for figure in find_figures(columns, read_words("reseaux", "figures")):
        beside = params()[figure.variable]["identify"]
        if all(find_column(columns, (name,)) for name in beside):
            return figure
    return None


def sureness(peek: Peek) -> float:
    """Return 1 for a known figure beside the columns that identify its file, 0 otherwise."""
    return 1.0 if figure_of(peek.columns) else 0.0
