"""The rows of the estimates table: counts, shares, bounds, grade, reasons and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.needs.exposure import GROUPS
from portrea.needs.inputs import LEVELS
from portrea.needs.reasons import GROUP_LABELS, worded, write_reasons
from portrea.needs.tables import BOUNDS_ONLY, UNITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.needs.aggregation import Areas, Tally
    from portrea.needs.model import Model

    Floats = NDArray[np.float64]
    Indexes = NDArray[np.intp]

GRADES = "ABCDN"
POOR, ABSENT = GRADES.index("D"), GRADES.index("N")
BOUNDS = ("low", "low80", "high80", "high")
PARTIAL = ("a2", "a2_75", *BOUNDS_ONLY)
"""Measures that keep their bounds where the central value is unknown."""


def rows_of(areas: Areas, measure: str, model: Model, tally: Tally) -> pl.DataFrame:
    """Write the rows of one level and one measure."""
    population = areas.total(model.population(measure))
    covered = areas.total(np.where(model.known(measure), model.population(measure), 0.0))
    lost = population - covered
    n = _central(areas, measure, model, population, covered)
    bounds = tally.quantiles(areas, measure)
    if bounds is None:
        bounds = np.full((len(areas.codes), len(BOUNDS)), np.nan)
    if UNITS[measure] != "persons":
        bounds = bounds * _ratio(population, covered)[:, None]
    elif measure not in PARTIAL:
        bounds[:, 2:] += lost[:, None]
    grade = _grades(areas, measure, model, population)
    counted = areas.total(model.counted.astype(float)) > 0
    absent = ~counted if measure in PARTIAL else np.isnan(n)
    absent = absent | np.isnan(bounds).any(1)
    bounds[absent] = np.nan
    poor = np.isnan(n) | (population == 0)
    grade = np.where(absent, ABSENT, np.where(poor, np.maximum(grade, POOR), grade))
    numbers = _ordered(population, n, bounds, measure)
    top = tally.top(areas, measure, population, numbers["n"])
    return _frame(areas, measure, population, numbers).with_columns(
        p_top=pl.Series(top, nan_to_null=True),
        quality=pl.Series(list(GRADES)).gather(grade),
        reasons=write_reasons(areas, measure, model, grade, numbers),
        vintages=_texts(areas, measure, model),
    )


def _ratio(population: Floats, covered: Floats) -> Floats:
    return np.divide(population, covered, out=np.ones_like(covered), where=covered > 0)


def _central(
    areas: Areas, measure: str, model: Model, population: Floats, covered: Floats
) -> Floats:
    """Return the central count, the few persons without figure taken to be like the others."""
    if measure in BOUNDS_ONLY:
        return np.full(len(areas.codes), np.nan)
    gap = model.parameters.number("uncertainty", "quality", "largest_gap")
    counted = areas.total(model.known(measure).astype(float)) > 0
    shown = counted & (population - covered <= gap * population)
    central = areas.total(model.central(measure)) * _ratio(population, covered)
    return np.where(shown, central, np.nan)


def _grades(areas: Areas, measure: str, model: Model, population: Floats) -> Indexes:
    """Grade of the worst figure that weighs more than the declared share of the area."""
    level = LEVELS.index(areas.level) if areas.level in LEVELS else 0
    grade = model.grades(measure, level)
    least = model.parameters.number("uncertainty", "quality", "largest_share_of_worse")
    weights = model.population(measure) + 1e-9
    worst = np.zeros(len(areas.codes), dtype=np.intp)
    for value in range(1, ABSENT):
        heavy = areas.total(np.where(grade >= value, weights, 0.0)) > least * population
        worst[heavy] = value
    return worst


def _ordered(population: Floats, n: Floats, bounds: Floats, measure: str) -> dict[str, Floats]:
    """Keep ``0 ≤ low ≤ low80 ≤ n ≤ high80 ≤ high ≤ population`` (no cap on declarations)."""
    cap = population if UNITS[measure] == "persons" else np.full_like(population, np.inf)
    numbers = dict(zip(BOUNDS, np.clip(bounds.T, 0.0, cap), strict=True))
    numbers["n"] = np.minimum(n, cap)
    for inner, outer in (("n", "low80"), ("low80", "low")):
        numbers[outer] = np.fmin(numbers[outer], numbers[inner])
    for inner, outer in (("n", "high80"), ("high80", "high")):
        numbers[outer] = np.fmax(numbers[outer], numbers[inner])
    return numbers


def _texts(areas: Areas, measure: str, model: Model) -> pl.Series:
    masks = areas.union(model.masks(measure))
    lacking = areas.union(_lacking(measure, model))
    kinds = np.unique(masks)
    pairs = np.searchsorted(kinds, masks) << len(GROUPS) | lacking
    every = (1 << len(GROUPS)) - 1
    return worded(pairs, lambda pair: _text(model, int(kinds[pair >> len(GROUPS)]), pair & every))


def _lacking(measure: str, model: Model) -> NDArray[np.int64]:
    """Return the groups of B without a figure at each atom, as bits."""
    bits = np.zeros(model.atoms.height, dtype=np.int64)
    if measure.startswith("a"):
        return bits
    for rank, name in enumerate(GROUPS):
        known = model.exposure.groups[name].known if model.exposure else np.zeros(1, dtype=bool)
        bits |= (~known).astype(np.int64) << rank
    return bits


def _text(model: Model, mask: int, bits: int) -> str:
    names = ", ".join(label for rank, label in enumerate(GROUP_LABELS) if bits >> rank & 1)
    return " ; ".join(filter(None, (model.labels.text(mask), names and f"manque : {names}")))


def _frame(
    areas: Areas, measure: str, population: Floats, numbers: dict[str, Floats]
) -> pl.DataFrame:
    columns: dict[str, object] = {
        "level": pl.repeat(areas.level, len(areas.codes), eager=True),
        "code": areas.code_column,
        "name": areas.name_column,
        "measure": pl.repeat(measure, len(areas.codes), eager=True),
        "population": population,
    }
    persons = UNITS[measure] == "persons"
    divisor = np.where((population > 0) & persons, population, np.nan)
    for suffix in ("", "_low", "_high", "_low80", "_high80"):
        values = numbers[suffix.removeprefix("_") or "n"]
        columns[f"n{suffix}"] = values
        columns[f"share{suffix}"] = values / divisor
    return pl.DataFrame(columns).with_columns(pl.selectors.float().fill_nan(None))
