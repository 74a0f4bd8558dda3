"""From a table of zones blanches and grises to observations: one dataset per year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import Diagnostic
from portrea.sources.areas import keep_communes
from portrea.sources.cards import card
from portrea.sources.couverture_mobile.check import faults
from portrea.sources.couverture_mobile.read import read
from portrea.sources.hand_tables import refuse_rows, with_code, with_number
from portrea.sources.source import Loaded
from portrea.sources.vintages import vintage_of_name

if TYPE_CHECKING:
    from portrea.sources.hand_tables import HandTable
    from portrea.sources.source import Peek


def load(peek: Peek) -> list[Loaded]:
    """Return one dataset per year of the file; one bad row refuses the file."""
    table = read(peek)
    figures = [name for name in table.names if name.startswith("mobile_")]
    frame, remarks = _rows(table, peek, figures)
    refuse_rows(table, frame, faults(figures), peek.name)
    mended = frame.filter("mended")
    if mended.height:
        text = f"{mended.height} code(s) avaient perdu leur zéro de tête : il a été remis"
        remarks.append(Diagnostic("lost-zeros", text, value=mended["code"][0]))
    years = sorted(frame["millesime"].unique())
    return [_dataset(frame.filter(millesime=year), year, figures, remarks) for year in years]


def _rows(
    table: HandTable, peek: Peek, figures: list[str]
) -> tuple[pl.DataFrame, list[Diagnostic]]:
    remarks: list[Diagnostic] = []
    frame = table.frame.with_columns(level=pl.lit("commune"))
    if "millesime" not in table.names:
        year, said = vintage_of_name(peek)
        remarks += said
        frame = frame.with_columns(millesime=pl.lit(year))
    frame = with_code(frame, "code")
    for name in figures:
        told = with_number(frame, name).select(pl.col("number"), pl.col("status"))
        frame = frame.with_columns(
            told["number"].alias(f"{name}_value"), told["status"].alias(f"{name}_status")
        )
    return frame, remarks


def _dataset(
    frame: pl.DataFrame, year: str, figures: list[str], remarks: list[Diagnostic]
) -> Loaded:
    parts = [
        frame.select(
            "level",
            code="zone",
            variable=pl.lit(name),
            value=f"{name}_value",
            status=f"{name}_status",
        )
        for name in figures
    ]
    whole = keep_communes(pl.concat(parts))
    return Loaded(
        card("couverture-mobile", year),
        {"observations": whole.frame.sort("level", "code", "variable")},
        remarks=(*remarks, *whole.remarks),
    )
