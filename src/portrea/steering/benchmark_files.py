"""Totals to which a computation is shifted: a named public set, or a user's own CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import DataError, ParameterError
from portrea.needs import load_parameters
from portrea.needs.benchmarking import TARGETS, check_targets, named_targets
from portrea.sources.hand_tables import (
    code_fault,
    find_roles,
    read_hand_table,
    refuse_rows,
    with_code,
    with_level,
    with_number,
)
from portrea.sources.peek import peek
from portrea.steering.settings import Benchmark
from portrea.territory.codes import Level

if TYPE_CHECKING:
    from portrea.sources.hand_tables import HandTable

ROLES = {
    "niveau": ("niveau", "échelon", "maille", "level"),
    "code": ("code", "code insee", "code zone", "code territoire", "codgeo"),
    "mesure": ("mesure", "measure", "indicateur"),
    "valeur": ("valeur", "value", "taux", "part", "effectif"),
    "unite": ("unité", "unite", "unit"),
    "source": ("source", "provenance", "producteur"),
    "millesime": ("millésime", "année", "vintage", "year"),
}
"""Role of a column → the words of a header that give it, whatever accents and case."""
OPTIONAL = ("unite",)
SHARES = r"(?i)^(%|part|parts|pour ?cent|pourcent(age)?|taux|share)$"
PERSONS = r"(?i)^(personnes?|effectifs?|persons?|habitants?|nombre)$"
BENCHMARKED = next(c.allowed for c in TARGETS.columns if c.name == "measure") or ()
"""Measures made of rates, hence that can be shifted."""
METROPOLE = "FM"
FINE = ("epci", "commune", "iris")
"""Levels at which a published estimate is itself a model: only in a user's own file, and said."""
LEAST_PERSONS = 100
"""A count below that, without a unit, is probably a rate whose sign was forgotten."""
REMEDY = (
    "Colonnes attendues : niveau ; code ; mesure ; valeur (« 17 % », 0,17 ou un nombre de"
    " personnes) ; unité (facultative) ; source ; millésime."
)


def find_benchmark(reference: str) -> Benchmark:
    """Return the named public set, or the totals of a user's CSV file.

    Raises
    ------
    ParameterError
        No set has this name and no file this path.
    DataError
        The file is refused, row by row.
    """
    parameters = load_parameters()
    sets = parameters.cards["benchmarks"]["sets"]
    if reference in sets:
        return Benchmark(reference, named_targets(reference, parameters))
    if Path(reference).suffix or Path(reference).exists():
        return read_targets(Path(reference))
    raise ParameterError(
        f"Le calage « {reference} » est inconnu.",
        remedy=f"Donnez un fichier CSV, ou l’un de ces noms : {', '.join(sets)}.",
    )


def read_targets(path: Path) -> Benchmark:
    """Read a user's file of totals; EPCI and finer are allowed, with a note."""
    item = peek(path)[0]
    roles = find_roles(item.columns, ROLES)
    absent = [role for role in ROLES if role not in roles and role not in OPTIONAL]
    if absent:
        raise DataError(
            f"Le fichier de calage {path.name} n’a pas de colonne {', '.join(absent)}.",
            remedy=REMEDY,
        )
    table = read_hand_table(item, roles)
    frame = _prepared(table)
    refuse_rows(table, frame, _faults(), path.name)
    targets = frame.select(
        "level",
        pl.col("zone").alias("code"),
        pl.col("measure"),
        pl.when("is_share").then("number").alias("share"),
        pl.when(~pl.col("is_share")).then("number").alias("persons"),
        "source",
        pl.col("millesime").alias("vintage"),
    )
    return Benchmark(path.name, check_targets(targets, where=path.name), _notes(targets))


def _prepared(table: HandTable) -> pl.DataFrame:
    frame = with_number(with_code(with_level(table.frame, "niveau", None), "code"), "valeur")
    metropole = (pl.col("level") == "france") & (pl.col("code").str.to_uppercase() == METROPOLE)
    frame = frame.with_columns(
        zone=pl.when(metropole).then(pl.lit(METROPOLE)).otherwise(pl.col("zone"))
    )
    if "unite" not in frame.columns:
        frame = frame.with_columns(unite=pl.lit(None, pl.String))
    in_percent = pl.col("unite").str.contains(r"%|(?i)pour ?cent").fill_null(False)
    number = pl.col("number")
    frame = frame.with_columns(
        measure=pl.col("mesure").str.to_lowercase(),
        number=pl.when(in_percent & ~pl.col("percent")).then(number / 100).otherwise(number),
    )
    told = pl.col("unite").str.contains(SHARES).fill_null(False)
    counted = pl.col("unite").str.contains(PERSONS).fill_null(False)
    is_share = told | pl.col("percent") | (~counted & (pl.col("number") < 1))
    doubtful = ~told & ~counted & ~pl.col("percent") & pl.col("number").is_between(1, LEAST_PERSONS)
    return frame.with_columns(is_share=is_share, doubtful=doubtful.fill_null(False))


def _faults() -> list[pl.Expr]:
    def shown(column: str) -> pl.Expr:
        return pl.col(column).fill_null("")

    number = pl.col("number")
    return [
        pl.when(pl.col("level").is_null()).then(
            pl.format("« {} » n’est pas un niveau connu", shown("niveau"))
        ),
        code_fault("code"),
        pl.when(~pl.col("measure").is_in(BENCHMARKED).fill_null(False)).then(
            pl.format(
                "la mesure « {} » ne se cale pas ; mesures : {}",
                shown("mesure"),
                pl.lit(", ".join(BENCHMARKED)),
            )
        ),
        pl.when(number.is_null())
        .then(pl.format("« {} » n’est pas un nombre", shown("valeur")))
        .when(number < 0)
        .then(pl.format("« {} » est négatif", shown("valeur")))
        .when(pl.col("is_share") & ~number.is_between(0, 1, closed="none"))
        .then(pl.format("« {} » n’est pas une part entre 0 et 100 %", shown("valeur")))
        .when("doubtful")
        .then(_which_unit()),
        *(
            pl.when(pl.col(column).is_null()).then(pl.lit(f"le {words} manque"))
            for column, words in (("source", "nom de la source"), ("millesime", "millésime"))
        ),
        _repeated(),
    ]


def _which_unit() -> pl.Expr:
    plain = pl.col("number").cast(pl.String).str.replace(r"\.0$", "")
    share = (pl.col("number") / 100).round(4).cast(pl.String)
    texts = (plain.str.replace(".", ",", literal=True), share.str.replace(".", ",", literal=True))
    return pl.format(
        "part ou personnes ? écrivez « {} % » ou {}, ou ajoutez une colonne « unité »", *texts
    )


def _repeated() -> pl.Expr:
    key = ["level", "zone", "measure"]
    known = pl.all_horizontal(pl.col(key).is_not_null())
    line = pl.col("line").cast(pl.String)
    others = line.implode().over(key).list.set_difference(pl.concat_list(line))
    return pl.when(known & (pl.len().over(key) > 1)).then(
        pl.format("cette zone figure deux fois : voir aussi ligne {}", others.list.join(", "))
    )


def _notes(targets: pl.DataFrame) -> tuple[str, ...]:
    found = targets["level"].unique().to_list()
    return tuple(
        f"Calage au niveau {Level(level).label} : une estimation publiée si finement est elle-même"
        " un modèle. Nos chiffres n’en seront plus indépendants et ne pourront plus lui être"
        " comparés."
        for level in FINE
        if level in found
    )
