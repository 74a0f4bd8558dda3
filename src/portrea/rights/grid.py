"""A table of archetypes computed in advance, for a first idea at once: rough, and said so.

An archetype is an age class, a couple or not, a count of children by class of age, a housing and
incomes on steps. What is asked between two steps is answered by the range of its neighbours.
"""

from __future__ import annotations

from itertools import combinations_with_replacement, product
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from portrea.base.progress import silent
from portrea.rights.answers import ALONE, SAME, WITHOUT, is_couple
from portrea.rights.catalogue import amounts_month, parameters, rights
from portrea.rights.households import Adult, Household, Housing, check
from portrea.rights.questions import amounts, question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from portrea.base.progress import Progress
    from portrea.rights.answers import Answers

    Ask = Callable[[Mapping[str, Any]], Mapping[str, Sequence[Any]]]

CHUNK = 5_000
"""Households of one question: beyond, OpenFisca takes too much memory."""
AGES = {"jeune": (18, 24, 22), "actif": (25, 61, 40), "retraite": (65, 110, 68)}
"""Class → youngest, eldest, and the age computed. From 62 to 64 nothing is prepared."""
CHILDREN = (
    (0, 2, (1, 0, 2)), (3, 5, (4, 3, 5)), (6, 10, (8, 7, 9)),
    (11, 14, (12, 11, 13)), (15, 17, (16, 15, 17)),
)  # fmt: skip
"""Class → youngest, eldest, and the ages computed of the first, second and third of the class."""
MOST_CHILDREN = 3
INCOMES = (0, 300, 600, 900, 1200, 1500, 1800, 2200, 2700, 3400)
PARTNERS = (0, 800, 1600, 2600)
RENTS = (150, 300, 500, 800)
ZONES = ("75112", "35238", "15001")
"""A commune of each zone of the housing aid: a first idea holds over the three."""
OWNER, LODGED, TENANT, NOWHERE = "proprietaire", "heberge", "locataire", "sans_domicile"
HOUSINGS = {
    Housing.PRIVATE: TENANT, Housing.SOCIAL: TENANT,
    Housing.OWNER: OWNER, Housing.LODGED: LODGED, Housing.HOMELESS: NOWHERE,
}  # fmt: skip
"""A furnished home and a hostel have ceilings of their own: nothing is prepared for them."""
BUILT = {housing: name for name, housing in HOUSINGS.items()} | {TENANT: Housing.PRIVATE}
KINDS = {"travail": "earnings", "chomage": "unemployment", "retraite": "pension"}


class Archetype(NamedTuple):
    """One row of the grid; ``children`` are ranks of classes of age, « 02 » a baby and a pupil."""

    age: str
    couple: bool
    children: str
    kind: str
    income: int
    partner: int
    housing: str
    rent: int
    zone: str

    def household(self) -> Household:
        """Return the household computed for this row."""
        age = AGES[self.age][2]
        incomes: dict[str, Any] = {KINDS[self.kind]: self.income}
        of_partner: dict[str, Any] = {KINDS[_kind_of_partner(self.age)]: self.partner}
        adults = [Adult(age=age, **incomes)]
        if self.couple:
            adults.append(Adult(age=age, **of_partner))
        return Household(
            commune=self.zone,
            housing=BUILT[self.housing],
            rent=self.rent,
            adults=tuple(adults),
            children=tuple(
                CHILDREN[int(rank)][2][self.children[:place].count(rank)]
                for place, rank in enumerate(self.children)
            ),
        )


def archetypes() -> Iterator[Archetype]:
    """Yield every row of the grid; without an income, its kind does not matter and is work."""
    homes = [(housing, 0, ZONES[1]) for housing in (OWNER, LODGED, NOWHERE)]
    homes += [(TENANT, rent, zone) for rent in RENTS for zone in ZONES]
    for age in AGES:
        kinds = ("retraite",) if age == "retraite" else ("travail", "chomage")
        incomes = [(kind, step) for kind in kinds for step in INCOMES if step or kind == kinds[0]]
        couples = [(False, 0), *((True, step) for step in PARTNERS)]
        for children, (kind, income), (couple, partner), home in product(
            _profiles(age), incomes, couples, homes
        ):
            yield Archetype(age, couple, children, kind, income, partner, *home)


def build(
    ask: Ask,
    month: str,
    *,
    rows: Sequence[Archetype] = (),
    progress: Progress = silent,
) -> pl.DataFrame:
    """Compute the grid of a month, ``CHUNK`` households by question.

    Parameters
    ----------
    ask
        Asks OpenFisca.
    rows
        Archetypes to compute, all of them by default.

    Returns
    -------
    DataFrame
        The columns of :class:`Archetype`, one by variable of the rights (euros), and ``month`` and
        ``engine``, the same on every row.
    """
    wanted, parts = list(rows or archetypes()), []
    check(wanted[0].household(), month=month)
    for first in range(0, len(wanted), CHUNK):
        progress(first / len(wanted), f"{first} cas sur {len(wanted)}")
        parts.append(_computed(wanted[first : first + CHUNK], month, ask))
    version = str(parameters()["engine"]["version"])
    return pl.concat(parts).with_columns(month=pl.lit(month), engine=pl.lit(version))


