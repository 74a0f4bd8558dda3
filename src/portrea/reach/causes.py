"""What may keep people away, as layers beside the need: each alone, with its source and its year.

No layer is added to another nor to the need: a commune without fibre, without cars and without help
is shown with three lines, never with a score. A figure of the commune lent to one of its IRIS says
so, and loses a grade.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import polars as pl
import yaml

from portrea.base.estimates import Quality
from portrea.base.tables import Column, Table
from portrea.vocab.tables import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

HELP = "help"
STATES = ("ok", "no_antenna", "suppressed", "missing")
STATE_WORDS = {
    "no_antenna": "aucune antenne dans la commune",
    "suppressed": "secret statistique",
    "missing": "non publié",
}

CAUSES = Table(
    "causes",
    (
        Column("level", pl.String, "niveau géographique", allowed=LEVELS),
        Column("code", pl.String, "code officiel de la zone"),
        Column("cause", pl.String, "cause possible (params/causes.yaml)"),
        Column("value", pl.Float64, "valeur, nulle si inconnue", nullable=True, low=0),
        Column("state", pl.String, "pourquoi elle est connue ou non", allowed=STATES),
        Column("from_level", pl.String, "niveau du chiffre employé", allowed=LEVELS),
        Column("vintage", pl.String, "année du chiffre"),
        Column("dataset", pl.String, "jeu de données d’où il vient", nullable=True),
        Column("quality", pl.String, "note", allowed=tuple(Quality)),
    ),
    key=("level", "code", "cause"),
)
"""One row per area and cause of which something is known; nothing known: no row."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One layer (``params/causes.yaml``): what is counted, and how to read it.

    ``complement`` shows ``1 − value``; ``less_is_worse`` says which way it hinders; ``untold`` is
    what a published « missing » means; ``ours`` when reading it as a cause is our assumption.
    """

    id: str
    label: str
    meaning: str
    unit: str
    quality: Quality
    source: str
    caution: str
    variable: str = ""
    complement: bool = False
    less_is_worse: bool = False
    untold: str = "missing"
    ours: bool = False


@cache
def causes() -> Mapping[str, Cause]:
    """Return the layers shipped with Portrea, by identifier, in the order shown."""
    text = files("portrea.reach").joinpath("params/causes.yaml").read_text("utf-8")
    kept = Cause.__dataclass_fields__
    return {
        name: Cause(
            **{key: value for key, value in card.items() if key in kept}
            | {
                "id": name,
                "quality": Quality(card["quality"]),
                "ours": card.get("hypothese", False),
            }
        )
        for name, card in yaml.safe_load(text).items()
    }


def variables() -> tuple[str, ...]:
    """Return the published variables that the layers read."""
    return tuple(cause.variable for cause in causes().values() if cause.variable)


def causes_of(areas: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Return the table ``causes`` of some areas.

    Parameters
    ----------
    areas
        ``level``, ``code``, and ``commune`` (the one an IRIS lies in; its own code for a commune).
    observations
        Published figures with their ``vintage`` (``Store.observations``), one dataset or several.

    Notes
    -----
    The newest year wins; within a year, a known value wins over an unknown one. An IRIS without
    its own known figure takes its commune's. Areas above the commune are given what is published
    for them, nothing is averaged.
    """
    figures = _newest(observations)
    own = areas.select("level", "code").join(figures, on=["level", "code"], how="inner")
    own = own.with_columns(from_level="level")
    told = own.filter(pl.col("value").is_not_null()).select("level", "code", "cause")
    lent = (
        areas.filter(pl.col("level") == "iris")
        .select("level", "code", "commune")
        .join(
            figures.filter(pl.col("level") == "commune").drop("level"),
            left_on="commune",
            right_on="code",
            how="inner",
        )
        .drop("commune")
        .join(told, on=["level", "code", "cause"], how="anti")
        .with_columns(from_level=pl.lit("commune"))
    )
    both = pl.concat([lent, own.select(lent.columns)])
    found = both.sort(pl.col("value").is_null(), maintain_order=True).unique(
        ["level", "code", "cause"], keep="first", maintain_order=True
    )
    return CAUSES.conform(_graded(found).sort("level", "code", "cause"))


def no_help(access: pl.DataFrame, *, vintage: str) -> pl.DataFrame:
    """Return the layer « no help within reach » of the areas of the table ``access``.

    Parameters
    ----------
    access
        Table ``access``: one need, one measure; ``share_beyond`` its threshold of time.
    vintage
        Year of the places counted.
    """
    return CAUSES.conform(
        access.select(
            "level",
            "code",
            cause=pl.lit(HELP),
            value="share_beyond",
            state=pl.when(pl.col("share_beyond").is_null())
            .then(pl.lit("missing"))
            .otherwise(pl.lit("ok")),
            from_level="level",
            vintage=pl.lit(vintage),
            quality=pl.lit(str(causes()[HELP].quality)),
        )
    )


def references(table: pl.DataFrame, weights: pl.DataFrame) -> dict[str, float]:
    """Return the mean of each layer over the areas, weighted by people (``code``, ``persons``)."""
    known = table.join(weights, on="code", how="inner").filter(
        pl.col("value").is_not_null() & (pl.col("persons") > 0)
    )
    means = known.group_by("cause").agg(
        mean=(pl.col("value") * pl.col("persons")).sum() / pl.col("persons").sum()
    )
    return dict(means.iter_rows())


def _newest(observations: pl.DataFrame) -> pl.DataFrame:
    """Return one figure per level, code and cause, with what is known of it."""
    by_variable = {c.variable: name for name, c in causes().items() if c.variable}
    kept = observations.filter(pl.col("variable").is_in(list(by_variable)))
    if "dataset" not in kept.columns:
        kept = kept.with_columns(dataset=pl.lit(None, dtype=pl.String))
    named = kept.with_columns(cause=pl.col("variable").replace_strict(by_variable))
    order = ["level", "code", "cause", "vintage", "known", "dataset"]
    newest = (
        named.with_columns(known=pl.col("value").is_not_null())
        .sort(order, nulls_last=False)
        .unique(["level", "code", "cause"], keep="last", maintain_order=True)
    )
    turned = [name for name, c in causes().items() if c.complement]
    value = pl.when(pl.col("cause").is_in(turned)).then(1 - pl.col("value")).otherwise("value")
    return newest.select(
        "level", "code", "cause", _state(), "vintage", "dataset", value=value.clip(lower_bound=0)
    )


def _state() -> pl.Expr:
    untold = {name: c.untold for name, c in causes().items()}
    return (
        pl.when(pl.col("value").is_not_null())
        .then(pl.lit("ok"))
        .when(pl.col("status") == "suppressed")
        .then(pl.lit("suppressed"))
        .otherwise(pl.col("cause").replace_strict(untold))
        .alias("state")
    )


def _graded(found: pl.DataFrame) -> pl.DataFrame:
    """Give its grade to each figure: C at best when it is lent by the commune, N when unknown."""
    own = {name: str(c.quality) for name, c in causes().items()}
    lent = pl.col("from_level") != pl.col("level")
    return found.with_columns(
        quality=pl.when(pl.col("value").is_null())
        .then(pl.lit(str(Quality.N)))
        .when(lent)
        .then(pl.lit(str(Quality.C)))
        .otherwise(pl.col("cause").replace_strict(own))
    )
