"""The tables of priority areas: figures side by side, never one score, and what may be said."""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from portrea.base.tables import Column, Table

ORDERS = ("persons", "share", "access")
"""What may order the areas: persons not covered, their share, least access."""


class Status(StrEnum):
    """What may be said of the rank of an area."""

    FIRST = "first"
    UNCERTAIN = "uncertain"
    AFTER = "after"
    COVERED = "covered"
    UNRANKABLE = "unrankable"
    UNDRAWN = "undrawn"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """French words shown beside the area."""
        return _LABELS[self]


_LABELS = {
    Status.FIRST: "parmi les premières",
    Status.UNCERTAIN: "trop incertain pour trancher",
    Status.AFTER: "hors des premières",
    Status.COVERED: "accès au-dessus du seuil",
    Status.UNRANKABLE: "non classable",
    Status.UNDRAWN: "incertitude non calculée",
    Status.UNKNOWN: "données manquantes",
}


def _number(
    name: str, meaning: str, unit: str = "", low: float | None = None, high: float | None = None
) -> Column:
    return Column(name, pl.Float64, meaning, unit=unit, nullable=True, low=low, high=high)


def _share(name: str, meaning: str) -> Column:
    return _number(name, meaning, "part", low=0, high=1)


ACCESS = "heure par semaine pour cent personnes"

PRIORITIES = Table(
    "priorities",
    (
        Column("code", pl.String, "code de la zone"),
        Column("order", pl.String, "ce qui ordonne", allowed=ORDERS),
        Column("rank", pl.Int64, "rang selon les valeurs centrales, 1 en tête", low=1),
        Column("first", pl.Boolean, "parmi les premières selon les valeurs centrales"),
        _share("p_first", "probabilité d’être parmi les premières"),
        _share("p_first_low", "la même, dans le scénario où elle est la plus petite"),
        _share("p_first_high", "la même, dans le scénario où elle est la plus grande"),
        _number("rank_low", "borne basse du rang", low=1),
        _number("rank_high", "borne haute du rang", low=1),
        _number("uncovered", "personnes concernées mal desservies", low=0),
        _number("uncovered_low", "borne basse", low=0),
        _number("uncovered_high", "borne haute", low=0),
        _number("persons", "personnes concernées", low=0),
        _number("persons_low", "borne basse", low=0),
        _number("persons_high", "borne haute", low=0),
        _number("population", "personnes parmi lesquelles elles sont comptées", low=0),
        _number("share", "part des personnes concernées", "part", low=0),
        _number("share_low", "borne basse", "part", low=0),
        _number("share_high", "borne haute", "part", low=0),
        _number("access", "accès", ACCESS, low=0),
        _number("access_low", "borne basse", ACCESS, low=0),
        _number("access_high", "borne haute", ACCESS, low=0),
        _number("minutes", "temps jusqu’au lieu le plus proche", "minute", low=0),
        _share("imputed_share", "part de l’accès qui repose sur des horaires supposés"),
        Column("rank_known", pl.Int64, "rang sans les horaires supposés", low=1),
        Column("first_known", pl.Boolean, "parmi les premières sans les horaires supposés"),
        Column("status", pl.String, "ce qu’on peut en dire", allowed=tuple(map(str, Status))),
        _number("threshold", "seuil d’accès appliqué", ACCESS, low=0),
    ),
    key=("code",),
)

QUADRANTS = Table(
    "access_quadrants",
    (
        Column("code", pl.String, "code de la zone"),
        Column(
            "quadrant",
            pl.String,
            "besoin puis accès, face à la référence",
            nullable=True,
            allowed=("more_less", "more_more", "less_less", "less_more"),
        ),
        _share("p_more_less", "probabilité : plus de besoin, moins d’accès"),
        _share("p_more_more", "probabilité : plus de besoin, plus d’accès"),
        _share("p_less_less", "probabilité : moins de besoin, moins d’accès"),
        _share("p_less_more", "probabilité : moins de besoin, plus d’accès"),
        _share("reference_share", "part de référence"),
        _number("reference_access", "accès de référence", ACCESS, low=0),
    ),
    key=("code",),
)

QUADRANT_WORDS = {
    "more_less": "besoin plus fort, accès plus faible",
    "more_more": "besoin plus fort, accès plus fort",
    "less_less": "besoin plus faible, accès plus faible",
    "less_more": "besoin plus faible, accès plus fort",
}

SENSITIVITY = Table(
    "priority_sensitivity",
    (
        Column("code", pl.String, "code de la zone"),
        Column("variant", pl.String, "réglage essayé"),
        Column("rank", pl.Int64, "rang avec ce réglage", low=1),
        Column("first", pl.Boolean, "parmi les premières avec ce réglage"),
    ),
    key=("code", "variant"),
)
