"""From the table of membership to territories: IRIS and communes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import Diagnostic
from portrea.sources.cards import card
from portrea.sources.insee_appartenance.check import single_rows
from portrea.sources.insee_appartenance.read import read
from portrea.sources.source import Loaded
from portrea.sources.vintages import vintage_of_name
from portrea.territory.codes import ARRONDISSEMENTS, commune_expr

if TYPE_CHECKING:
    from portrea.sources.source import Peek

NO_EPCI = "ZZZZZZZZZ"


def load(peek: Peek) -> list[Loaded]:
    """Return the dataset: one row per IRIS, one per commune (arrondissements are not communes)."""
    year, remarks = vintage_of_name(peek)
    frame, doubles = single_rows(read(peek), peek.name)
    frame = frame.with_columns(
        commune=commune_expr(pl.col("owner")),
        epci=pl.when(pl.col("epci") != NO_EPCI).then(pl.col("epci")),
    )
    unnamed = frame.filter(pl.col("iris_name").is_null() & (pl.col("kind") != "Z")).height
    if unnamed:
        text = (
            f"{unnamed} IRIS sans nom dans cette table : désignés par leur commune et leur numéro"
        )
        remarks = (*remarks, Diagnostic("unnamed-iris", text))
    territories = pl.concat([_iris(frame), _communes(frame)]).sort("level", "code")
    return [
        Loaded(
            card("insee-appartenance-iris", year, geography=int(year)),
            {"territories": territories},
            remarks=(*remarks, *doubles),
        )
    ]


def _iris(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the IRIS rows; the only IRIS of a commune (type Z) bears the commune's name."""
    numbered = pl.format("{} (IRIS {})", pl.col("owner_name"), pl.col("iris").str.tail(4))
    name = pl.when(pl.col("kind") == "Z").then(pl.col("owner_name")).otherwise(numbered)
    return frame.select(
        level=pl.lit("iris"),
        code="iris",
        name=pl.coalesce("iris_name", name),
        commune="commune",
        epci="epci",
        departement="departement",
        region="region",
        kind="kind",
    )


def _communes(frame: pl.DataFrame) -> pl.DataFrame:
    whole = frame.filter(~pl.col("owner").is_in(list(ARRONDISSEMENTS)))
    return whole.unique("commune", maintain_order=True).select(
        level=pl.lit("commune"),
        code="commune",
        name="owner_name",
        commune="commune",
        epci="epci",
        departement="departement",
        region="region",
        kind=pl.lit(None, pl.String),
    )
