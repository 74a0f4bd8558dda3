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
    """Read the few columns needed, lazily: a parquet file may hold numbers, a csv file texts."""
    if peek.container == "parquet":
        return pl.scan_parquet(plain)
    return pl.scan_csv(plain, separator=peek.separator, infer_schema=False)


def _aggregate(people: pl.LazyFrame, peek: Peek) -> pl.DataFrame:
    """Sum the weights in streaming by the producer's own codes, then translate the few groups."""
    diploma = next(name for name in DIPLOMAS if name in peek.columns)
    words = read_words(SOURCE_ID, DIPLOMAS[diploma])
    age = pl.col(str(find_column(peek.columns, AGES))).cast(pl.Int32, strict=False)
    size = find_column(peek.columns, SIZES)
    alone = _text(size).str.strip_chars_start("0") == "1" if size else pl.lit(None, pl.Boolean)
    weight = pl.col("IPONDI")
    if people.collect_schema()["IPONDI"] == pl.String:
        weight = weight.str.replace(",", ".", literal=True).cast(pl.Float64)
    groups = (
        people.filter((age >= 15) & (_text("ETUD") == NOT_STUDYING))
        .select(
            code=pl.col("CANTVILLE"),
            departement=pl.col("DEPT" if "DEPT" in peek.columns else "CANTVILLE"),
            band=pl.min_horizontal(age // 5 * 5, pl.lit(LAST_AGE, pl.Int32)),
            diploma=pl.col(diploma),
            alone=alone.fill_null(False) if size else alone,
            persons=weight,
        )
        .group_by("code", "departement", "band", "diploma", "alone")
        .agg(pl.col("persons").sum())
        .collect(engine="streaming")
    )
    return _translated(groups, words, "DEPT" in peek.columns)


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).str.strip_chars()


def _translated(
    groups: pl.DataFrame, words: Mapping[str, str], has_departement: bool
) -> pl.DataFrame:
    """Name ages, diplomas and households; add the groups that become the same."""
    last = pl.col("band") == LAST_AGE
    household = pl.when("alone").then(pl.lit("alone")).otherwise(pl.lit("other"))
    departement = _text("departement")
    keys = ["level", "code", "departement", "age", "diploma", "household"]
    named = groups.select(
        level=pl.lit("canton_ou_ville"),
        code=_text("code"),
        departement=departement if has_departement else departement.str.head(2),
        age=pl.when(last)
        .then(pl.lit(f"{LAST_AGE}+"))
        .otherwise(pl.format("{}-{}", "band", pl.col("band") + 4)),
        diploma=_text("diploma").replace_strict(words, default=None, return_dtype=pl.String),
        household=pl.when(pl.col("alone").is_null()).then(pl.lit("any")).otherwise(household),
        persons="persons",
    )
    return named.group_by(keys).agg(pl.col("persons").sum())
