"""Synthetic households, drawn type by type and band by band: the same whatever the territory.

A stratum is a place (zone of the housing aid, or overseas) × a type of household × a band of what
it earns. Each draws from a generator of its own, so that no territory changes another's sample:
weighted by its own households of each stratum, one sample serves all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from portrea.rights.households import Adult, Household, Housing
from portrea.rights.synthetic.cells import Cell, cells, parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from numpy.typing import NDArray

PLACES = ("zone_1", "zone_2", "zone_3", "overseas")
LEAST = 4
"""Households drawn in a stratum, at least: below, their spread says nothing."""
OLDEST_CHILD = 19
YOUNGEST_MOTHER = 19
RETIRED = 65


@dataclass(frozen=True, slots=True)
class Stratum:
    """A place, a type of household, and the rank of its band of income (0: nothing earned)."""

    place: str
    cell: Cell
    band: int


def edges() -> tuple[float, ...]:
    """Return the bounds of the bands, in euros earned by month and consumption unit."""
    return tuple(float(edge) for edge in parameters()["edges"])


def bands() -> int:
    """Return how many bands there are: nothing, between two bounds, over the last one."""
    return len(edges()) + 1


def strata() -> list[Stratum]:
    """Return every stratum: places, then types, then bands varying fastest."""
    return [Stratum(*one) for one in product(PLACES, cells(), range(bands()))]


def sizes(households: int) -> NDArray[np.intp]:
    """Return how many households each stratum draws, so that all are at most ``households``.

    Bands over ``top.least`` euros, where nearly nothing is open, draw fewer.
    """
    top = parameters()["top"]
    lower = np.array([0.0, *edges()])
    part = np.where(lower >= top["least"], top["share"], 1.0)
    wanted = np.tile(part, len(PLACES) * len(cells()))
    whole = households / wanted.sum()
    found: NDArray[np.intp] = np.maximum(np.floor(wanted * whole), LEAST).astype(np.intp)
    return found


def draw(households: int, *, seed: int) -> Iterator[tuple[int, Household]]:
    """Draw about ``households`` of them, one at a time, with the rank of the stratum of each.

    The same for the same seed; those of a stratum follow one another.
    """
    for rank, (stratum, size) in enumerate(zip(strata(), sizes(households), strict=True)):
        generator = np.random.default_rng([seed, rank])
        for _drawn in range(int(size)):
            yield rank, _household(stratum, generator)


def typical(cell: Cell, earned: float, *, place: str = "zone_2") -> Household:
    """Return the household of a type that earns ``earned`` euros by month and unit, one worker."""
    age = _middle_age(cell)
    oldest = age - YOUNGEST_MOTHER
    children = tuple(min(4 + 5 * rank, oldest) for rank in range(cell.children))
    money = earned * cell.units
    adult = Adult(age=age, pension=money) if age >= RETIRED else Adult(age=age, earnings=money)
    return _housed(cell, place, (adult, *[Adult(age=age)] * (cell.adults - 1)), children)


def _middle_age(cell: Cell) -> int:
    told = parameters()["ages"][cell.age]
    return (int(told["from"]) + int(told["to"])) // 2


def _household(stratum: Stratum, generator: np.random.Generator) -> Household:
    cell = stratum.cell
    told = parameters()["ages"][cell.age]
    age = int(generator.integers(told["from"], told["to"] + 1))
    oldest = min(OLDEST_CHILD, age - YOUNGEST_MOTHER)
    ages = generator.integers(0, oldest + 1, cell.children)
    adults = _working(cell, age, _earned(stratum, generator), generator)
    return _housed(cell, stratum.place, adults, tuple(sorted(int(one) for one in ages)))


def _earned(stratum: Stratum, generator: np.random.Generator) -> float:
    """Return euros by month of the whole household, inside its band, on a grid of ``step``."""
    if not stratum.band:
        return 0.0
    bounds = (*edges(), edges()[-1] * 1.6)
    low, high = bounds[stratum.band - 1], bounds[stratum.band]
    step = float(parameters()["step"])
    money = float(generator.uniform(low, high)) * stratum.cell.units
    return max(step, step * round(money / step))


def _working(
    cell: Cell, age: int, money: float, generator: np.random.Generator
) -> tuple[Adult, ...]:
    told = parameters()["work"]
    chances = generator.uniform(size=3)
    couple = cell.adults == 2
    above = money / cell.units >= told["pivot"]
    both = couple and chances[0] < (told["both_above"] if above else told["both"])
    second = round(money * told["second"]) if both else 0.0
    kind = _kind_of_income(age, chances[1])
    activity = ""
    if cell.age == "young" and not cell.children and money / cell.units < told["student_below"]:
        activity = "etudiant"
    first = _adult(age, kind, money - second, activity)
    other = _kind_of_income(age, chances[2])
    return (first, _adult(age, other, second, activity)) if couple else (first,)


def _kind_of_income(age: int, chance: float) -> str:
    told = parameters()["work"]
    pension = told["pension"]
    retired = pension["from_65"] if age >= RETIRED else pension["between"]
    if age < told["pensioner_from"]:
        retired = pension["before"]
    if chance < retired:
        return "pension"
    left = (chance - retired) / max(1 - retired, 1e-9)
    return "earnings" if left < told["earnings"] else "unemployment"


def _adult(age: int, kind: str, money: float, activity: str) -> Adult:
    given: Mapping[str, Any] = {kind: money} if money else {}
    return Adult(age=age, activity=activity, **given)


def _housed(
    cell: Cell, place: str, adults: tuple[Adult, ...], children: tuple[int, ...]
) -> Household:
    told = parameters()["places"][place]
    rents = {"owner": 0.0, "private": float(told["rent"]), "social": float(told["social"])}
    more = float(told["more"]) * (len(adults) - 1 + len(children))
    rent = rents[cell.tenure]
    return Household(
        commune=str(told["commune"]),
        housing=Housing(parameters()["tenures"][cell.tenure]["housing"]),
        adults=adults,
        children=children,
        rent=rent + more if rent else 0.0,
    )
