"""Tables of the comparison indices."""

from __future__ import annotations

import polars as pl

from portrea.base.tables import Column, Table

VERSIONS = ("v1", "v2", "v3")
TOTAL = "total"
LEVELS = ("commune", "epci", "departement", "region", "france")

INDICES = Table(
    "indices",
    (
        Column("level", pl.String, "niveau géographique", allowed=LEVELS),
        Column("code", pl.String, "code officiel de la zone"),
        Column("version", pl.String, "version de l’indice", allowed=VERSIONS),
        Column("part", pl.String, "total, axe ou critère"),
        Column("value", pl.Float64, "score ou valeur normalisée", unit="sans unité"),
        Column("known", pl.Float64, "part du poids connue", unit="part", low=0, high=1.000001),
    ),
    key=("level", "code", "version", "part"),
)
"""Only what is known has a row: a criterion without figure, or a total whose known weight is under
the declared least, has none. V1: 100 is the national mean; V2: −10 to +10; V3: 1 to 10."""

AGREEMENT = Table(
    "agreement",
    (
        Column("level", pl.String, "niveau géographique", allowed=LEVELS),
        Column("measure", pl.String, "mesure de Portrea (sa part)"),
        Column("version", pl.String, "version de l’indice", allowed=VERSIONS),
        Column("part", pl.String, "total, axe ou critère"),
        Column("areas", pl.Int64, "zones comparées", low=0),
        Column("pearson", pl.Float64, "corrélation linéaire", nullable=True, low=-1, high=1),
        Column("spearman", pl.Float64, "corrélation des rangs", nullable=True, low=-1, high=1),
        Column(
            "weighted",
            pl.Float64,
            "corrélation linéaire pondérée par la population",
            nullable=True,
            low=-1,
            high=1,
        ),
    ),
    key=("level", "measure", "version", "part"),
)
"""Correlation of one of our shares with one part of an index, over the areas that have both."""
