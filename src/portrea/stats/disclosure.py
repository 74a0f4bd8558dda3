"""What may be shown of a model's result: rounding and merging of small or special areas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from portrea.base.errors import SecrecyError

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDER = ("iris", "commune", "epci", "departement", "region", "france")
"""Levels from the finest to the widest; a quarter (QPV) counts as an IRIS."""
OVERLAYS = {"qpv": "iris", "selection": "france"}


@cache
def parameters() -> dict[str, Any]:
    """Read the declared rules (``params/disclosure.yaml``): name → card."""
    text = (files("portrea.stats") / "params/disclosure.yaml").read_text("utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    return raw


def rule(name: str) -> Any:
    """Return the value of one declared rule."""
    return parameters()[name]["value"]


@dataclass(frozen=True, slots=True)
class DisplayRules:
    """Display rules [HYP]: rounding bases in persons, smallest area, kinds of IRIS never shown.

    ``rest_parts`` and ``rest_persons`` are what the hidden IRIS of a commune must be together.
    """

    iris_base: int
    other_base: int
    least_persons: int
    hidden_kinds: tuple[str, ...]
    rest_parts: int
    rest_persons: int


DEFAULT_RULES = DisplayRules(
    iris_base=rule("base_iris"),
    other_base=rule("base_other"),
    least_persons=rule("hidden_below"),
    hidden_kinds=tuple(rule("hidden_iris_kinds")),
    rest_parts=rule("rest_parts"),
    rest_persons=rule("rest_persons"),
)


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


def withheld(parts: pl.DataFrame, *, rules: DisplayRules = DEFAULT_RULES) -> pl.DataFrame:
    """Choose the IRIS that are not shown, so that none is found by subtraction from its commune.

    Parameters
    ----------
    parts
        One row per IRIS: ``code``, ``commune`` (null: unknown), ``kind`` and ``persons`` (of 15+).

    Returns
    -------
    DataFrame
        The same rows with ``primary`` (hidden for its own sake), ``hidden`` and ``rest`` (persons
        of all the hidden IRIS of the commune).

    Notes
    -----
    Anybody may subtract the IRIS shown from their commune. The rest must be at least ``rest_parts``
    inhabited IRIS and ``rest_persons`` persons: until it is, the smallest IRIS still shown (the
    first by code, if equal) is hidden too. An uninhabited IRIS betrays nobody. Rounding is not
    counted as a protection: whoever knows every shown number exactly still bounds a hidden IRIS by
    no less than ``[0, rest]``. An IRIS alone in its commune is that commune, which is shown.
    """
    primary = hidden(pl.lit("iris"), pl.col("kind"), pl.col("persons"), rules=rules)
    peopled = pl.col("persons").is_null() | (pl.col("persons") > 0)
    known = parts.with_row_index("_row").with_columns(
        primary.alias("primary"), peopled.alias("_peopled"), pl.col("persons").fill_null(0.0)
    )
    group = pl.coalesce("commune", pl.col("code"))
    ordered = known.sort(~pl.col("_peopled"), ~pl.col("primary"), "persons", "code")
    before = (pl.col("persons").cum_sum() - pl.col("persons")).over(group)
    short = (pl.int_range(pl.len()).over(group) < rules.rest_parts) | (before < rules.rest_persons)
    opened = (pl.col("primary") & pl.col("_peopled")).any().over(group)
    added = opened & short & pl.col("_peopled")
    chosen = ordered.with_columns((pl.col("primary") | added).alias("hidden"))
    rest = pl.col("persons").filter(pl.col("hidden")).sum().over(group)
    chosen = chosen.with_columns(rest.alias("rest")).sort("_row")
    return chosen.with_columns(parts["persons"]).drop("_row", "_peopled")


def refuse_finer(figures: pl.DataFrame, finest: Mapping[str, str]) -> pl.DataFrame:
    """Return figures meant for publication, or refuse those finer than their source publishes.

    Parameters
    ----------
    figures
        Columns ``source``, ``level`` and ``code``.
    finest
        Source → finest level at which its figures may be given again; a source that is not named
        is not limited.

    Raises
    ------
    SecrecyError
        Naming the source, the level received and the level allowed.
    """
    limited = figures.filter(pl.col("source").is_in(list(finest)))
    for source, level in limited.select("source", "level").unique().sort("source").iter_rows():
        if _rank(level) < _rank(finest[source]):
            raise SecrecyError(
                f"Les chiffres de « {source} » ne peuvent pas être redonnés au niveau « {level} »"
                f" : leur source ne les publie qu’à partir du niveau « {finest[source]} ».",
                remedy=f"Demandez le niveau « {finest[source]} » ou un niveau plus large.",
            )
    return figures


def _rank(level: str) -> int:
    return ORDER.index(OVERLAYS.get(level, level))
