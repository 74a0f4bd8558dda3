"""From local counts to observations: one dataset per year, all the rows or none."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import Diagnostic
from portrea.sources.cards import card
from portrea.sources.comptages.check import faults, known_variables
from portrea.sources.comptages.read import read
from portrea.sources.figure_checks import hidden_cells
from portrea.sources.hand_tables import refuse_rows, with_code, with_level, with_number
from portrea.sources.source import Loaded
from portrea.sources.vintages import vintage_of_name
from portrea.territory.naming import normalise
from portrea.vocab.variables import variables

if TYPE_CHECKING:
    from portrea.sources.hand_tables import HandTable
    from portrea.sources.source import Peek

USUAL_LEVELS = {
    "iris": "iris",
    "epci": "epci",
    "siren": "epci",
    "departement": "departement",
    "region": "region",
    "commune": "commune",
    "insee": "commune",
}
"""Word in the header of the codes → level, for a file without a column of levels."""
MOST_PRODUCERS = 3
UNTOLD = "producteur non précisé"


def load(peek: Peek) -> list[Loaded]:
    """Return one dataset per year of the file; one bad row refuses the file."""
    table = read(peek)
    remarks: list[Diagnostic] = []
    frame = _with_years(table, peek, remarks)
    frame = with_level(frame, "niveau" if "niveau" in frame.columns else None, _usual(table))
    if "niveau" not in frame.columns:
        frame = frame.with_columns(niveau=pl.col("level"))
    frame = with_number(with_code(frame, "code"), "valeur")
    names = known_variables(frame["variable"].fill_null("").unique())
    frame = frame.with_columns(pl.col("variable").fill_null("")).join(
        names, on="variable", how="left", maintain_order="left"
    )
    refuse_rows(table, frame, faults(), peek.name)
    remarks += _mended(frame)
    years = sorted(frame["millesime"].unique())
    return [
        _dataset(peek, frame.filter(pl.col("millesime") == year), year, remarks) for year in years
    ]


def _usual(table: HandTable) -> str | None:
    header = normalise(table.names["code"])
    return next((level for word, level in USUAL_LEVELS.items() if word in header), None)


def _with_years(table: HandTable, peek: Peek, remarks: list[Diagnostic]) -> pl.DataFrame:
    if "millesime" in table.names:
        return table.frame
    year, said = vintage_of_name(peek)
    remarks += said
    return table.frame.with_columns(millesime=pl.lit(year))


def _mended(frame: pl.DataFrame) -> list[Diagnostic]:
    mended = frame.filter("mended")
    if not mended.height:
        return []
    text = f"{mended.height} code(s) avaient perdu leur zéro de tête : il a été remis"
    return [Diagnostic("lost-zeros", text, value=mended["code"][0])]


def _dataset(peek: Peek, frame: pl.DataFrame, year: str, remarks: list[Diagnostic]) -> Loaded:
    observations = frame.select(
        "level",
        pl.col("zone").alias("code"),
        pl.col("name").alias("variable"),
        pl.when(pl.col("status") == "ok").then(pl.col("number")).alias("value"),
        "status",
    ).sort("level", "code", "variable")
    labels = [variables()[name].label for name in frame["name"].unique(maintain_order=True)]
    producer, untold = _producer(frame)
    known = replace(
        card("comptages-locaux", year),
        producer=producer,
        title=f"Comptages locaux : {', '.join(labels)}",
    )
    part = re.sub(r"[^a-z0-9]+", "-", normalise(peek.path.name.split(".")[0]))
    said = (*remarks, *untold, *hidden_cells(observations))
    return Loaded(known, {"observations": observations}, part=part, remarks=said)


def _producer(frame: pl.DataFrame) -> tuple[str, tuple[Diagnostic, ...]]:
    """Return who counted, as written in the file; say when nobody is named."""
    told = frame["source"].drop_nulls().unique(maintain_order=True) if "source" in frame else None
    if told is None or not len(told):
        text = "le fichier ne dit pas d’où viennent ces comptages : ajoutez une colonne « source »"
        return UNTOLD, (Diagnostic("no-source", text),)
    names = told.head(MOST_PRODUCERS).to_list()
    return ", ".join(names) + ("…" if len(told) > MOST_PRODUCERS else ""), ()
