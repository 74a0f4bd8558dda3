"""French titles of territories, and names reduced for searching."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import polars as pl

from portrea.territory.codes import Level, departement_of, read_table

_ARTICLES = (
    ("Le ", "du "),
    ("Les ", "des "),
    ("La ", "de La "),
    ("L’", "de L’"),
    ("Aux ", "d’Aux "),
)
_DEPARTEMENT_ARTICLES = {
    "0": "de ",
    "1": "d’",
    "2": "du ",
    "3": "de la ",
    "4": "des ",
    "5": "de l’",
}
_LIGATURES = {ord("œ"): "oe", ord("æ"): "ae", ord("ß"): "ss"}
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "s": "saint", "sts": "saints"}
_WORDS = re.compile("[a-z0-9]+")


def typographic(name: str) -> str:
    """Return an official name with the French apostrophe."""
    return name.replace("'", "’")


def of_commune(name: str, code: str = "") -> str:
    """Return « de » joined to a commune's name: « du Mans », « d’Ouessant », « de Haguenau »."""
    name = typographic(name)
    for article, joined in _ARTICLES:
        if name.startswith(article):
            return joined + name[len(article) :]
    first = normalise(name[:1])
    elided = first in set("aeiouy") or (first == "h" and code not in _aspirated())
    return f"d’{name}" if elided else f"de {name}"


def of_departement(name: str, code: str) -> str:
    """Return « de » joined to a departement's name: « de la Sarthe », « d’Ille-et-Vilaine »."""
    return _DEPARTEMENT_ARTICLES[_departement_articles().get(code, "0")] + typographic(name)


def title(level: Level, code: str, name: str, *, commune: str | None, commune_name: str) -> str:
    """Return the French label that stands alone in a page title.

    Parameters
    ----------
    commune, commune_name
        Code and name of the commune an IRIS belongs to (its own for a commune).
    """
    place = f"commune {of_commune(commune_name or name, commune or '')}"
    where = f" ({departement_of(commune)})" if commune else ""
    if level is Level.IRIS:
        owner = typographic(commune_name)
        short = typographic(name).removeprefix(f"{owner} – IRIS ")
        alone = code.endswith("0000")
        return f"{place}{where}, IRIS unique" if alone else f"IRIS {short}, {owner}{where}"
    plain = typographic(name)
    titles = {
        Level.COMMUNE: place + where,
        Level.DEPARTEMENT: f"département {of_departement(name, code)}",
        Level.REGION: f"région {plain}",
        Level.QPV: f"quartier prioritaire {plain}",
    }
    return titles.get(level, plain)


def normalise(name: str) -> str:
    """Reduce a name for searching: no accent, case, hyphen or apostrophe; « st » read « saint ».

    >>> normalise("St-Méen-le-Grand")
    'saint meen le grand'
    """
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LIGATURES))
    words = _WORDS.findall("".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)


def normalise_all(names: pl.Series) -> pl.Series:
    """Return :func:`normalise` for a column of names."""
    ligatures = {chr(letter): pair for letter, pair in _LIGATURES.items()}
    plain = names.str.to_lowercase().str.replace_many(ligatures).str.normalize("NFKD")
    words = plain.str.replace_all(r"\p{M}", "").str.replace_all("[^a-z0-9]+", " ")
    padded = pl.select(pl.format(" {} ", words.str.strip_chars())).to_series()
    for short, word in _ABBREVIATIONS.items():
        padded = padded.str.replace_all(f" {short} ", f" {word} ", literal=True)
    return padded.str.strip_chars().alias(names.name)


@cache
def _aspirated() -> frozenset[str]:
    return frozenset(row["code"] for row in read_table("communes_h_aspire.csv"))


@cache
def _departement_articles() -> dict[str, str]:
    return {row["code"]: row["tncc"] for row in read_table("departements.csv")}
