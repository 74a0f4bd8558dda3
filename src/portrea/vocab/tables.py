"""Declared tables that sources fill and rooms receive. One row = one fact."""

from __future__ import annotations

import polars as pl

from portrea.base.tables import Column, Table

LEVELS = ("iris", "commune", "epci", "departement", "region", "france")
OVERLAYS = ("qpv",)
STATUSES = ("ok", "rounded", "suppressed", "missing", "derived")

OBSERVATIONS = Table(
    "observations",
    (
        Column("level", pl.String, "niveau géographique", allowed=LEVELS + OVERLAYS),
        Column("code", pl.String, "code officiel de la zone"),
        Column("variable", pl.String, "nom de variable (vocab/variables.yaml)"),
        Column("value", pl.Float64, "valeur publiée, nulle si supprimée ou absente", nullable=True),
        Column("status", pl.String, "état de la valeur", allowed=STATUSES),
    ),
    key=("level", "code", "variable"),
)
"""Published figures, long form. ``suppressed``: hidden by the producer's secrecy (value null);
``rounded``: rounded by the producer (CAF: to 5); ``missing``: not published; ``derived``: computed
by a third party from published figures (for instance a rate published without its counts)."""

CROSSTAB = Table(
    "crosstab",
    (
        Column("level", pl.String, "niveau géographique", allowed=(*LEVELS, "canton_ou_ville")),
        Column("code", pl.String, "code officiel de la zone"),
        Column("age", pl.String, "tranche d’âge du producteur, par exemple 15-19 ou 65+"),
        Column("diploma", pl.String, "diplôme, code Portrea (vocab/diplomas.yaml)"),
        Column("household", pl.String, "alone, other ou any", allowed=("alone", "other", "any")),
        Column("persons", pl.Float64, "personnes de 15 ans ou plus", low=0),
    ),
    key=("level", "code", "age", "diploma", "household"),
)
"""Published cross tables age × diploma (FOR2, FD_INDCVI aggregated)."""

TERRITORIES = Table(
    "territories",
    (
        Column("level", pl.String, "niveau géographique", allowed=LEVELS + OVERLAYS),
        Column("code", pl.String, "code officiel"),
        Column("name", pl.String, "nom officiel"),
        Column("commune", pl.String, "commune de rattachement", nullable=True),
        Column("epci", pl.String, "EPCI de rattachement", nullable=True),
        Column("departement", pl.String, "département de rattachement", nullable=True),
        Column("region", pl.String, "région de rattachement", nullable=True),
        Column(
            "kind",
            pl.String,
            "type : H, A, D, Z pour un IRIS ; CC, CA… pour un EPCI",
            nullable=True,
        ),
        Column(
            "longitude",
            pl.Float64,
            "point de référence",
            unit="degré",
            nullable=True,
            low=-180,
            high=180,
        ),
        Column(
            "latitude",
            pl.Float64,
            "point de référence",
            unit="degré",
            nullable=True,
            low=-90,
            high=90,
        ),
        Column("area_km2", pl.Float64, "superficie", unit="km²", nullable=True, low=0),
    ),
    key=("level", "code"),
)
"""Names, parents and reference points. A territory's own code stands in its level's parent column
too (a commune row has ``commune`` = its code), so that one group_by aggregates at any level."""

CONTOURS = Table(
    "contours",
    (
        Column("level", pl.String, "niveau géographique", allowed=LEVELS + OVERLAYS),
        Column("code", pl.String, "code officiel"),
        Column("geometry", pl.Binary, "WKB, longitude-latitude WGS 84 (EPSG:4326)"),
    ),
    key=("level", "code"),
)

PLACES = Table(
    "places",
    (
        Column("id", pl.String, "identifiant, préfixé par la source"),
        Column("name", pl.String, "nom du lieu"),
        Column("kind", pl.String, "typologie mednum (MUNI, RFS, BIB…)", nullable=True),
        Column("commune", pl.String, "code de la commune", nullable=True),
        Column("address", pl.String, "adresse sur une ligne", nullable=True),
        Column("postcode", pl.String, "code postal", nullable=True),
        Column("city", pl.String, "nom de la commune", nullable=True),
        Column(
            "longitude", pl.Float64, "position", unit="degré", nullable=True, low=-180, high=180
        ),
        Column("latitude", pl.Float64, "position", unit="degré", nullable=True, low=-90, high=90),
        Column("phone", pl.String, "téléphone du lieu", nullable=True),
        Column("email", pl.String, "courriel du lieu (jamais celui d’une personne)", nullable=True),
        Column("website", pl.String, "site", nullable=True),
        Column("hours", pl.String, "horaires au format OSM opening_hours", nullable=True),
        Column("hours_text", pl.String, "horaires tels que publiés", nullable=True),
        Column(
            "services",
            pl.List(pl.String),
            "services, valeurs du standard mednum 1.0.2",
            nullable=True,
        ),
        Column(
            "situations", pl.List(pl.String), "situations-problèmes couvertes (vocab/situations)"
        ),
        Column("publics", pl.List(pl.String), "publics spécifiquement adressés", nullable=True),
        Column("access_modes", pl.List(pl.String), "modalités d’accès", nullable=True),
        Column("support_modes", pl.List(pl.String), "modalités d’accompagnement", nullable=True),
        Column("cost", pl.List(pl.String), "frais à charge", nullable=True),
        Column(
            "programmes", pl.List(pl.String), "dispositifs et programmes nationaux", nullable=True
        ),
        Column("itinerant", pl.Boolean, "lieu itinérant", nullable=True),
        Column("siret", pl.String, "SIRET ou RNA (pivot), nul si inconnu", nullable=True),
        Column("updated", pl.Date, "date de mise à jour déclarée", nullable=True),
        Column("source", pl.String, "source du lieu"),
    ),
    key=("id",),
)
"""Places that help. ``situations`` uses the codes information, equipement, aide, formation."""

KINDS = {table.name: table for table in (OBSERVATIONS, CROSSTAB, TERRITORIES, CONTOURS, PLACES)}
