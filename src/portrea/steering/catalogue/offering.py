"""The tables of places and services, whole or in their national standards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import shapely

from portrea.offer.exchange import capacity, mednum
from portrea.offer.exchange.context import LeftOut
from portrea.offer.exchange.flat import GEOMETRY, flat_frame
from portrea.steering.catalogue.building import frame_of, variables_of
from portrea.steering.catalogue.entries import SEPARATOR, Variable
from portrea.steering.catalogue.made import Made
from portrea.steering.exchange import export
from portrea.vocab.standards import mednum as standard
from portrea.vocab.tables import PLACES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.offer.exchange.context import Context
    from portrea.offer.record import Place
    from portrea.steering.catalogue.made import Input

DECIMAL = ("latitude", "longitude")
KINDS = {"number": "number", "integer": "integer", "boolean": "boolean", "date": "date"}


def places_made(places: Sequence[Place], inputs: Sequence[Input]) -> Made:
    """Return the places, whole, as points."""
    frame = flat_frame(places)
    return Made(
        frame.select(*PLACES.schema), variables_of(PLACES), PLACES.key, inputs, frame[GEOMETRY]
    )


def mednum_made(places: Sequence[Place], inputs: Sequence[Input], context: Context) -> Made:
    """Return the places that the national standard can hold, in its columns, as points."""
    variables = [_of_field(one) for one in standard.fields().values()]
    told = (mednum.to_mednum(place, context) for place in places)
    rows = [row for row in told if not isinstance(row, LeftOut)]
    numbers = [{**row, **{name: _number(row[name]) for name in DECIMAL}} for row in rows]
    frame = frame_of(numbers, variables)
    points = [
        None if x is None or y is None else shapely.Point(x, y)
        for x, y in frame.select("longitude", "latitude").iter_rows()
    ]
    wkb = [None if point is None else shapely.to_wkb(point) for point in points]
    geometry = pl.Series(GEOMETRY, wkb, dtype=pl.Binary)
    return Made(frame, variables, ("id",), inputs, geometry)


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def _of_field(field: standard.Field) -> Variable:
    kind = "number" if field.name in DECIMAL else "string"
    meaning = f"{field.title}, champ du standard national {standard.version()}."
    if field.list:
        meaning += f" Plusieurs valeurs sont séparées par « {SEPARATOR} »."
    if field.values:
        meaning += " Valeurs : " + " ; ".join(field.values) + "."
    return Variable(field.name, field.title, kind, meaning, required=field.required)


def services_made(places: Sequence[Place], inputs: Sequence[Input], context: Context) -> Made:
    """Return one row per service; beside it, the same offer as data·inclusion."""
    variables = [_of_column(told) for told in capacity.schema()["fields"]]
    texts = [Variable(one.name, one.label, "string", one.meaning) for one in variables]
    rows = (row for place in places for row in capacity.lines_of(place))
    frame = frame_of(rows, texts)
    casts = {one.name: one.kind for one in variables}
    frame = frame.with_columns(
        _cast(pl.col(name), kind) for name, kind in casts.items() if kind != "string"
    )
    return Made(
        frame, variables, ("id_lieu", "service"), inputs,
        extras={"data-inclusion.json": lambda path: export(
            places, "data-inclusion", path, context, processes=1
        )},
    )  # fmt: skip


def _cast(column: pl.Expr, kind: str) -> pl.Expr:
    if kind == "date":
        return column.str.to_date("%Y-%m-%d", strict=False)
    if kind == "boolean":
        return column == "true"
    return column.cast(pl.Int64 if kind == "integer" else pl.Float64, strict=False)


def _of_column(told: dict[str, Any]) -> Variable:
    limits = told.get("constraints", {})
    return Variable(
        told["name"], told["title"], KINDS.get(told["type"], "string"),
        told.get("description") or f"{told['title']}.", required=limits.get("required", False),
        allowed=tuple(limits.get("enum", ())), low=limits.get("minimum"),
        high=limits.get("maximum"),
    )  # fmt: skip
