"""The national reference: structure age × diploma × household, and the rates of axis A on it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.national import (
    living_alone,
    mean_ages,
    national_ages,
    national_joint,
    schooled_rates,
)
from portrea.needs.rates import National, solve_series
from portrea.needs.wide import solve_wide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.needs.fitted import FittedRates
    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]


ATTRACTION = "attraction"
"""Name of the national error of the attraction of cities, which depends on the area."""


@dataclass(frozen=True, eq=False)
class Reference:
    """National structure and solved rates.

    ``ages``: persons by age cell; ``schooled``: share in education by adult cell; ``joint``:
    persons 15+ by adult age and diploma; ``alone``: share living alone in each of these cells;
    ``theta``: rate by adult age, diploma and household (other, alone); ``loadings``: errors of
    ``logit theta``, last axis K (``logit θ + loadings @ z``, z ~ N(0, I_K)); ``sources``: the K
    names, the last of which (0 in every cell) is the attraction of cities, unless a survey was
    fitted; ``by_age``: national rate of each adult cell; ``wide`` and ``wide_loadings``: the same
    for A3, whose first K errors are those of A1 and whose names are ``wide_sources``; ``closed``:
    published classes that were missing, closed by the total.
    """

    ages: Floats
    schooled: Floats
    joint: Floats
    alone: Floats
    theta: Floats
    loadings: Floats
    sources: tuple[str, ...]
    by_age: Floats
    wide: Floats
    wide_loadings: Floats
    wide_sources: tuple[str, ...]
    closed: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class NationalTable:
    """The sourced facts put together, before any rate: see :class:`Reference`."""

    ages: Floats
    schooled: Floats
    joint: Floats
    alone: Floats
    national: National


def national_table(parameters: Parameters) -> NationalTable:
    """Put the sourced facts about the population of France together."""
    card = parameters.cards["reference"]
    ages = national_ages(card)
    schooled = schooled_rates(card, ages[1:])
    joint = national_joint(card, ages[1:], schooled)
    alone = np.repeat(living_alone(card, ages[1:])[:, None], joint.shape[1], axis=1)
    persons = joint[:, :, None] * np.stack([1 - alone, alone], axis=-1)
    return NationalTable(ages, schooled, joint, alone, National(mean_ages(card), persons))


@lru_cache(maxsize=16)
def build_reference(parameters: Parameters, fitted: FittedRates | None = None) -> Reference:
    """Put the sourced facts together and solve the margins-only model M0 (or take M1's rates).

    The result is kept for the same parameters: its arrays are read-only.
    """
    table = national_table(parameters)
    national, persons = table.national, table.national.persons
    solved = solve_series(parameters, parameters.series, national)
    theta, loadings, sources = solved.theta, solved.loadings, (*solved.names, ATTRACTION)
    loadings = np.concatenate([loadings, np.zeros((*theta.shape, 1))], axis=-1)
    if fitted is not None:
        theta, loadings = fitted.theta, fitted.loadings
        sources = tuple(f"survey {k + 1}" for k in range(loadings.shape[-1]))
    wide = solve_wide(parameters, persons, theta, loadings)
    reference = Reference(
        ages=table.ages,
        schooled=table.schooled,
        joint=table.joint,
        alone=table.alone,
        theta=theta,
        loadings=loadings,
        sources=sources,
        by_age=(persons * theta).sum((1, 2)) / persons.sum((1, 2)),
        wide=wide.theta,
        wide_loadings=wide.loadings,
        wide_sources=(*sources, *wide.names),
        closed=(*(() if fitted is not None else solved.closed), *(f"A3 {b}" for b in wide.closed)),
    )
    for field in fields(reference):
        value = getattr(reference, field.name)
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return reference


__all__ = ["NationalTable", "Reference", "build_reference", "national_table"]
