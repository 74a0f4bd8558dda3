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
