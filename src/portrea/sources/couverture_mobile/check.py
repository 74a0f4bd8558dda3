"""What is wrong in a row of zones blanches and grises, said in French."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.sources.hand_tables import code_fault, is_total

if TYPE_CHECKING:
    from collections.abc import Sequence

YEAR = r"^(19|20)\d\d$"
WHOLE = 1 + 1e-6


def faults(figures: Sequence[str]) -> list[pl.Expr]:
    """Return the faults of a row, each null when there is none."""
    twice = pl.len().over("zone", "millesime") > 1
    year = pl.col("millesime").fill_null("")
    return [
        pl.when(is_total("code")).then(pl.lit("ligne de total : retirez-la")),
        pl.when(~is_total("code")).then(code_fault("code")),
        pl.when(~year.str.contains(YEAR)).then(
            pl.format("« {} » n’est pas une année sur quatre chiffres", year)
        ),
        pl.when(pl.col("zone").is_not_null() & twice).then(
            pl.lit("cette commune figure deux fois pour la même année")
        ),
        *(_share(name) for name in figures),
        *(_beyond(of, figures) for of in ("population", "area")),
    ]


def _share(name: str) -> pl.Expr:
    value, written = pl.col(f"{name}_value"), pl.col(name).fill_null("")
    return (
        pl.when(pl.col(f"{name}_status").is_null())
        .then(pl.format("« {} » n’est pas un nombre", written))
        .when(value < 0)
        .then(pl.format("« {} » est négatif", written))
        .when(value > WHOLE)
        .then(
            pl.format(
                "une part s’écrit de 0 à 1 ou avec son signe : {} ou {} %",
                _comma(value / 100),
                _comma(value),
            )
        )
    )


def _beyond(of: str, figures: Sequence[str]) -> pl.Expr:
    """Tell a commune whose zones make more than the whole."""
    pair = [f"mobile_{zone}_{of}" for zone in ("white", "grey")]
    if not set(pair) <= set(figures):
        return pl.lit(None, dtype=pl.String)
    values = [pl.col(f"{name}_value") for name in pair]
    each = pl.all_horizontal(value <= WHOLE for value in values)
    return pl.when(each & (pl.sum_horizontal(values) > WHOLE)).then(
        pl.lit("zone blanche et zone grise dépassent 100 % à elles deux")
    )


def _comma(number: pl.Expr) -> pl.Expr:
    text = number.round(4).cast(pl.String).str.replace(r"\.0$", "")
    return text.str.replace(".", ",", literal=True)
