"""Other readings of the same areas: four quadrants, and what changes with the choices made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.base.errors import ParameterError
from portrea.reach.priority import prioritise
from portrea.reach.priority_tables import QUADRANTS, SENSITIVITY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from portrea.reach.priority_areas import Areas
    from portrea.reach.priority_rules import Rule

    Floats = NDArray[np.float64]
    Strings = NDArray[np.str_]

NAMES = ("more_less", "more_more", "less_less", "less_more")
"""Need, then access, against the reference."""


def quadrants(areas: Areas, *, reference: tuple[float, float] | None = None) -> pl.DataFrame:
    """Place each area by its need and its access, with the probability of each quadrant.

    Parameters
    ----------
    areas
        Need and access.
    reference
        Share of persons concerned and access to compare with; those of all the areas together by
        default (persons over population, and mean access of the persons).

    Notes
    -----
    Probabilities are shares of the draws; without draws they are unknown. The reference of all the
    areas together is taken again in each draw. At the reference, an area counts as having more.
    """
    share_mark, access_mark = reference or reference_of(areas)
    universe = np.where(areas.population > 0, areas.population, np.nan)
    share = areas.persons / universe
    known = np.isfinite(share) & np.isfinite(areas.access)
    place = np.where(share >= share_mark, 0, 2) + np.where(areas.access >= access_mark, 1, 0)
    odds = np.full((len(share), len(NAMES)), np.nan)
    if areas.draws is not None:
        drawn = areas.access[:, None] if areas.access_draws is None else areas.access_draws
        hours: NDArray[np.floating[Any]] = np.broadcast_to(drawn, areas.draws.shape)
        marks = reference or _reference_draws(areas, hours)
        needy, served = areas.draws / universe[:, None] >= marks[0], hours >= marks[1]
        found = [(a & b).mean(axis=1) for a in (needy, ~needy) for b in (~served, served)]
        odds = np.where(known[:, None], np.column_stack(found), np.nan)
    frame = pl.DataFrame(
        {
            "code": areas.codes,
            "quadrant": [NAMES[i] if ok else None for i, ok in zip(place, known, strict=True)],
            **{f"p_{name}": odds[:, i] for i, name in enumerate(NAMES)},
        }
    ).with_columns(
        reference_share=pl.lit(share_mark, pl.Float64),
        reference_access=pl.lit(access_mark, pl.Float64),
    )
    return QUADRANTS.conform(frame.with_columns(pl.selectors.float().fill_nan(None)))


def reference_of(areas: Areas) -> tuple[float, float]:
    """Return persons over population, and the mean access of the persons, of all the areas."""
    told = np.isfinite(areas.persons) & np.isfinite(areas.population)
    population = float(areas.population[told].sum())
    known = told & np.isfinite(areas.access)
    persons = float(areas.persons[known].sum())
    share = float(areas.persons[told].sum()) / population if population else float("nan")
    hours = float((areas.access[known] * areas.persons[known]).sum())
    return share, hours / persons if persons else float("nan")


def _reference_draws(areas: Areas, access: NDArray[Any]) -> tuple[Floats, Floats]:
    """Return the reference of each draw."""
    assert areas.draws is not None
    told = np.isfinite(areas.persons) & np.isfinite(areas.population)
    known = told & np.isfinite(areas.access)
    population = max(float(areas.population[told].sum()), 1.0)
    people = areas.draws[known].astype(np.float64)
    total = people.sum(axis=0)
    hours = (people * access[known]).sum(axis=0)
    mean = np.divide(hours, total, out=np.zeros_like(total), where=total > 0)
    return areas.draws[told].sum(axis=0, dtype=np.float64) / population, mean


def sensitivity(
    variants: Mapping[str, tuple[Areas, Rule]], *, owners: Strings | None = None
) -> pl.DataFrame:
    """Rank the same areas under several choices: time, decay, definition of need, bar.

    Parameters
    ----------
    variants
        Areas and rule of each choice, by its name; the first is the one the others are held to.
    owners
        Group of each area, as for :func:`portrea.reach.priority.prioritise`.

    Raises
    ------
    ParameterError
        Without a variant.
    """
    if not variants:
        raise ParameterError("Aucun réglage à comparer.", remedy="Donnez-en au moins un.")
    frames = [
        prioritise(areas, rule, owners=owners).select("code", "rank", "first", variant=pl.lit(name))
        for name, (areas, rule) in variants.items()
    ]
    return SENSITIVITY.conform(pl.concat(frames))


def steadiness(table: pl.DataFrame) -> pl.DataFrame:
    """Return for each area ``times_first`` and ``variants``: how often it is among the first."""
    return table.group_by("code", maintain_order=True).agg(
        times_first=pl.col("first").sum(), variants=pl.len()
    )


def kept(table: pl.DataFrame) -> pl.DataFrame:
    """Return for each variant how many of the first areas of the first variant it keeps."""
    base = table["variant"][0]
    first = table.filter("first", variant=base)["code"].to_list()
    return table.group_by("variant", maintain_order=True).agg(
        kept=(pl.col("first") & pl.col("code").is_in(first)).sum(), first=pl.lit(len(first))
    )
