"""The table this room returns: how far each area is from help, per problem situation."""

from __future__ import annotations

import polars as pl

from portrea.base.tables import Column, Table
from portrea.vocab.tables import LEVELS, OVERLAYS

REACH = Table(
    "reach",
    (
        Column(
            "level", pl.String, "niveau géographique", allowed=(*LEVELS, *OVERLAYS, "selection")
        ),
        Column("code", pl.String, "code officiel de la zone"),
        Column("situation", pl.String, "situation-problème, ou « any » pour un lieu quelconque"),
        Column(
            "nearest_minutes",
            pl.Float64,
            "temps jusqu’au lieu le plus proche (moyenne pondérée)",
            unit="minute",
            nullable=True,
            low=0,
        ),
        Column(
            "nearest_place",
            pl.String,
            "identifiant du lieu le plus proche (IRIS et commune)",
            nullable=True,
        ),
        Column(
            "places_within_20",
            pl.Float64,
            "lieux à moins de 20 minutes (moyenne pondérée)",
            nullable=True,
            low=0,
        ),
        Column(
            "share_beyond_10",
            pl.Float64,
            "part des personnes à plus de 10 minutes",
            unit="part",
            nullable=True,
            low=0,
            high=1,
        ),
        Column(
            "share_beyond_20",
            pl.Float64,
            "part à plus de 20 minutes",
            unit="part",
            nullable=True,
            low=0,
            high=1,
        ),
        Column(
            "share_beyond_30",
            pl.Float64,
            "part à plus de 30 minutes",
            unit="part",
            nullable=True,
            low=0,
            high=1,
        ),
        Column(
            "persons_beyond_20",
            pl.Float64,
            "personnes concernées (mesure ``weight``) à plus de 20 minutes",
            nullable=True,
            low=0,
        ),
        Column("weight", pl.String, "mesure de besoin qui pondère : a1, a2 ou persons"),
    ),
    key=("level", "code", "situation"),
)

WEIGHTS = Table(
    "weights",
    (
        Column("code", pl.String, "code de l’IRIS"),
        Column("weight", pl.Float64, "personnes concernées de l’IRIS", nullable=True, low=0),
        Column("measure", pl.String, "mesure de besoin qui pondère : a1, a2 ou persons"),
        Column(
            "population",
            pl.Float64,
            "population de l’IRIS, pour la densité ; nulle si inconnue",
            nullable=True,
            low=0,
        ),
    ),
    key=("code",),
)
"""Who is weighted: one measure per table. ``population`` only serves the density class."""

NEAREST = Table(
    "nearest",
    (
        Column("code", pl.String, "code de l’IRIS"),
        Column("situation", pl.String, "situation-problème, ou « any »"),
        Column("minutes", pl.Float64, "temps jusqu’au plus proche", unit="minute", nullable=True),
        Column("place", pl.String, "identifiant du lieu le plus proche", nullable=True),
        Column("within_20", pl.Float64, "lieux à moins de 20 minutes", nullable=True, low=0),
        Column(
            "origin",
            pl.String,
            "point de départ : iris, commune (point de la commune, faute de celui de l’IRIS), none",
            allowed=("iris", "commune", "none"),
        ),
    ),
    key=("code", "situation"),
)
"""Per IRIS and situation. ``minutes`` null: no known place of this kind, or no known origin."""