def is_of(grid: pl.DataFrame, day: date) -> bool:
    """Whether a grid holds the amounts that answer for a day, by the engine in use."""
    version = str(parameters()["engine"]["version"])
    return bool(grid["month"][0] == amounts_month(day) and grid["engine"][0] == version)


def near(answers: Answers, grid: pl.DataFrame) -> pl.DataFrame | None:
    """Return the rows around answers, or nothing where no archetype is like them.

    The age, the couple, the children, the situation and the incomes must be known; the housing and
    the rent may be missing.
    """
    wanted = _wanted(answers)
    if wanted is None:
        return None
    alike = [pl.col(name).is_in(values) for name, values in wanted.items()]
    if answers.situation in KINDS:
        alike.append((pl.col("kind") == answers.situation) | (pl.col("income") == 0))
    rows = grid.filter(*alike)
    return None if rows.is_empty() else rows


def amounts_of(rows: pl.DataFrame) -> dict[str, list[Any]]:
    """Return the amounts of rows of the grid, by variable, as OpenFisca would have told them."""
    names = {name for right in rights().values() for name in (right.variable, *right.also)}
    return {name: rows[name].to_list() for name in names}


def _computed(chunk: Sequence[Archetype], month: str, ask: Ask) -> pl.DataFrame:
    asked = question([one.household() for one in chunk], month=month)
    found = amounts(ask(asked), asked)
    keys = pl.DataFrame(chunk, schema=list(Archetype._fields), orient="row")
    told = {name: pl.Series(values, dtype=pl.Float32) for name, values in found.items()}
    return keys.with_columns(**told)


def _wanted(answers: Answers) -> dict[str, list[Any]] | None:
    """Return the values of the columns that are like the answers, if some are."""
    age, couple, children = _class_of_age(answers), _couple(answers), _profile(answers)
    if age is None or couple is None or children not in _profiles(age):
        return None
    if not _is_plain(answers) or not _has_kind(answers, age):
        return None
    income = _steps(INCOMES, _income(answers))
    partner = _partner_steps(answers, age) if couple else [0]
    home = _home(answers)
    if not income or not partner or home is None:
        return None
    same: dict[str, list[Any]] = {"age": [age], "couple": [couple], "children": [children]}
    return same | {"income": income, "partner": partner} | home


def _profiles(age: str) -> list[str]:
    """Return the counts of children prepared for a class of age of their parents."""
    if age == "retraite":
        return [""]
    classes, most = ("01", 1) if age == "jeune" else ("01234", MOST_CHILDREN)
    return [
        "".join(told)
        for count in range(most + 1)
        for told in combinations_with_replacement(classes, count)
    ]


def _is_plain(answers: Answers) -> bool:
    """Whether nothing was told that the archetypes do not have."""
    return (
        answers.disability in {None, "aucun"}
        and answers.residence in {None, "eee", "10"}
        and answers.before in {None, SAME}
    )


def _class_of_age(answers: Answers) -> str | None:
    """Return the class that holds the ages told, if one does."""
    told = answers.age or ()
    classes = {
        name
        for name, (low, high, _age) in AGES.items()
        if told and all(low <= age <= high for age in told)
    }
    return next(iter(classes), None)


def _couple(answers: Answers) -> bool | None:
    if is_couple(answers):
        return True
    return False if answers.partner == ALONE else None


def _profile(answers: Answers) -> str | None:
    if answers.children is None:
        return None
    ranks = [
        next(
            (str(rank) for rank, (low, high, _ages) in enumerate(CHILDREN) if low <= age <= high),
            "",
        )
        for age in answers.children
    ]
    return "".join(sorted(ranks)) if all(ranks) else None


def _income(answers: Answers) -> float | None:
    return 0 if answers.situation == WITHOUT else answers.income


def _has_kind(answers: Answers, age: str) -> bool:
    """Whether incomes of this kind are prepared at this age."""
    retired = answers.situation == "retraite"
    return answers.situation == WITHOUT or (
        answers.situation in KINDS and retired == (age == "retraite")
    )


def _partner_steps(answers: Answers, age: str) -> list[int]:
    if answers.partner == WITHOUT:
        return [0]
    if answers.partner != _kind_of_partner(age):
        return []
    return _steps(PARTNERS, answers.partner_income)


def _kind_of_partner(age: str) -> str:
    return "retraite" if age == "retraite" else "travail"


def _home(answers: Answers) -> dict[str, list[Any]] | None:
    if answers.housing is None:
        return {}
    housing = HOUSINGS.get(Housing(answers.housing))
    if housing is None:
        return None
    if housing != TENANT or answers.rent is None:
        return {"housing": [housing]}
    rents = _steps(RENTS, answers.rent)
    return {"housing": [housing], "rent": rents} if rents else None


def _steps(steps: Sequence[int], value: float | None) -> list[int]:
    """Return the step of a value, or the two around it; none beyond the last, or unknown."""
    if value is None or not steps[0] <= value <= steps[-1]:
        return []
    below = max(step for step in steps if step <= value)
    above = min(step for step in steps if step >= value)
    return sorted({below, above})
