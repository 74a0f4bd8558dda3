"""The tables of needs and of access: one row per area, nothing finer than what pages show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.needs.tables import BOUNDS_ONLY, UNITS
from portrea.steering.catalogue.entries import Variable
from portrea.steering.catalogue.rounding import shown_counts, shown_people, shown_shares
from portrea.steering.display import DASH, rule
from portrea.steering.measures import SHOWN, words
from portrea.steering.reading import ANY_PLACE
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.reading import Reader

PARENTS = ("commune", "epci", "departement", "region")
COUNTS, SHARES = ("n", "n_low", "n_high"), ("share", "share_low", "share_high")
STATUSES = {
    "ok": "nombre publié",
    "bounds": "seules des bornes sont connues",
    "hidden": "non publié (secret statistique)",
    "unavailable": "non disponible",
}
SECRECY = "Vide pour un petit IRIS, et pour ceux qui le feraient retrouver par différence."
SITUATIONS = (ANY_PLACE, *(one.value for one in Situation))


def area_variables() -> list[Variable]:
    """Return the columns that name an area."""
    return [
        Variable("level", "Niveau", "string", "Niveau géographique.", required=True),
        Variable("code", "Code", "string", "Code officiel (Insee ; SIREN d’un EPCI).",
                 required=True),
        Variable("name", "Nom", "string", "Nom de la zone.", required=True),
        *(Variable(name, label, "string", f"Code de ce qui contient la zone : {label}.")
          for name, label in zip(PARENTS, ("Commune", "EPCI", "Département", "Région"),
                                 strict=True)),
    ]  # fmt: skip


# -- needs ----------------------------------------------------------------------------------------


def needs_variables() -> list[Variable]:
    """Return the columns of a table of needs."""
    return [*area_variables(), *(one for name in SHOWN for one in _of_measure(name))]


def _of_measure(name: str) -> list[Variable]:
    said = words(name)
    unit = "personnes" if UNITS[name] == "persons" else "déclarations par an"
    ends = ("estimation centrale", "borne basse, 95 %", "borne haute, 95 %")
    counts = [
        Variable(f"{name}_{field}", f"{said.label}{DASH}{end}", "integer",
                 f"{said.definition} {end.capitalize()}, arrondie.", unit, SECRECY, low=0)
        for field, end in zip(COUNTS, ends, strict=True)
        if field != "n" or name not in BOUNDS_ONLY
    ]  # fmt: skip
    shares = [
        Variable(f"{name}_{field}", f"{said.label}{DASH}part, {end}", "number",
                 f"Part de {said.universe}, {end}.", "part (0 à 1)", SECRECY, low=0, high=1)
        for field, end in zip(SHARES, ends, strict=True)
        if UNITS[name] == "persons" and (field != "share" or name not in BOUNDS_ONLY)
    ]  # fmt: skip
    return [
        Variable(f"{name}_population", f"{said.label}{DASH}population", "integer",
                 f"Personnes parmi lesquelles on compte : {said.universe}.", "personnes", SECRECY,
                 low=0),
        *counts,
        *shares,
        Variable(f"{name}_quality", f"{said.label}{DASH}qualité", "string",
                 "De A (mesuré) à D (fragile) ; N : non disponible ou non publié.",
                 allowed=("A", "B", "C", "D", "N")),
        Variable(f"{name}_status", f"{said.label}{DASH}état", "string",
                 "Ce qui est publié : " + " ; ".join(f"{k} = {v}" for k, v in STATUSES.items())
                 + ".", allowed=tuple(STATUSES)),
    ]  # fmt: skip


def needs_table(reader: Reader, levels: Sequence[str]) -> pl.DataFrame:
    """Return the published needs of every area of some levels that has any."""
    return pl.concat([_needs(reader, level) for level in levels])


def _needs(reader: Reader, level: str) -> pl.DataFrame:
    estimates = reader.estimates(level)
    told = _areas(reader, level)
    for name in SHOWN:
        rows = estimates.filter(pl.col("measure") == name)
        told = told.join(_measured(rows, name, level), on="code", how="left", maintain_order="left")
    told = told.with_columns(
        *(pl.col(f"{name}_status").fill_null("unavailable") for name in SHOWN),
        *(pl.col(f"{name}_quality").fill_null("N") for name in SHOWN),
    )
    some = pl.any_horizontal(pl.col(f"{name}_status") != "unavailable" for name in SHOWN)
    return told.filter(some).select(variable.name for variable in needs_variables())


def _areas(reader: Reader, level: str) -> pl.DataFrame:
    rows = reader.snapshot.territories.filter(pl.col("level") == level).sort("code")
    return rows.select("level", "code", "name", *PARENTS)


def _measured(rows: pl.DataFrame, name: str, level: str) -> pl.DataFrame:
    shown = (rows["quality"] != "N") & rows["n_low"].is_not_null()
    numbers = {field: _array(rows, field, shown) for field in ("population", *COUNTS, *SHARES)}
    counts = shown_counts(*(numbers[field] for field in COUNTS), iris=level == "iris")
    shares = shown_shares(*(numbers[field] for field in SHARES))
    withheld = rows["withheld"].fill_null(value=False)
    frame = pl.DataFrame(
        {
            "code": rows["code"],
            f"{name}_population": shown_people(numbers["population"]),
            **{f"{name}_{f}": c for f, c in zip(COUNTS, counts, strict=True)},
            **{f"{name}_{f}": s for f, s in zip(SHARES, shares, strict=True)},
            f"{name}_quality": rows["quality"],
            "shown": shown,
            "withheld": withheld,
        }
    )
    floats = pl.col(pl.Float64).fill_nan(None)
    whole = pl.col(f"{name}_population", *(f"{name}_{field}" for field in COUNTS)).cast(pl.Int64)
    status = (
        pl.when(pl.col("withheld")).then(pl.lit("hidden"))
        .when(~pl.col("shown")).then(pl.lit("unavailable"))
        .when(pl.col(f"{name}_n").is_null()).then(pl.lit("bounds"))
        .otherwise(pl.lit("ok"))
    )  # fmt: skip
    told = frame.with_columns(floats).with_columns(whole, status.alias(f"{name}_status"))
    return told.drop("shown", "withheld")


def _array(rows: pl.DataFrame, field: str, shown: pl.Series) -> np.ndarray:
    values = rows[field].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return np.where(shown.to_numpy(), values, np.nan)


# -- access ---------------------------------------------------------------------------------------


def access_variables() -> list[Variable]:
    """Return the columns of a table of access."""
    return [*area_variables(), *(one for name in SITUATIONS for one in _of_situation(name))]


def _of_situation(name: str) -> list[Variable]:
    what = "un lieu d’aide, quel qu’il soit" if name == ANY_PLACE else Situation(name).label.lower()
    hidden = "Vide où cela dirait le nombre d’un petit IRIS."
    return [
        Variable(f"{name}_minutes", f"{what}{DASH}minutes", "integer",
                 "Temps en voiture jusqu’au lieu le plus proche, moyenne pondérée.", "minutes",
                 low=0),
        Variable(f"{name}_places_20", f"{what}{DASH}lieux à 20 minutes", "number",
                 "Lieux à moins de 20 minutes, moyenne pondérée.", "lieux", low=0),
        Variable(f"{name}_share_beyond_20", f"{what}{DASH}part à plus de 20 minutes", "number",
                 "Part des personnes concernées à plus de 20 minutes.", "part (0 à 1)", hidden,
                 low=0, high=1),
        Variable(f"{name}_persons_beyond_20", f"{what}{DASH}personnes à plus de 20 minutes",
                 "integer", "Personnes concernées à plus de 20 minutes, arrondies à la dizaine.",
                 "personnes", hidden, low=0),
    ]  # fmt: skip


def access_table(reader: Reader, levels: Sequence[str]) -> pl.DataFrame:
    """Return the published access of every area of some levels that has any."""
    return pl.concat([_access(reader, level) for level in levels])


def _access(reader: Reader, level: str) -> pl.DataFrame:
    reach, told, base = reader.reach(level), _areas(reader, level), rule("base_other")
    for name in SITUATIONS:
        rows = reach.filter(pl.col("situation") == name).select(
            "code",
            pl.col("nearest_minutes").round(0).cast(pl.Int64).alias(f"{name}_minutes"),
            pl.col("places_within_20").round(1).alias(f"{name}_places_20"),
            pl.col("share_beyond_20").round(2).alias(f"{name}_share_beyond_20"),
            (pl.col("persons_beyond_20") / base)
            .round()
            .cast(pl.Int64)
            .mul(base)
            .alias(f"{name}_persons_beyond_20"),
        )
        told = told.join(rows, on="code", how="left", maintain_order="left")
    some = pl.any_horizontal(pl.col(f"{name}_minutes").is_not_null() for name in SITUATIONS)
    return told.filter(some).select(variable.name for variable in access_variables())
