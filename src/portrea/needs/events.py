"""B_events: life events that ask for procedures, a layer apart, only from counts a user loads.

No source of Portrea's working data counts births, deaths, moves or separations by area: without
such counts there is nothing here, and nothing is imputed. The layer never enters B.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.tables import Column, Table
from portrea.vocab.tables import LEVELS, OVERLAYS
from portrea.vocab.variables import variables

if TYPE_CHECKING:
    from portrea.needs.parameters import Parameters

PREFIX = "events_"
NOTHING = (
    "Aucun décompte d’événements de vie (naissances, décès, déménagements…) n’est chargé :"
    " cette couche n’est pas calculée, et rien n’est imputé. Chargez vos propres comptages pour"
    " l’obtenir."
)
EVENTS = Table(
    "events",
    (
        Column("level", pl.String, "niveau géographique", allowed=(*LEVELS, *OVERLAYS)),
        Column("code", pl.String, "code officiel de la zone"),
        Column("variable", pl.String, "événement compté"),
        Column("label", pl.String, "événement, en français"),
        Column("events", pl.Float64, "événements en un an", nullable=True, low=0),
        Column("complexity", pl.Float64, "part jugée compliquée", unit="part", low=0, high=1),
        Column("n", pl.Float64, "événements jugés compliqués en un an", nullable=True, low=0),
        Column("vintage", pl.String, "année des comptages"),
        Column("source", pl.String, "source des comptages"),
    ),
    key=("level", "code", "variable"),
)
"""One row per area and event counted: ``n = events × complexity``. A suppressed count is null."""


def life_events(observations: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Return the events counted in each area, newest year of each, with their complexity.

    Parameters
    ----------
    observations
        ``Store.observations()``; the variables ``events_…`` come from a user's own counts.

    Returns
    -------
    DataFrame
        :data:`EVENTS`, empty when no count is loaded (:func:`events_words` says so).
    """
    card = parameters.cards["procedures"]["events"]
    rates = pl.DataFrame(
        {
            "variable": list(card),
            "label": [variables()[name].label for name in card],
            "complexity": [float(card[name]["value"]) for name in card],
        },
        schema={"variable": pl.String, "label": pl.String, "complexity": pl.Float64},
    )
    shown = pl.when(pl.col("status") != "suppressed").then(pl.col("value"))
    counted = (
        observations.filter(pl.col("variable").str.starts_with(PREFIX))
        .sort("vintage", "dataset", nulls_last=False)
        .unique(["level", "code", "variable"], keep="last", maintain_order=True)
        .with_columns(events=shown.cast(pl.Float64))
        .join(rates, on="variable", how="inner", maintain_order="left")
        .with_columns(
            pl.col("vintage", "source").fill_null(""), n=pl.col("events") * pl.col("complexity")
        )
    )
    return EVENTS.conform(counted.select(c.name for c in EVENTS.columns))


def events_by_area(events: pl.DataFrame) -> pl.DataFrame:
    """Add the events of each area: level, code, ``n`` (null when a count is hidden), ``labels``."""
    hidden = pl.col("n").null_count() > 0
    return (
        events.group_by("level", "code", maintain_order=True)
        .agg(
            n=pl.when(hidden).then(None).otherwise(pl.col("n").sum()),
            labels=pl.col("label").sort().str.join(" ; "),
        )
        .sort("level", "code")
    )


def events_words(events: pl.DataFrame) -> str:
    """Say in French what the layer counts, or that it counts nothing."""
    if not events.height:
        return NOTHING
    labels = " ; ".join(events["label"].unique().sort())
    return (
        f"Événements de vie comptés : {labels}. Couche à part, jamais ajoutée à B : chaque"
        " événement est multiplié par la part des usagers qui l’ont jugé compliqué (SGMAP-BVA 2014,"
        " DITP-BVA 2018)."
    )
