"""How complete and how fresh the card of a place is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.offer.parameters import OfferParameters, load_parameters

if TYPE_CHECKING:
    from datetime import date

FRESHNESS_LABELS = {
    "recent": "à jour",
    "to_check": "à vérifier",
    "old": "ancienne",
    "unknown": "sans date",
}


def has_position() -> pl.Expr:
    """Tell whether the place has a position of its own."""
    return pl.col("longitude").is_not_null() & pl.col("latitude").is_not_null()


def has_address() -> pl.Expr:
    """Tell whether the place has an address."""
    return pl.col("address").is_not_null()


def has_hours() -> pl.Expr:
    """Tell whether its opening hours can be read by a machine."""
    return pl.col("hours").is_not_null()


def has_contact() -> pl.Expr:
    """Tell whether one can call it, write to it or see its site."""
    return pl.any_horizontal(pl.col("phone", "email", "website").is_not_null())


def has_services() -> pl.Expr:
    """Tell whether it says what it offers."""
    return pl.col("services").list.len().fill_null(0) > 0


def has_access() -> pl.Expr:
    """Tell whether it says how to come."""
    return pl.col("access_modes").list.len().fill_null(0) > 0


def has_date() -> pl.Expr:
    """Tell whether the card is dated."""
    return pl.col("updated").is_not_null()


def has_kind() -> pl.Expr:
    """Tell whether the kind of place is known."""
    return pl.col("kind").is_not_null()


CRITERIA = {
    "position": has_position,
    "adresse": has_address,
    "horaires": has_hours,
    "contact": has_contact,
    "services": has_services,
    "modalités d’accès": has_access,
    "date": has_date,
    "type": has_kind,
}
"""French name of each criterion, one function each, all of the same weight."""


def completeness(places: pl.DataFrame) -> pl.Series:
    """Return the share of criteria met by each place, in [0, 1]."""
    met = [criterion().cast(pl.Float64) for criterion in CRITERIA.values()]
    return places.select(completeness=pl.mean_horizontal(met))["completeness"]


def freshness(
    places: pl.DataFrame, *, on: date, parameters: OfferParameters | None = None
) -> pl.Series:
    """Return the freshness tier of each card at a date: recent, to_check, old, unknown."""
    parameters = parameters or load_parameters()
    age = (pl.lit(on) - pl.col("updated")).dt.total_days()
    tier = (
        pl.when(age.is_null())
        .then(pl.lit("unknown"))
        .when(age <= parameters.recent_days)
        .then(pl.lit("recent"))
        .when(age <= parameters.to_check_days)
        .then(pl.lit("to_check"))
        .otherwise(pl.lit("old"))
    )
    return places.select(freshness=tier)["freshness"]
