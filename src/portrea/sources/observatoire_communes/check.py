"""Expectations on multi-level tables: hidden zeros, Grand Paris, parts and totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from portrea.base.errors import Diagnostic
from portrea.sources.caf.check import PARTS
from portrea.sources.figure_checks import check_parts, hidden_cells, refuse_impossible
from portrea.sources.figures import SUMMARY_LEVELS, hide
from portrea.sources.observatoire_communes.read import params
from portrea.vocab.variables import variables

if TYPE_CHECKING:
    from collections.abc import Sequence

COVERED = 0.98
"""Share of Paris + EPT from which the row of the Métropole is held to cover them (rounding)."""
Step = tuple[pl.DataFrame, tuple[Diagnostic, ...]]


def settle_zeros(observations: pl.DataFrame, departements: pl.DataFrame) -> Step:
    """Turn published zeros into unknown figures: hidden, or absent from the source.

    In these tables a 0 stands for "none", "hidden" and "not published" alike. A whole département
    at 0 is not published (``missing``); any other 0 is ``suppressed``. Populations are never
    hidden: their zeros are ``missing``, save the six villages without inhabitants. An inventory of
    equipment is complete: its zeros are figures.
    """
    tagged = observations.join(
        departements, on=["level", "code"], how="left", maintain_order="left"
    )
    counted = [name for name, variable in variables().items() if variable.unit == "equipment"]
    zero = (pl.col("value") == 0) & ~pl.col("variable").is_in(counted)
    absent = tagged.filter(zero & pl.col("level").is_in(SUMMARY_LEVELS))
    pairs = absent.select("departement", "variable").drop_nulls().unique()
    tagged = tagged.join(
        pairs.with_columns(unpublished=True),
        on=["departement", "variable"],
        how="left",
        maintain_order="left",
    )
    summary = pl.col("level").is_in(SUMMARY_LEVELS)
    empty = pl.col("code").is_in(params("empty_communes")["communes"])
    people = pl.col("variable") == "persons"
    settled = tagged.with_columns(
        kind=pl.when(people & empty)
        .then(pl.lit("true"))
        .when(people | summary | pl.col("unpublished").fill_null(False))
        .then(pl.lit("missing"))
        .otherwise(pl.lit("suppressed"))
    )
    for status in ("missing", "suppressed"):
        settled = hide(settled, zero & (pl.col("kind") == status), status)
    count = settled.filter(pl.col("status") == "suppressed").height
    text = (
        f"{count} valeur(s) à 0 : le fichier ne distingue pas « aucune personne » de « masqué » ;"
        " elles sont tenues pour inconnues"
    )
    remarks = (Diagnostic("zero-or-hidden", text),) if count else ()
    return settled.select(observations.columns), remarks


def drop_ept(observations: pl.DataFrame) -> Step:
    """Drop the EPT of Grand Paris, and the row of the Métropole when it counts Paris alone."""
    card = params("ept")
    is_ept = (pl.col("level") == "epci") & pl.col("code").is_in(card["ept"])
    ept = observations.filter(is_ept)
    if not ept.height:
        return observations, ()
    partial = _partial_metropole(observations, ept)
    kept = observations.filter(~is_ept)
    is_metropole = (pl.col("level") == "epci") & (pl.col("code") == card["metropole"])
    remarks = [
        Diagnostic(
            "ept",
            f"{ept['code'].n_unique()} établissement(s) public(s) territorial(aux) du Grand Paris"
            " laissés de côté : la Métropole les comprend",
        )
    ]
    if partial:
        kept = kept.filter(~(is_metropole & pl.col("variable").is_in(partial)))
        remarks.append(
            Diagnostic(
                "partial-epci",
                "Métropole du Grand Paris : la ligne ne compte que Paris, elle est laissée de côté",
                value=card["metropole"],
            )
        )
    return kept, tuple(remarks)


def _partial_metropole(observations: pl.DataFrame, ept: pl.DataFrame) -> list[str]:
    card = params("ept")
    additive = [name for name, variable in variables().items() if variable.additive]
    parts = (
        ept.filter(pl.col("variable").is_in(additive))
        .group_by("variable")
        .agg(inside=pl.col("value").sum())
    )
    paris = _values(observations, "commune", card["paris"], "paris")
    metropole = _values(observations, "epci", card["metropole"], "metropole")
    both = parts.join(paris, on="variable", how="left").join(metropole, on="variable", how="left")
    due = pl.col("inside") + pl.col("paris").fill_null(0)
    return both.filter(pl.col("metropole") < COVERED * due)["variable"].to_list()


def _values(observations: pl.DataFrame, level: str, code: str, name: str) -> pl.DataFrame:
    rows = observations.filter((pl.col("level") == level) & (pl.col("code") == code))
    return rows.select("variable", pl.col("value").alias(name))


def mark_averaged(observations: pl.DataFrame) -> pl.DataFrame:
    """Mark as ``derived`` the medians that are not of the producer's grain.

    INSEE publishes the medians of 2021 in tens of euros: the few others are averages made by the
    vendor for merged communes.
    """
    is_median = (pl.col("variable") == "median_income") & pl.col("value").is_not_null()
    tens = observations.filter(is_median).select((pl.col("value") % 10 == 0).mean()).item()
    if tens is None or tens < COVERED:
        return observations
    averaged = is_median & (pl.col("value") % 10 != 0)
    return observations.with_columns(
        status=pl.when(averaged).then(pl.lit("derived")).otherwise(pl.col("status"))
    )


def check(observations: pl.DataFrame, where: str) -> tuple[Diagnostic, ...]:
    """Return the remarks; raise :class:`DataError` on impossible figures."""
    refuse_impossible(observations, where)
    pairs: Sequence[tuple[str, str]] = PARTS
    return (*check_parts(observations, pairs, where), *hidden_cells(observations))
