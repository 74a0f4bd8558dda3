"""Communes where people are estimated to need help, and where none was noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import PortreaError
from portrea.steering.measures import count_number, words
from portrea.territory import Level
from portrea.web.accounts.scope import find, gazetteer
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.steering.document import Number
    from portrea.steering.reading import AreaEstimate
    from portrea.territory import Territory
    from portrea.web.accounts.scope import Key

MEASURE = "a1"
MOST = 15


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A commune without help noted: its name, how many are estimated to need it."""

    name: str
    reference: str
    number: Number


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many communes had help noted, and the most concerned of the others.

    ``computed`` is the day of the computation whose estimates these are.
    """

    helped: int
    total: int
    title: str
    universe: str
    computed: str
    without: tuple[Uncovered, ...]
    more: int


def coverage_of(territory: Key, helped: Mapping[str, int]) -> Coverage | None:
    """Return the coverage of a territory, ``None`` where its communes or estimates are unknown.

    ``helped`` counts the records by commune.
    """
    known = gazetteer()
    if known is None or territory[0] == Level.COMMUNE.value:
        return None
    try:
        communes = known.children(find(territory), Level.COMMUNE)
        keys = [(Level.COMMUNE.value, one.code) for one in communes]
        estimates = reader().estimates_of(keys)
    except PortreaError:
        return None
    if not communes:
        return None
    without = [(one, estimates.get((one.level.value, one.code, MEASURE))) for one in communes
               if not helped.get(one.code)]  # fmt: skip
    told = sorted(
        ((one, found) for one, found in without if found is not None and found.available),
        key=lambda pair: -(pair[1].count.value or 0),
    )
    about = words(MEASURE)
    return Coverage(
        helped=len(communes) - len(without),
        total=len(communes),
        title=about.title,
        universe=about.universe,
        computed=reader().computed_on,
        without=tuple(_uncovered(*pair) for pair in told[:MOST]),
        more=len(without) - len(told[:MOST]),
    )


def _uncovered(one: Territory, found: AreaEstimate) -> Uncovered:
    return Uncovered(one.name, f"{one.level.value}:{one.code}", count_number(found))
