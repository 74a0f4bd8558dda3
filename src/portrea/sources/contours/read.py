"""Read a layer of outlines, its columns renamed in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError
from portrea.sources.figures import read_words
from portrea.sources.geometry import Layer, geometry_column, read_layer, surfaces
from portrea.territory.codes import valid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.sources.source import Peek

OTHER_OVERLAYS = ("code_qp",)


def columns_of(names: Iterable[str]) -> dict[str, str]:
    """Return our word → the file's column, the first spelling of the mapping winning."""
    by_lower = {name.lower(): name for name in reversed(list(names))}
    found: dict[str, str] = {}
    for producer, ours in read_words("contours", "columns").items():
        if producer.lower() in by_lower:
            found.setdefault(ours, by_lower[producer.lower()])
    return found


def sureness(peek: Peek) -> float:
    """Return 1 for outlines of IRIS, 0.8 for outlines of communes, 0 otherwise."""
    names = {name.lower() for name in peek.columns}
    if not geometry_column(peek) or names & set(OTHER_OVERLAYS):
        return 0.0
    columns = columns_of(peek.columns)
    if not (set(columns) & {"iris", "commune"}) or not surfaces(peek):
        return 0.0
    if "iris" in columns:
        return 1.0
    rank = peek.columns.index(columns["commune"])
    codes = [row[rank].zfill(5) for row in peek.sample if row[rank]]
    return 0.8 if codes and all(valid("commune", code) for code in codes) else 0.0


def read(peek: Peek) -> Layer:
    """Return the layer with our column names only (``iris``, ``commune``, ``iris_name``…)."""
    layer = read_layer(peek)
    columns = columns_of(layer.frame.columns)
    if not set(columns) & {"iris", "commune"}:
        raise DataError(
            f"Le fichier {peek.name} n’a ni colonne CODE_IRIS ni colonne INSEE_COM.",
            remedy="Chargez les contours tels que l’IGN ou l’INSEE les publient.",
        )
    texts = [
        pl.col(column).cast(pl.String).str.strip_chars().alias(ours)
        for ours, column in columns.items()
    ]
    return Layer(layer.frame.select(texts), layer.shapes, layer.crs)
