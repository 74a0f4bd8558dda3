"""Individual census file (FD_INDCVI): aggregated on the fly, never stored person by person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
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
NOT_STUDYING = ("2", "02", "2 ", " 2")
ONE_PERSON = ("1", "01", "1 ", " 1")
CELLS, CODES = 32, 64
"""Age bands × household, and diplomas, that a key leaves room for."""
BATCH = 1_000_000
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

    Canton, age band, household and diploma make one whole number, so that a batch is summed by
    counting into an array instead of comparing texts.
    """
    diploma = next(name for name in DIPLOMAS if name in peek.columns)
    size = find_column(peek.columns, SIZES)
    cantons, diplomas = (pl.Categorical(pl.Categories.random()) for _ in range(2))
    schema = people.collect_schema()

    def text(name: str) -> pl.Expr:
        return pl.col(name) if schema[name] == pl.String else pl.col(name).cast(pl.String)

    def number(name: str, kind: pl.Categorical) -> pl.Expr:
        return (text(name).cast(kind).to_physical().cast(pl.UInt32) + 1).fill_null(0)

    age = pl.col(str(find_column(peek.columns, AGES))).cast(pl.Int32, strict=False)
    band = (age.clip(upper_bound=LAST_AGE) // BAND).cast(pl.UInt32)
    alone = text(size).is_in(ONE_PERSON).fill_null(False) if size else pl.lit(False)
    cell = number("CANTVILLE", cantons) * CELLS + band * 2 + alone.cast(pl.UInt32)
    weight = pl.col("IPONDI")
    if schema["IPONDI"] == pl.String:
        weight = weight.str.replace(",", ".", literal=True).cast(pl.Float64)
    grown = people.filter((age >= 15) & text("ETUD").is_in(NOT_STUDYING))
    rank = number(diploma, diplomas).clip(upper_bound=CODES - 1)
    sums = _sum_by_key(grown.select(key=cell * CODES + rank, persons=weight.fill_null(0.0)))
    key = pl.col("key")
    groups = sums.select(
        code=_name(key // (CELLS * CODES), cantons),
        diploma=_name(key % CODES, diplomas),
        cell=(key // CODES % CELLS).cast(pl.Int32),
        persons="persons",
    )
    words = read_words(SOURCE_ID, DIPLOMAS[diploma])
    return _translated(groups, words, sized=size is not None)


def _sum_by_key(people: pl.LazyFrame) -> pl.DataFrame:
    """Sum ``persons`` by ``key``, a batch at a time, in the order of the file."""
    sums = np.zeros(0)
    for batch in people.collect_batches(chunk_size=BATCH, maintain_order=True, engine="streaming"):
        part = np.bincount(batch["key"].to_numpy(), batch["persons"].to_numpy())
        if len(part) > len(sums):
            sums = np.concatenate([sums, np.zeros(len(part) - len(sums))])
        sums[: len(part)] += part
    kept = np.flatnonzero(sums)
    return pl.DataFrame({"key": kept.astype(np.uint32), "persons": sums[kept]})


def _name(rank: pl.Expr, kind: pl.Categorical) -> pl.Expr:
    """Return the text of a category numbered from 1 (0: none)."""
    found = pl.when(rank > 0).then(rank - 1)
    return found.cast(pl.UInt32).cat.to(kind).cast(pl.String)


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
