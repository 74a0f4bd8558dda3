"""From layers and tables of priority neighbourhoods to our tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, Diagnostic
from portrea.sources.areas import refuse_bad_codes, with_codes
from portrea.sources.cards import card
from portrea.sources.contours.to_portrea import UNKNOWN_VINTAGE, parents, tables
from portrea.sources.contours.to_portrea import vintage as vintage_of_file
from portrea.sources.figures import find_column, hide, to_observations
from portrea.sources.geometry import geometry_column, outlines, read_layer
from portrea.sources.qpv import read
from portrea.sources.qpv.check import check
from portrea.sources.reading import read_table
from portrea.sources.source import Loaded
from portrea.sources.vintages import vintage_of_name
from portrea.vocab.variables import variables

if TYPE_CHECKING:
    from portrea.sources.source import Peek

GENERATIONS = {"QP": "2014", "QN": "2024"}
"""Décret n° 2014-1750 (codes QP…) and décret n° 2023-1314 (codes QN…, perimeters of 2024)."""


def load(peek: Peek) -> list[Loaded]:
    """Return the dataset of a layer, or those of a table of figures, one per period."""
    return [_load_layer(peek)] if geometry_column(peek) else _load_table(peek)


def _load_layer(peek: Peek) -> Loaded:
    layer = read_layer(peek)
    code = read.code_column(layer.frame.columns)
    if code is None:
        raise DataError(f"Le fichier {peek.name} n’a pas de colonne CODE_QP.")
    frame = _territories(layer.frame, code)
    refuse_bad_codes(frame, "qpv", peek.name)
    drawn = outlines(frame, layer.shapes, layer.crs, where=peek.name)
    year, remarks = vintage_of_file(peek)
    generations = frame["code"].str.head(2).unique().to_list()
    if year == UNKNOWN_VINTAGE and len(generations) == 1:
        year, remarks = GENERATIONS[generations[0]], ()
    regions = drawn.frame["region"].unique().to_list()
    part = "_".join(["contours", *(regions if len(regions) == 1 and regions[0] else [])])
    return Loaded(
        card("qpv-contours", year),
        tables(drawn.frame, "qpv"),
        part=part,
        remarks=(*remarks, *drawn.remarks),
    )


def _territories(frame: pl.DataFrame, code: str) -> pl.DataFrame:
    name = find_column(frame.columns, read.NAMES)
    commune = find_column(frame.columns, read.COMMUNES)
    owner = (
        pl.col(commune).cast(pl.String).str.strip_chars() if commune else pl.lit(None, pl.String)
    )
    single = pl.when(owner.str.contains(r"^(\d\d|2[AB])\d{3}$")).then(owner)
    key = pl.col(code).cast(pl.String).str.strip_chars().str.to_uppercase()
    return frame.select(
        code=key,
        name=(pl.col(name).cast(pl.String) if name else pl.lit(None, pl.String)).fill_null(key),
        **parents(single),
    )


def _load_table(peek: Peek) -> list[Loaded]:
    frame = read_table(peek)
    code = read.code_column(frame.columns)
    if code is None:
        raise DataError(f"Le fichier {peek.name} n’a pas de colonne CODE_QP ni CODGEO.")
    year, dated = vintage_of_name(peek)
    frame, level, several = _single_areas(frame, code)
    areas = with_codes(frame, code, level, where=peek.name)
    observations = _observations(areas.frame, peek)
    remarks = (*dated, *several, *areas.remarks, *check(observations, peek.name))
    kind = "demo" if find_column(frame.columns, read.NOTES) else "fiche"
    periods = read.periods(kind, year)
    if periods:
        remarks = (*remarks, _redated(periods, year))
    dates = pl.col("variable").replace_strict(periods, default=year, return_dtype=pl.String)
    names = _names(areas.frame) if level == "qpv" else None
    result = []
    for period, part in observations.with_columns(_period=dates).group_by("_period"):
        tables = {"observations": part.drop("_period").sort("level", "code", "variable")}
        if names is not None and period[0] == year:
            tables["territories"] = names
        result.append(
            Loaded(card("qpv-tableaux", str(period[0])), tables, f"{level}_{kind}", remarks)
        )
    return sorted(result, key=lambda item: item.provenance.vintage)


def _redated(periods: dict[str, str], year: str) -> Diagnostic:
    labels = variables()
    words = ", ".join(f"{labels[name].label} : {period}" for name, period in periods.items())
    return Diagnostic("redated", f"table de {year}, chiffres d’années antérieures ({words})")


def _names(frame: pl.DataFrame) -> pl.DataFrame | None:
    """Return the names of the QPV, ``None`` when the table has none."""
    name = find_column(frame.columns, read.NAMES)
    if name is None:
        return None
    label = pl.col(name).cast(pl.String).fill_null(pl.col("code"))
    return frame.select("level", "code", name=label).sort("code")


def _single_areas(
    frame: pl.DataFrame, code: str
) -> tuple[pl.DataFrame, str, tuple[Diagnostic, ...]]:
    """Return the rows of one QPV or one commune; INSEE glues the codes of several communes."""
    key = pl.col(code).cast(pl.String).str.strip_chars()
    if frame.select(key.str.contains("(?i)^Q[PN]").any()).item():
        return frame, "qpv", ()
    glued = frame.filter(key.str.len_chars() > 5)
    if not glued.height:
        return frame, "commune", ()
    remark = Diagnostic(
        "several-communes",
        f"{glued.height} ligne(s) portant sur plusieurs communes à la fois laissées de côté",
        value=str(glued[code][0]),
    )
    return frame.filter(key.str.len_chars() <= 5), "commune", (remark,)


def _observations(frame: pl.DataFrame, peek: Peek) -> pl.DataFrame:
    """Return the figures; a null population does not exist, so that a 0 is a hidden figure."""
    long = to_observations(
        frame, read.figures_of(frame.columns), where=peek.name, blank="suppressed"
    )
    return hide(long, pl.col("value") == 0)
