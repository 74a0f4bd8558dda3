"""National structure of the population: ages, diplomas, education, persons living alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from portrea.needs.grid import (
    ADULT_AGES,
    SCHOOLED,
    age_groups,
    age_span,
    cells_of,
    diploma_cells,
    gather,
)
from portrea.stats.calibration import Margin, rake
from portrea.stats.small_area import close_to_total, graduate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_RISING_FROM = "40-44"


def national_ages(card: dict[str, Any]) -> Floats:
    """Persons by age cell: RP2021 groups, split inside each by RP2018 five-year ages."""
    return gather(_five_year_ages(card))


def mean_ages(card: dict[str, Any]) -> Floats:
    """Mean age of each adult cell, in years, from five-year ages (middle of each)."""
    fives = {band: n for band, n in _five_year_ages(card).items() if age_span(band)[0] >= 15}
    middles = {band: n * (age_span(band)[0] + 2.5) for band, n in fives.items()}
    mean: Floats = gather(middles, ADULT_AGES) / gather(fives, ADULT_AGES)
    return mean


def overlaps(band: str, card: dict[str, Any]) -> Floats:
    """Part of each adult cell that a band of ages covers, even when it cuts cells.

    Inside a five-year age the persons are spread evenly: 18-19 are two fifths of 15-19.
    """
    low, high = age_span(band)
    fives = {b: n for b, n in _five_year_ages(card).items() if age_span(b)[0] >= 15}
    inside = {}
    for five, persons in fives.items():
        first, last = age_span(five)
        last = min(last, first + 4)
        years = max(min(last, high) - max(first, low) + 1, 0)
        inside[five] = persons * years / (last - first + 1)
    part: Floats = gather(inside, ADULT_AGES) / gather(fives, ADULT_AGES)
    return part


def _five_year_ages(card: dict[str, Any]) -> dict[str, float]:
    fives: dict[str, float] = dict(card["ages_2018"]["persons"])
    for group, total in card["ages_2021"]["persons"].items():
        low, high = age_span(group)
        inside = [b for b in fives if low <= age_span(b)[0] <= high]
        factor = total / sum(fives[b] for b in inside)
        fives |= {b: fives[b] * factor for b in inside}
    return fives


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


def living_alone(card: dict[str, Any], persons: Floats) -> Floats:
    """Share living alone by adult age cell: FAM G2 by age, moved to the latest published total.

    The published bands are wider than the cells: from 40 on, where the share rises with age, the
    inside of a band follows the smoothest rising curve (:func:`portrea.stats.small_area.graduate`);
    below, it is flat. One logit shift then gives the total of the latest census.
    """
    facts = card["living_alone"]
    bands = np.array([cells_of(band, ADULT_AGES) for band in facts["shares"]])
    shares = np.array(list(facts["shares"].values()), dtype=np.float64)
    cells = shares @ bands
    rising = ADULT_AGES.index(_RISING_FROM)
    wide = bands[:, :rising].sum(1) == 0
    curve = graduate(
        mean_ages(card)[rising:], persons[rising:], bands[wide][:, rising:], shares[wide]
    )
    cells[rising:] = expit(curve)
    return close_to_total(persons, cells, float(facts["total_2020"]["persons"]))


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
