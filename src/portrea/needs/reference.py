"""The national reference: structure age × diploma, and the rates of digital incapacity on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.needs.grid import (
    ADULT_AGES,
    AGES,
    DIPLOMAS,
    SCHOOLED,
    age_groups,
    age_span,
    cells_of,
    diploma_cells,
    gather,
)
from portrea.stats.calibration import Margin, rake
from portrea.stats.small_area import (
    MarginModel,
    close_missing,
    interpolate_middle,
    solve_rows_given_columns,
    solve_two_margins,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reference:
    """National structure and solved rates.

    ``ages``: persons by age cell; ``schooled``: share in education by adult cell; ``joint``:
    persons 15+ by adult age and diploma; ``groups``: published age class of each adult cell;
    ``theta``: rate by adult age and diploma; ``by_age``: published rate of each adult cell;
    ``rate_sd``: sd of each class's rate, on the logit scale.
    """

    ages: Floats
    schooled: Floats
    joint: Floats
    groups: NDArray[np.intp]
    theta: Floats
    by_age: Floats
    rate_sd: Floats


def build_reference(parameters: Parameters) -> Reference:
    """Put the sourced facts together and solve the margins-only model M0."""
    card = parameters.cards["reference"]
    ages = national_ages(card)
    schooled = schooled_rates(card, ages[1:])
    joint = national_joint(card, ages[1:], schooled)
    groups, rates, model = solve_series(parameters, parameters.series, joint)
    return Reference(
        ages=ages,
        schooled=schooled,
        joint=joint,
        groups=groups,
        theta=model.rates[groups],
        by_age=rates[groups],
        rate_sd=_rate_sd(parameters, rates, _by_group(joint, groups).sum(1)),
    )


def national_ages(card: dict[str, Any]) -> Floats:
    """Persons by age cell: RP2021 groups, split inside each by RP2018 five-year ages."""
    fives: dict[str, float] = dict(card["ages_2018"]["persons"])
    for group, total in card["ages_2021"]["persons"].items():
        low, high = age_span(group)
        inside = [b for b in fives if low <= age_span(b)[0] <= high]
        factor = total / sum(fives[b] for b in inside)
        fives |= {b: fives[b] * factor for b in inside}
    return gather(fives)


def schooled_rates(card: dict[str, Any], persons: Floats) -> Floats:
    """Share in education by adult age cell, from the published classes 15-17, 18-24, 25-29, 30+."""
    facts = card["schooling_2020"]["persons"]
    teens, young = facts["15-17"], facts["18-24"]
    share_18_19 = float(card["schooling_2020"]["schooled_18_19"]["value"])
    eighteen = max(persons[0] - teens[0], 0.0)
    first = (teens[1] + share_18_19 * eighteen) / persons[0]
    second = (young[1] - share_18_19 * eighteen) / (young[0] - eighteen)
    third = facts["25-29"][1] / facts["25-29"][0]
    rest = facts["30+"][1] / facts["30+"][0]
    return np.array([first, second, third] + [rest] * (len(ADULT_AGES) - 3))


def national_joint(card: dict[str, Any], persons: Floats, schooled: Floats) -> Floats:
    """Persons 15+ by adult age and diploma: FOR2 seed raked to national margins, plus schooled."""
    non_schooled = persons * (1 - schooled)
    seed = seed_joint(card["joint_2012"], persons)
    shares = card["diplomas_2020"]["shares"]
    groups: Floats = np.array([diploma_cells()[code] for code in shares])[:, :SCHOOLED]
    targets = np.array(list(shares.values())) / sum(shares.values()) * non_schooled.sum()
    margins = [
        Margin(np.tile(groups, len(ADULT_AGES)), targets[None]),
        Margin(age_groups(SCHOOLED), non_schooled[None]),
    ]
    raked = rake(seed.reshape(1, -1), margins, tolerance=1e-10).tables.reshape(seed.shape)
    return np.column_stack([raked, persons * schooled])


def seed_joint(card: dict[str, Any], persons: Floats) -> Floats:
    """Spread a FOR2 table over adult cells, inside each band by the national ages."""
    cells = np.array([diploma_cells()[code] for code in card["diplomas"]])[:, :SCHOOLED]
    rows = np.array(card["persons"], dtype=np.float64) @ cells
    seed = np.zeros((len(ADULT_AGES), SCHOOLED))
    for band, row in zip(card["ages"], rows, strict=True):
        inside = cells_of(band, ADULT_AGES) * persons
        seed += np.outer(inside / inside.sum(), row)
    return seed


def solve_series(
    parameters: Parameters, name: str, joint: Floats
) -> tuple[NDArray[np.intp], Floats, MarginModel]:
    """Solve ``logit θ[a, d] = α_a + β_d`` for one series of published rates.

    Returns the class of each adult cell, the published (or closed) rates of the classes, and the
    solved model. A series without diploma rates borrows the *contrasts* between diplomas of the
    series it names, never its level.
    """
    card = parameters.series_card(name)
    masks = np.array([cells_of(band, ADULT_AGES) for band in card["ages"]])
    groups = masks.argmax(0)
    persons = _by_group(joint, groups)
    rates = np.array([np.nan if r is None else r for r in card["ages"].values()], dtype=float)
    total = float(card["total"]) * persons.sum()
    if np.isnan(rates).any():
        rates = close_missing(persons.sum(1), rates, total)
    if card.get("diplomas") is None:
        contrasts = solve_series(parameters, card["contrasts_from"], joint)[2].columns
        return groups, rates, solve_rows_given_columns(persons, rates, contrasts)
    columns = _diploma_rates(card, persons.sum(0), float(rates @ persons.sum(1)))
    return groups, rates, solve_two_margins(persons, rates, columns)


def _diploma_rates(card: dict[str, Any], persons: Floats, total: float) -> Floats:
    schooled = float(card["schooled"])
    left = total - schooled * persons[SCHOOLED]
    ends = card["diplomas"]["none"], card["diplomas"]["sup3"]
    middle = interpolate_middle(persons[:SCHOOLED], *ends, left)
    return np.append(middle, schooled)


def _by_group(joint: Floats, groups: NDArray[np.intp]) -> Floats:
    sums = np.zeros((1 + int(groups[-1]), len(DIPLOMAS)))
    np.add.at(sums, groups, joint)
    return sums


def _rate_sd(parameters: Parameters, rates: Floats, persons: Floats) -> Floats:
    sample = parameters.number("uncertainty", "national_rates", "effective_sample")
    rounding = parameters.number("uncertainty", "national_rates", "rounding")
    variance = rates * (1 - rates) / (sample * persons / persons.sum()) + rounding**2 / 3
    sd: Floats = np.sqrt(variance) / (rates * (1 - rates))
    return sd


__all__ = ["AGES", "Reference", "build_reference"]
