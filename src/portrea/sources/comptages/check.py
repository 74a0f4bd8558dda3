"""What is wrong in a row of local counts, said in French."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from portrea.sources.hand_tables import code_fault, is_total
from portrea.territory.naming import normalise
from portrea.vocab.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterable

YEAR = r"^(19|20)\d\d$"
NEAREST = 3


def faults() -> list[pl.Expr]:
    """Return the faults of a row, each null when there is none (columns of ``to_portrea``)."""
    return [
        pl.when(is_total("niveau", "code", "variable")).then(
            pl.lit("ligne de total : retirez-la, Portrea additionne lui-même")
        ),
        _level_fault(),
        pl.when(~is_total("code")).then(code_fault("code")),
        _variable_fault(),
        _value_fault(),
        pl.when(~pl.col("millesime").str.contains(YEAR).fill_null(False)).then(
            pl.format("« {} » n’est pas une année sur quatre chiffres", _shown("millesime"))
        ),
        _repeated(),
    ]


def _shown(column: str) -> pl.Expr:
    return pl.col(column).fill_null("")


def _level_fault() -> pl.Expr:
    unknown = pl.col("level").is_null() & ~is_total("niveau")
    levels = "iris, commune, epci, departement, region, france, qpv"
    return pl.when(unknown).then(
        pl.format("« {} » n’est pas un niveau connu ({})", _shown("niveau"), pl.lit(levels))
    )


def _variable_fault() -> pl.Expr:
    return pl.when(pl.col("name").is_null() & ~is_total("variable")).then(
        pl.format("la variable « {} » est inconnue{}", _shown("variable"), pl.col("near"))
    )


def _value_fault() -> pl.Expr:
    """Tell notes among numbers, negative counts, shares above one, counts in per cent."""
    number, share = pl.col("number"), pl.col("unit") == "share"
    return (
        pl.when(pl.col("status").is_null())
        .then(pl.format("« {} » n’est pas un nombre (une note se met dans une autre colonne)",
                        _shown("valeur")))
        .when(number < 0)
        .then(pl.format("« {} » est négatif", _shown("valeur")))
        .when(share & (number > 1))
        .then(pl.format("une part s’écrit de 0 à 1 ou avec son signe : {} ou {} %",
                        _comma(number / 100), _comma(number)))
        .when(~share & pl.col("percent"))
        .then(pl.format("« {} » est un pourcentage, un effectif était attendu", _shown("valeur")))
    )  # fmt: skip


def _comma(number: pl.Expr) -> pl.Expr:
    text = number.round(4).cast(pl.String).str.replace(r"\.0$", "")
    return text.str.replace(".", ",", literal=True)


def _repeated() -> pl.Expr:
    """Two rows for the same zone, variable and year: neither is chosen."""
    key = ["level", "zone", "name", "millesime"]
    known = pl.all_horizontal(pl.col(key).is_not_null())
    lines = pl.col("line").cast(pl.String)
    # the other lines, told without this one
    others = lines.implode().over(key).list.set_difference(pl.concat_list(lines))
    return pl.when(known & (pl.len().over(key) > 1)).then(
        pl.format(
            "cette zone et cette variable figurent deux fois : voir aussi ligne {}",
            others.list.sort().list.join(", "),
        )
    )


# -- variables -------------------------------------------------------------------------------------


def known_variables(texts: Iterable[str]) -> pl.DataFrame:
    """Return ``variable`` as written, our ``name`` (null: unknown), its ``unit``, and ``near``."""
    rows = []
    for text in texts:
        name = _by_words().get(normalise(text))
        unit = variables()[name].unit if name else None
        rows.append((text, name, unit, "" if name else _near(text)))
    schema = dict.fromkeys(("variable", "name", "unit", "near"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


@cache
def _by_words() -> dict[str, str]:
    """Name or French label, without accent or case → name."""
    labels = {normalise(card.label): name for name, card in variables().items()}
    return labels | {normalise(name): name for name in variables()}


def _near(text: str) -> str:
    """Name the variables that share words with the text, or look like it."""
    asked = set(normalise(text).split())
    scores = {name: len(asked & set(words.split())) for words, name in _by_words().items()}
    best = sorted((n for n in scores if scores[n]), key=lambda n: -scores[n])[:NEAREST]
    found = best or get_close_matches(normalise(text), _by_words(), n=NEAREST, cutoff=0.5)
    names = list(dict.fromkeys(_by_words().get(item, item) for item in found))
    return f" ; les plus proches : {', '.join(names)}" if names else ""
