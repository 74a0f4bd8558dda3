"""Individual census file (FD_INDCVI): aggregated on the fly, never stored person by person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError
from portrea.sources.cards import card
from portrea.sources.figures import find_column, read_words
from portrea.sources.reading import unpacked
from portrea.sources.source import Loaded
from portrea.sources.vintages import vintage_of_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from portrea.sources.source import Peek

SOURCE_ID = "insee_recensement"
AGES = ("AGED", "AGEREV", "AGEREVQ")
DIPLOMAS = {"DIPL": "dipl_individus", "DIPL_15": "dipl_15"}
SIZES = ("INPER", "NPERR")
LAST_AGE = 75
BAND = 5
NOT_STUDYING = "2"
ONE_PERSON = ("1", "01", "1 ", " 1")
CANTON_WIDTH = 2
"""Characters of a canton-ou-ville code after those of its département."""


def sureness(peek: Peek) -> float:
    """Return 1 for a header with weight, canton-ou-ville, age, diploma and studies."""
    columns = set(peek.columns)
    needed = {"CANTVILLE", "IPONDI", "ETUD"} <= columns
    return 1.0 if needed and columns & set(AGES) and columns & set(DIPLOMAS) else 0.0


def load(peek: Peek) -> list[Loaded]:
    """Sum the weights by canton-ou-ville, age, diploma and household, in streaming.

    The universe is that of FOR2: 15 or more, out of studies (``ETUD`` = 2).
    """
    vintage, notes = vintage_of_name(peek)
    with unpacked(peek.path, peek.member) as plain:
        table = _aggregate(_scan(peek, plain), peek)
    strange = table.filter(pl.col("diploma").is_null())
    if strange.height:
        raise DataError(
            f"Le fichier {peek.name} contient des codes de diplôme inconnus pour des personnes de"
            " 15 ans ou plus sorties des études.",
            remedy="Codes connus : DIPL 01 à 03 et 11 à 19, ou DIPL_15 A à D.",
        )
    departements = table["departement"].unique().sort()
    mark = "+".join(departements) if departements.len() <= 5 else f"{departements.len()}dep"
    part = "individus" if departements.len() >= 90 else f"individus-{mark}"
    cells = table.drop("departement").sort("code", "age", "diploma", "household")
    return [Loaded(card("insee-rp-indcvi", vintage), {"crosstab": cells}, part, notes)]


def _scan(peek: Peek, plain: Path) -> pl.LazyFrame:
    """Read the few columns needed, lazily: a parquet file may hold numbers, a csv file texts."""
    if peek.container == "parquet":
        return pl.scan_parquet(plain)
    return pl.scan_csv(plain, separator=peek.separator, infer_schema=False)


def _aggregate(people: pl.LazyFrame, peek: Peek) -> pl.DataFrame:
    """Sum the weights in streaming by the producer's own codes, then translate the few groups.

    Few and short keys make it fast: canton, diploma, and one number for age band and household.
    """
    diploma = next(name for name in DIPLOMAS if name in peek.columns)
    size = find_column(peek.columns, SIZES)
    schema = people.collect_schema()

    def text(name: str) -> pl.Expr:
        return pl.col(name) if schema[name] == pl.String else pl.col(name).cast(pl.String)

    age = pl.col(str(find_column(peek.columns, AGES))).cast(pl.Int32, strict=False)
    band = pl.min_horizontal(age // BAND, pl.lit(LAST_AGE // BAND, pl.Int32))
    alone = text(size).is_in(ONE_PERSON).fill_null(False) if size else pl.lit(False)
    weight = pl.col("IPONDI")
    if schema["IPONDI"] == pl.String:
        weight = weight.str.replace(",", ".", literal=True).cast(pl.Float64)
    groups = (
        people.filter((age >= 15) & text("ETUD").str.contains(NOT_STUDYING, literal=True))
        .select(
            code=text("CANTVILLE"),
            diploma=text(diploma),
            cell=band * 2 + alone.cast(pl.Int32),
            persons=weight,
        )
        .group_by("code", "diploma", "cell")
        .agg(pl.col("persons").sum())
        .collect(engine="streaming")
    )
    words = read_words(SOURCE_ID, DIPLOMAS[diploma])
    return _translated(groups, words, sized=size is not None)


def _translated(groups: pl.DataFrame, words: Mapping[str, str], *, sized: bool) -> pl.DataFrame:
    """Name ages, diplomas and households; add the groups that become the same."""
    first = pl.col("cell") // 2 * BAND
    household = pl.when(pl.col("cell") % 2 == 1).then(pl.lit("alone")).otherwise(pl.lit("other"))
    code = pl.col("code").str.strip_chars()
    keys = ["level", "code", "departement", "age", "diploma", "household"]
    named = groups.select(
        level=pl.lit("canton_ou_ville"),
        code=code,
        departement=code.str.head(-CANTON_WIDTH),
        age=pl.when(first == LAST_AGE)
        .then(pl.lit(f"{LAST_AGE}+"))
        .otherwise(pl.format("{}-{}", first, first + BAND - 1)),
        diploma=pl.col("diploma")
        .str.strip_chars()
        .replace_strict(words, default=None, return_dtype=pl.String),
        household=household if sized else pl.lit("any"),
        persons="persons",
    )
    return named.group_by(keys).agg(pl.col("persons").sum())
