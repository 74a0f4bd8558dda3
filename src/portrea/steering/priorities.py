"""Priority areas of a territory: need, help and times put together, then what may be told of each.

The access is measured with everyone who shares the places, beyond the border included; only the
areas of the territory are ranked. What would tell of an IRIS whose numbers are not shown never
leaves this module.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.estimates import Estimate
from portrea.reach.access import score_access
from portrea.reach.catchment import decay_named
from portrea.reach.causes import CAUSES, causes_of, no_help, references, variables
from portrea.reach.priority import prioritise
from portrea.reach.priority_areas import Areas
from portrea.reach.priority_readings import quadrants, sensitivity
from portrea.reach.priority_rules import default_rule
from portrea.reach.travel import default_travel
from portrea.steering.display import parameters
from portrea.steering.priority_ground import column_of, population_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.reach.demand import Demand
    from portrea.reach.priority_rules import Rule
    from portrea.steering.priority_ground import Ground
    from portrea.steering.reading import Reader

    Strings = NDArray[np.str_]


def table_of(ground: Ground, rule: Rule) -> pl.DataFrame:
    """Return the table ``priorities``, first areas first, without what must not be shown.

    Areas of the same rank come with the least access first.
    """
    found = prioritise(ground.areas, rule, owners=ground.owners)
    ordered = found.sort("rank", "access", "code", nulls_last=True)
    return _published(ordered, ground)


def quadrants_of(ground: Ground) -> pl.DataFrame:
    """Return the table ``access_quadrants`` of the ranked areas, against the whole territory."""
    return quadrants(ground.ranked)


def causes_beside(ground: Ground) -> pl.DataFrame:
    """Return the layers of causes of the ranked areas."""
    territories = ground.reader.snapshot.territories
    areas = territories.filter(
        (pl.col("level") == ground.level) & pl.col("code").is_in(ground.codes)
    ).select("level", "code", commune=pl.coalesce("commune", "code"))
    figures = ground.reader.store.observations(variables=variables())
    help_table = _unless_partial(_far(ground), ground)
    parts = [causes_of(areas, figures), no_help(help_table, vintage=ground.reader.computed_on[:4])]
    return CAUSES.conform(pl.concat(parts))


def references_of(ground: Ground, causes: pl.DataFrame) -> dict[str, float]:
    """Return the mean of each layer over the ranked areas, weighted by the persons concerned."""
    found = ground.ranked
    weights = pl.DataFrame({"code": found.codes.tolist(), "persons": found.persons})
    return references(causes, weights.with_columns(pl.col("persons").fill_nan(None)))


def sensitivity_of(ground: Ground, rule: Rule, measures: Sequence[str] = ()) -> pl.DataFrame:
    """Rank the areas under other decays, bars and definitions of need, on central values.

    Parameters
    ----------
    measures
        Other definitions of need known on this territory.

    Notes
    -----
    Times are kept as far as the longest decay tried.
    """
    base = replace(ground.areas, draws=None, access_draws=None)
    variants = {"base": (base, rule)}
    for name in parameters("priorities")["decays"]["value"]:
        if name != ground.scores.decay.name:
            variants[f"decay:{name}"] = (_again(ground, decay=name), rule)
    for share in parameters("priorities")["shares"]["value"]:
        if share != rule.share_of_mean:
            variants[f"share:{share:g}"] = (base, replace(rule, share_of_mean=share))
    for measure in measures:
        if measure != ground.question.measure:
            variants[f"measure:{measure}"] = (_again(ground, measure=measure), rule)
    return sensitivity(variants, owners=ground.owners)


def _again(ground: Ground, *, decay: str = "", measure: str = "") -> Areas:
    """Return the areas scored again with another decay or another need, without draws."""
    scores = ground.scores
    demand = replace(scores.demand, draws=None)
    population = ground.population
    if measure:
        codes = pl.Series(scores.times.origins.tolist())
        demand = _central(ground.reader, demand, codes, measure)
        population = population_of(ground.reader, codes, measure)
    again = score_access(
        scores.times,
        demand,
        scores.supply,
        decay=decay_named(decay) if decay else scores.decay,
        located=scores.located,
    )
    return Areas.of_scores(again, population, inside=ground.inside)


def _central(reader: Reader, demand: Demand, codes: pl.Series, measure: str) -> Demand:
    """Return the central counts of another measure, as computed."""
    counts = column_of(reader, codes, measure, "n")
    unknown = ~np.isfinite(counts)
    persons = np.where(unknown, 0.0, counts)
    return replace(demand, persons=persons, measure=measure, unknown=unknown)


def _far(ground: Ground) -> pl.DataFrame:
    """Share of the persons of each ranked area who are beyond the usual time of any help."""
    limit = default_travel().thresholds[1]
    areas = ground.areas
    minutes = np.full(len(areas.codes), np.nan) if areas.minutes is None else areas.minutes
    far = ~(minutes <= limit) & np.isfinite(areas.access)
    frame = pl.DataFrame(
        {
            "code": ground.owners.tolist(),
            "persons": areas.persons,
            "far": far,
            "known": np.isfinite(areas.access) & np.isfinite(areas.persons),
        }
    ).filter("known")
    total = pl.col("persons").sum()
    return (
        frame.group_by("code", maintain_order=True)
        .agg(
            share_beyond=pl.when(total > 0).then((pl.col("persons") * pl.col("far")).sum() / total)
        )
        .with_columns(level=pl.lit(ground.level))
    )


def _unless_partial(table: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """Remove the shares that only some zones of an area with a hidden one make."""
    partial = pl.col("code").is_in(list(ground.hidden)) & pl.col("share_beyond").is_between(
        0, 1, closed="none"
    )
    return table.with_columns(share_beyond=pl.when(~partial).then("share_beyond"))


COUNTS = ("uncovered", "uncovered_low", "uncovered_high")


def _published(table: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """Remove what would tell of a hidden IRIS: the part of an area that only some zones make."""
    gone = pl.col("code").is_in(list(ground.hidden))
    if ground.level == "iris":
        numbers = [c for c, t in table.schema.items() if t == pl.Float64 and c != "threshold"]
        return table.with_columns(
            *(pl.when(gone).then(None).otherwise(pl.col(c)).alias(c) for c in numbers),
            first=pl.col("first") & ~gone,
            first_known=pl.col("first_known") & ~gone,
            rank=pl.when(gone).then(table.height + 1).otherwise("rank"),
            rank_known=pl.when(gone).then(table.height + 1).otherwise("rank_known"),
            status=pl.when(gone).then(pl.lit("unknown")).otherwise("status"),
        ).sort("rank", maintain_order=True)
    return table.with_columns(
        pl.when(gone & _in_part()).then(None).otherwise(pl.col(c)).alias(c) for c in COUNTS
    )


def _in_part() -> pl.Expr:
    """Whether some zones of an area are under the bar in some draw, and not all of them in all."""
    whole = pl.col("uncovered") >= pl.col("persons") * (1 - 1e-9)
    same = [
        (pl.col(f"uncovered_{end}") - pl.col(f"persons_{end}")).abs() <= 1e-6 * pl.col("persons")
        for end in ("low", "high")
    ]
    none = (pl.col("uncovered") == 0) & (pl.col("uncovered_high").fill_null(0) == 0)
    return ~(none | (whole & pl.all_horizontal(same).fill_null(True)))


def total_of(ground: Ground, rule: Rule) -> Estimate | None:
    """Return the persons under the bar in the whole territory.

    ``None`` where a single area keeps its number: the total would tell it.
    """
    table = prioritise(ground.areas, rule, owners=ground.owners)
    kept = _published(table, ground)["uncovered"].null_count() - table["uncovered"].null_count()
    if kept == 1 or table["uncovered"].null_count() == table.height:
        return None
    whole = np.zeros(len(ground.owners), dtype=np.int64).astype(np.str_)
    row = prioritise(ground.areas, rule, owners=whole).row(0, named=True)
    low, high = row["uncovered_low"], row["uncovered_high"]
    value = row["uncovered"]
    bounds = (value, value) if low is None else (low, high)
    return Estimate(value, *bounds, ground.subject.quality(ground.question.measure))


def usual_first(ground: Ground) -> int:
    """Return how many areas are « first » when the reader does not say: a part of them, few."""
    share = float(parameters("priorities")["first_share"]["value"])
    most = default_rule().first
    return max(1, min(most, int(share * len(ground.codes))))
