"""Official geographic codes, with their traps: Corse, overseas, arrondissements, SIREN and IRIS."""

from __future__ import annotations

import csv
import re
from enum import StrEnum
from functools import cache
from importlib.resources import files

import polars as pl

from portrea.base.errors import TerritoryError


class Level(StrEnum):
    """Geographic levels, from the smallest to the largest, then the overlay ``QPV``."""

    IRIS = "iris"
    COMMUNE = "commune"
    EPCI = "epci"
    DEPARTEMENT = "departement"
    REGION = "region"
    FRANCE = "france"
    QPV = "qpv"

    @property
    def label(self) -> str:
        """French name of the level, singular."""
        return _LABELS[self][0]

    @property
    def plural(self) -> str:
        """French name of the level, plural."""
        return _LABELS[self][1]


_LABELS = {
    Level.IRIS: ("IRIS", "IRIS"),
    Level.COMMUNE: ("commune", "communes"),
    Level.EPCI: ("intercommunalité", "intercommunalités"),
    Level.DEPARTEMENT: ("département", "départements"),
    Level.REGION: ("région", "régions"),
    Level.FRANCE: ("France", "France"),
    Level.QPV: ("quartier prioritaire", "quartiers prioritaires"),
}

ARRONDISSEMENTS = {
    **{str(code): "75056" for code in range(75101, 75121)},
    **{str(code): "69123" for code in range(69381, 69390)},
    **{str(code): "13055" for code in range(13201, 13217)},
}
"""Municipal arrondissement → commune: Paris, Lyon, Marseille."""

_OVERSEAS = "(?:97[1-8]|98[46789])"
_MAINLAND = "(?:0[1-9]|1[0-9]|2[1-9]|2[AB]|[3-8][0-9]|9[0-5])"
_RANK = {
    2: "(?:0[1-9]|[1-9][0-9])",
    3: "(?:00[1-9]|0[1-9][0-9]|[1-9][0-9][0-9])",
}
"""Number of a commune in its departement: never zero."""
_COMMUNE = f"(?:{_MAINLAND}{_RANK[3]}|{_OVERSEAS}{_RANK[2]})"
_TEXTS = {
    Level.IRIS: _COMMUNE + "[0-9]{4}",
    Level.COMMUNE: _COMMUNE,
    Level.EPCI: "2[0-9]{8}",
    Level.DEPARTEMENT: f"{_MAINLAND}|{_OVERSEAS}",
    Level.REGION: "0[12346]|11|2[478]|32|44|5[23]|7[56]|84|9[34]|97[578]|98[46789]",
    Level.FRANCE: "FR",
    Level.QPV: "Q[PN][0-9A-Z]{6}",
}
"""Without look-ahead, so that Python and polars read them alike."""
_PATTERNS = {level: re.compile(text) for level, text in _TEXTS.items()}


def valid(level: Level | str, code: str) -> bool:
    """Tell whether ``code`` is well formed for ``level`` (not whether it exists today).

    Notes
    -----
    A SIREN of EPCI and an IRIS code both have nine characters, and some are well formed for both
    levels (``243500618`` could be an IRIS of a commune 24350): only the list of known territories
    tells them apart.
    """
    return _PATTERNS[Level(level)].fullmatch(code) is not None


def well_formed(level: pl.Expr, code: pl.Expr) -> pl.Expr:
    """Return :func:`valid` for polars columns of levels and codes (an unknown level: false)."""
    every = "|".join(f"{level.value}:(?:{text})" for level, text in _TEXTS.items())
    return pl.concat_str(level, code, separator=":").str.contains(f"^(?:{every})$")


def departement_of(commune: str) -> str:
    """Return the departement of a commune: three characters overseas, two elsewhere."""
    return commune[:3] if commune.startswith(("97", "98")) else commune[:2]


def commune_of_arrondissement(code: str) -> str:
    """Return the commune of a municipal arrondissement; any other code is returned unchanged."""
    return ARRONDISSEMENTS.get(code, code)


def commune_of_iris(iris: str) -> str:
    """Return the commune of an IRIS, in the vintage of the IRIS (arrondissement → commune)."""
    return commune_of_arrondissement(iris[:5])


def departement_expr(commune: pl.Expr) -> pl.Expr:
    """Return :func:`departement_of` for a polars column of commune codes."""
    overseas = commune.str.head(2).is_in(["97", "98"])
    return pl.when(overseas).then(commune.str.head(3)).otherwise(commune.str.head(2))


def commune_expr(code: pl.Expr) -> pl.Expr:
    """Return :func:`commune_of_arrondissement` for a polars column of commune codes."""
    return code.replace(ARRONDISSEMENTS)


@cache
def read_table(name: str) -> tuple[dict[str, str], ...]:
    """Read one of the package's own code tables (``data/*.csv``, comment lines skipped)."""
    text = files("portrea.territory").joinpath("data", name).read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(csv.DictReader(lines))


@cache
def departement_regions() -> dict[str, str]:
    """Return departement → region, collectivities of overseas included (their own code)."""
    return {row["code"]: row["region"] for row in read_table("departements.csv")}


def departements_written(text: str) -> frozenset[str]:
    """Return the departements that a person wrote, separated by commas.

    Raises
    ------
    TerritoryError
        One is not a code of departement.
    """
    codes = frozenset(code.strip().upper() for code in text.split(",") if code.strip())
    unknown = sorted(codes - set(departement_regions()))
    if unknown:
        raise TerritoryError(
            f"Département inconnu : {', '.join(unknown)}.",
            remedy="Écrivez des codes de département séparés par des virgules : 22,2A,974.",
        )
    return codes


@cache
def official_names(level: Level) -> dict[str, str]:
    """Return code → official name in 2026 for departements and regions."""
    table = {Level.DEPARTEMENT: "departements.csv", Level.REGION: "regions.csv"}[level]
    return {row["code"]: row["name"] for row in read_table(table)}


@cache
def arrondissement_points() -> dict[str, tuple[float, float, float]]:
    """Return longitude, latitude and area (km²) of the arrondissements of the three cities."""
    return {
        row["code"]: (float(row["longitude"]), float(row["latitude"]), float(row["area_km2"]))
        for row in read_table("arrondissements.csv")
    }
