"""The tables this room returns: one row per area and measure, with intervals, grade and reasons."""

from __future__ import annotations

import polars as pl

from portrea.base.tables import Column, Table
from portrea.vocab.tables import LEVELS, OVERLAYS

MEASURES = ("a1", "a2", "a2_75", "a3", "b", "b_sum", "b_load", "c", "c_a2")
UNITS = dict.fromkeys(MEASURES, "persons") | {"b_load": "declarations_per_year"}
"""Unit of ``n``: ``b_load`` counts declarations, has no share and may exceed the population."""
BOUNDS_ONLY = ("c_a2",)
"""Measures of which only bounds are ever known: ``n`` is null."""

ESTIMATES = Table(
    "estimates",
    (
        Column(
            "level", pl.String, "niveau géographique", allowed=(*LEVELS, *OVERLAYS, "selection")
        ),
        Column("code", pl.String, "code officiel de la zone"),
        Column("name", pl.String, "nom de la zone"),
        Column(
            "measure",
            pl.String,
            "mesure (a1, a2, a2_75, a3, b, b_sum, b_load, c, c_a2)",
            allowed=MEASURES,
        ),
        Column(
            "population", pl.Float64, "personnes de l’univers de la mesure", nullable=True, low=0
        ),
        Column("n", pl.Float64, "personnes concernées, estimation centrale", nullable=True, low=0),
        Column("n_low", pl.Float64, "borne basse (95 %)", nullable=True, low=0),
        Column("n_high", pl.Float64, "borne haute (95 %)", nullable=True, low=0),
        Column("share", pl.Float64, "n / population", unit="part", nullable=True, low=0, high=1),
        Column("share_low", pl.Float64, "borne basse", unit="part", nullable=True, low=0, high=1),
        Column("share_high", pl.Float64, "borne haute", unit="part", nullable=True, low=0, high=1),
        Column("n_low80", pl.Float64, "borne basse (80 %)", nullable=True, low=0),
        Column("n_high80", pl.Float64, "borne haute (80 %)", nullable=True, low=0),
        Column("share_low80", pl.Float64, "borne basse", unit="part", nullable=True, low=0, high=1),
        Column(
            "share_high80", pl.Float64, "borne haute", unit="part", nullable=True, low=0, high=1
        ),
        Column(
            "p_top",
            pl.Float64,
            "probabilité d’être dans le dixième le plus concerné de son niveau",
            unit="part",
            nullable=True,
            low=0,
            high=1,
        ),
        Column(
            "quality",
            pl.String,
            "A, B, C, D ou N (non disponible)",
            allowed=("A", "B", "C", "D", "N"),
        ),
        Column("reasons", pl.String, "raisons de la note, séparées par « ; »", nullable=True),
        Column("vintages", pl.String, "sources et millésimes utilisés, séparés par « ; »"),
    ),
    key=("level", "code", "measure"),
)
"""A measure that cannot be computed has a row with nulls and quality ``N``: never a silent zero.
``n`` null with ``n_low`` and ``n_high`` present means that only bounds are known."""

DIAGNOSTICS = Table(
    "diagnostics",
    (
        Column("name", pl.String, "ce qui est mesuré"),
        Column("level", pl.String, "niveau géographique, ou vide", nullable=True),
        Column("code", pl.String, "zone, ou vide", nullable=True),
        Column("value", pl.Float64, "valeur", nullable=True),
        Column("unit", pl.String, "unité de la valeur", nullable=True),
        Column("note", pl.String, "ce qu’il faut en savoir", nullable=True),
    ),
)
"""What a run says of itself: residuals, iterations, shifts."""
