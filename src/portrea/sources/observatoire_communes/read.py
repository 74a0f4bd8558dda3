"""Read a multi-level table: its identifiers, and its figures by family and year."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from portrea.base.errors import Diagnostic
from portrea.sources.areas import refuse_repeated
from portrea.sources.figures import Figure, find_figures, read_words
from portrea.sources.reading import read_table
from portrea.territory.codes import Level, valid

if TYPE_CHECKING:
    from portrea.sources.source import Peek

IDENTIFIERS = ("id", "code_epci", "dep", "reg")


@dataclass(frozen=True, slots=True)
class MultiLevelTable:
    """Rows of known areas (``level``, ``code``, ``departement``) and figures by (family, year)."""

    frame: pl.DataFrame
    figures: dict[tuple[str, str], tuple[Figure, ...]]
    remarks: tuple[Diagnostic, ...]


@cache
def params(name: str) -> dict[str, Any]:
    """Return a parameter file of this source."""
    folder = files("portrea.sources.observatoire_communes").joinpath("params")
    card: dict[str, Any] = yaml.safe_load(folder.joinpath(f"{name}.yaml").read_text("utf-8"))
    return card


def sureness(peek: Peek) -> float:
    """Return 1 when the identifiers are there with at least one known figure, 0 otherwise."""
    known = set(IDENTIFIERS) <= set(peek.columns)
    return 1.0 if known and _figures(peek.columns) else 0.0


def _figures(columns: tuple[str, ...]) -> dict[tuple[str, str], tuple[Figure, ...]]:
    grouped: defaultdict[tuple[str, str], dict[str, Figure]] = defaultdict(dict)
    for figure in find_figures(columns, read_words("observatoire_communes", "figures")):
        family = _family(figure.column)
        year = figure.year or str(params("families")[family]["year"])
        grouped[family, year].setdefault(figure.variable, replace(figure, year=year))
    return {key: tuple(grouped[key].values()) for key in sorted(grouped, reverse=True)}


def _family(column: str) -> str:
    families = params("families").items()
    return next(
        name for name, card in families if column.lower().startswith(tuple(card["columns"]))
    )


def read(peek: Peek) -> MultiLevelTable:
    """Return the table, its areas decoded."""
    frame = read_table(peek)
    levels = frame.with_columns(_raw=pl.col("id").cast(pl.String).str.strip_chars())
    levels = levels.with_columns(level=_level(), code=_code())
    official = _is_official(levels)
    known = levels.filter(official)
    refuse_repeated(known, peek.name)
    departement = pl.col("dep").cast(pl.String).str.slice(1).str.zfill(2)
    own = pl.when(pl.col("level") == "departement").then(pl.col("code"))
    known = known.with_columns(departement=own.otherwise(departement)).drop("_raw")
    lost = levels.height - known.height
    remarks = []
    if lost:
        names = levels.filter(~official)["_raw"].drop_nulls().sort().to_list()
        shown = f" ({', '.join(names[:6])})" if names else ""
        text = f"{lost} ligne(s) sans zone officielle{shown} laissées de côté"
        remarks.append(Diagnostic("unknown-areas", text))
    return MultiLevelTable(known, _figures(peek.columns), tuple(remarks))


def _level() -> pl.Expr:
    raw = pl.col("_raw")
    return (
        pl.when(raw == "FR")
        .then(pl.lit("france"))
        .when(raw.str.starts_with("D"))
        .then(pl.lit("departement"))
        .when(raw.str.starts_with("R"))
        .then(pl.lit("region"))
        .when(raw.str.len_chars() == 9)
        .then(pl.lit("epci"))
        .when(raw.str.len_chars() <= 5)
        .then(pl.lit("commune"))
    )


def _code() -> pl.Expr:
    raw = pl.col("_raw")
    lettered = raw.str.contains(r"^[DR]")
    return (
        pl.when(raw == "FR")
        .then(raw)
        .when(lettered)
        .then(raw.str.slice(1).str.zfill(2))
        .when(raw.str.len_chars() < 5)
        .then(raw.str.zfill(5))
        .otherwise(raw)
    )


def _is_official(frame: pl.DataFrame) -> pl.Series:
    levels = {level.value for level in Level}
    pairs = zip(frame["level"], frame["code"], strict=True)
    return pl.Series([a in levels and b is not None and valid(a, b) for a, b in pairs])
