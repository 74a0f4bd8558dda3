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
    from pathlib import Path

    from portrea.sources.source import Peek

SOURCE_ID = "insee_recensement"
AGES = ("AGED", "AGEREV", "AGEREVQ")
DIPLOMAS = {"DIPL": "dipl_individus", "DIPL_15": "dipl_15"}
SIZES = ("INPER", "NPERR")
LAST_AGE = 75
NOT_STUDYING = "2"


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
    if peek.container == "parquet":
        return pl.scan_parquet(plain).select(pl.all().cast(pl.String))
    return pl.scan_csv(plain, separator=peek.separator, infer_schema=False)


def _aggregate(people: pl.LazyFrame, peek: Peek) -> pl.DataFrame:
    diploma = next(name for name in DIPLOMAS if name in peek.columns)
    words = read_words(SOURCE_ID, DIPLOMAS[diploma])
    age = pl.col(str(find_column(peek.columns, AGES))).cast(pl.Int64, strict=False)
    band = age // 5 * 5
    label = pl.when(age >= LAST_AGE).then(pl.lit(f"{LAST_AGE}+"))
    size = find_column(peek.columns, SIZES)
    alone = pl.col(size).str.strip_chars_start("0") == "1" if size else None
    household = (
        pl.lit("any")
        if alone is None
        else pl.when(alone.fill_null(False)).then(pl.lit("alone")).otherwise(pl.lit("other"))
    )
    return (
        people.filter((age >= 15) & (pl.col("ETUD").str.strip_chars() == NOT_STUDYING))
        .select(
            level=pl.lit("canton_ou_ville"),
            code=pl.col("CANTVILLE").str.strip_chars(),
            departement=_departement(peek),
            age=label.otherwise(pl.format("{}-{}", band, band + 4)),
            diploma=pl.col(diploma).replace_strict(words, default=None),
            household=household,
            persons=pl.col("IPONDI").str.replace(",", ".", literal=True).cast(pl.Float64),
        )
        .group_by("level", "code", "departement", "age", "diploma", "household")
        .agg(pl.col("persons").sum())
        .collect(engine="streaming")
    )


def _departement(peek: Peek) -> pl.Expr:
    if "DEPT" in peek.columns:
        return pl.col("DEPT").str.strip_chars()
    return pl.col("CANTVILLE").str.strip_chars().str.head(2)
