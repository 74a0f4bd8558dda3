"""What may be shown of a model's result: rounding and merging of small or special areas."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class DisplayRules:
    """Display rules [HYP]: rounding bases in persons, smallest area, kinds of IRIS never shown."""

    iris_base: int = 5
    other_base: int = 10
    least_persons: int = 200
    hidden_kinds: tuple[str, ...] = ("A", "D")


DEFAULT_RULES = DisplayRules()


def round_for_display(
    values: pl.Expr, level: pl.Expr, *, rules: DisplayRules = DEFAULT_RULES
) -> pl.Expr:
    """Round counts of persons to the base of their level (5 for an IRIS, 10 above)."""
    base = pl.when(level == "iris").then(float(rules.iris_base)).otherwise(float(rules.other_base))
    return (values / base).round() * base


def hidden(
    level: pl.Expr, kind: pl.Expr, persons: pl.Expr, *, rules: DisplayRules = DEFAULT_RULES
) -> pl.Expr:
    """Say whether an area must be shown merged in its commune: small IRIS, or of a hidden kind."""
    small = persons.fill_null(0) < rules.least_persons
    special = kind.is_in(list(rules.hidden_kinds)).fill_null(False)
    return (level == "iris") & (small | special)
