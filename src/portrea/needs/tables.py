"""The table this room returns: one row per area and measure, with interval and grade."""

from __future__ import annotations

import polars as pl

from portrea.base.tables import Column, Table
from portrea.vocab.tables import LEVELS, OVERLAYS

MEASURES = ("a1", "a2", "b", "b_sum", "c")

ESTIMATES = Table(
    "estimates",
    (
        Column(
            "level", pl.String, "niveau géographique", allowed=(*LEVELS, *OVERLAYS, "selection")
        ),
        Column("code", pl.String, "code officiel de la zone"),
        Column("name", pl.String, "nom de la zone"),
        Column("measure", pl.String, "mesure (a1, a2, b, b_sum, c)", allowed=MEASURES),
        Column(
            "population", pl.Float64, "personnes de l’univers de la mesure", nullable=True, low=0
        ),
        Column("n", pl.Float64, "personnes concernées, estimation centrale", nullable=True, low=0),
        Column("n_low", pl.Float64, "borne basse (95 %)", nullable=True, low=0),
        Column("n_high", pl.Float64, "borne haute (95 %)", nullable=True, low=0),
        Column("share", pl.Float64, "n / population", unit="part", nullable=True, low=0, high=1),
        Column("share_low", pl.Float64, "borne basse", unit="part", nullable=True, low=0, high=1),
        Column("share_high", pl.Float64, "borne haute", unit="part", nullable=True, low=0, high=1),
        Column(
            "quality",
            pl.String,
            "A, B, C, D ou N (non disponible)",
            allowed=("A", "B", "C", "D", "N"),
        ),
        Column("vintages", pl.String, "sources et millésimes utilisés, séparés par « ; »"),
    ),
    key=("level", "code", "measure"),
)
"""A measure that cannot be computed has a row with nulls and quality ``N``: never a silent zero.
``n`` null with ``n_low`` and ``n_high`` present means that only bounds are known."""
