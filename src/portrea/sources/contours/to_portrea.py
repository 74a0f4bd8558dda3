"""From a layer of outlines to the tables ``contours`` and ``territories``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.areas import WIDTHS
from portrea.sources.cards import card
from portrea.sources.contours.check import check
from portrea.sources.contours.read import read
from portrea.sources.geometry import outlines
from portrea.sources.source import Loaded
from portrea.sources.vintages import vintage_of_name
from portrea.territory.codes import (
    ARRONDISSEMENTS,
    commune_expr,
    departement_expr,
    departement_regions,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from portrea.sources.source import Peek

UNKNOWN_VINTAGE = "inconnu"
CITIES = {"75056": "Paris", "69123": "Lyon", "13055": "Marseille"}


def load(peek: Peek) -> list[Loaded]:
    """Return the dataset of a layer: outlines, names, parents, points and areas."""
    layer = read(peek)
    level = "iris" if "iris" in layer.frame.columns else "commune"
    frame, kept = _territories(layer.frame, level)
    drawn = outlines(frame, layer.shapes[kept], layer.crs, where=peek.name)
    checks = check(drawn.frame, level, peek.name)
    year, remarks = vintage(peek)
    part = "_".join([level, *_single(drawn.frame["departement"])])
    return [
        Loaded(
            card(f"contours-{'iris' if level == 'iris' else 'communes'}", year),
            tables(drawn.frame, level),
            part=part,
            remarks=(*remarks, *drawn.remarks, *checks),
        )
    ]


def vintage(peek: Peek) -> tuple[str, tuple[Diagnostic, ...]]:
    """Return the year of the outlines, ``inconnu`` (said in a remark) when no name tells it."""
    try:
        return vintage_of_name(peek)
    except DataError:
        text = "millésime inconnu : le nom du fichier ne porte pas d’année"
        return UNKNOWN_VINTAGE, (Diagnostic("unknown-vintage", text),)


def tables(frame: pl.DataFrame, level: str) -> dict[str, pl.DataFrame]:
    """Return the tables ``territories`` and ``contours`` of outlined areas."""
    frame = frame.with_columns(level=pl.lit(level)).sort("code")
    shapes = frame.filter(pl.col("geometry").is_not_null())
    return {
        "territories": frame.drop("geometry"),
        "contours": shapes.select("level", "code", "geometry"),
    }


def parents(commune: pl.Expr) -> dict[str, pl.Expr]:
    """Return the columns of parents of a column of communes (arrondissements → commune)."""
    whole = commune_expr(commune)
    departement = departement_expr(whole)
    return {
        "commune": whole,
        "departement": departement,
        "region": departement.replace_strict(departement_regions(), default=None),
    }


def _territories(frame: pl.DataFrame, level: str) -> tuple[pl.DataFrame, NDArray[np.intp]]:
    """Return the attributes in our columns, and which features are kept (never a city twice)."""
    absent = {"iris_name", "commune_name", "kind", "epci", "commune"} - set(frame.columns)
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    key = pl.col(level).str.to_uppercase().str.zfill(WIDTHS[level])
    frame = frame.with_columns(code=key).with_row_index("_rank")
    if level == "commune":
        frame = _whole_cities(frame)
    given = pl.col("commune").str.to_uppercase().str.zfill(5)
    owner = given.fill_null(pl.col("code").str.head(5)) if level == "iris" else pl.col("code")
    name = pl.col("iris_name") if level == "iris" else pl.col("commune_name")
    fallback = pl.col("commune_name") if level == "iris" else pl.col("code")
    epci = pl.when(pl.col("epci").str.contains(r"^2\d{8}$")).then(pl.col("epci"))
    done = frame.select(
        "_rank",
        "code",
        name=name.fill_null(fallback).fill_null(pl.col("code")),
        epci=epci,
        kind=pl.col("kind") if level == "iris" else pl.lit(None, pl.String),
        **parents(owner),
    )
    return done.drop("_rank"), done["_rank"].to_numpy()


def _whole_cities(frame: pl.DataFrame) -> pl.DataFrame:
    """Drop the arrondissements of a published city, else give them the city's code and name."""
    present = frame["code"].filter(frame["code"].is_in(list(CITIES)))
    whole = commune_expr(pl.col("code"))
    is_part = pl.col("code").is_in(list(ARRONDISSEMENTS))
    kept = frame.filter(~(is_part & whole.is_in(present.to_list())))
    return kept.with_columns(
        code=whole,
        commune_name=pl.when(is_part).then(whole.replace(CITIES)).otherwise(pl.col("commune_name")),
    )


def _single(values: pl.Series) -> list[str]:
    names = values.unique().to_list()
    return names if len(names) == 1 else []
