"""Where the workshops of a series go: the priority areas of access, in turn, to be ticked.

What is asked of the room of access is its usual question: who needs help with online procedures,
by car, ordered by the number of people badly served.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from portrea.action import turns
from portrea.action.planning import Occurrence
from portrea.reach.travel import default_travel
from portrea.steering.priority_words import SAID, UNDER
from portrea.steering.zones import zones_of
from portrea.territory import Level
from portrea.territory.codes import commune_of_iris
from portrea.web.accounts.scope import find, gazetteer
from portrea.web.action.models import Workshop
from portrea.web.action.services.series import coming
from portrea.web.action.workshops.selectors import turn_label, when_of
from portrea.web.reach.priority_asked import PriorityAsked
from portrea.web.reach.priority_selectors import page_of
from portrea.web.territories.living import living_reader

if TYPE_CHECKING:
    from portrea.steering.reading import Reader
    from portrea.web.accounts.scope import Key
    from portrea.web.action.models import Series
    from portrea.web.reach.priority_selectors import PriorityPage, Row

RURAL, QUARTER, TOWN = "rural", "quartier", "ville"
MOST = 60
"""Areas offered in a list."""
FEWEST = 3
"""A commune with fewer areas is looked at with those around it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A priority area as offered: its reference, its need with its interval, what kind it is."""

    row: Row
    kinds: tuple[str, ...]

    @property
    def told(self) -> str:
        """Return its kinds in words; an unknown one is said unknown."""
        return ", ".join(turn_label(kind) for kind in self.kinds) or "genre de lieu inconnu"

    @property
    def commune(self) -> str:
        """Return the commune where a workshop for this area would be."""
        level, _, code = self.row.reference.partition(":")
        return code if level == Level.COMMUNE else commune_of_iris(code) if level == "iris" else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A workshop without a place: whose turn it is, where it could be, and why there."""

    workshop: Workshop
    day: object
    turn: str
    chosen: Choice | None
    sure: bool
    passed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for a series: its lines, the areas that may be chosen, what they rest on.

    Under ``sparse`` inhabitants by km², a commune is called rural.
    """

    lines: tuple[Line, ...]
    choices: tuple[Choice, ...]
    settled: int
    page: PriorityPage
    quarters_known: bool
    computed_on: str
    sparse: int


def wide_enough(series: Series) -> Key:
    """Return the territory whose areas are offered: a commune of few areas takes its EPCI."""
    key = (series.level, series.code)
    known, found = gazetteer(), find(key)
    if known is None or found.level is not Level.COMMUNE or not found.epci:
        return key
    return key if len(known.children(found, Level.IRIS)) >= FEWEST else ("epci", found.epci)


def proposal_of(series: Series, key: Key) -> Proposal:
    """Return where the workshops to come of a series could be, in a territory.

    Raises
    ------
    PortreaError
        Nothing is computed there.
    """
    page, reader = page_of(PriorityAsked(f"{key[0]}:{key[1]}")), living_reader()
    under = {SAID[status] for status in UNDER}
    kinds = kinds_of(reader, page.level)
    choices = tuple(Choice(row, kinds.get(row.code, ())) for row in page.rows if row.said in under)[
        :MOST
    ]
    rows = list(coming(series))
    waiting = [one for one in rows if not one.area]
    return Proposal(
        _lines(series, waiting, choices),
        choices,
        len(rows) - len(waiting),
        page,
        _quarters_known(reader),
        reader.computed_on,
        int(_sparse()),
    )


def _lines(
    series: Series, waiting: list[Workshop], choices: tuple[Choice, ...]
) -> tuple[Line, ...]:
    """Propose in turn, away from what is planned already in the same territory."""
    named = {one.row.reference: one for one in choices}
    areas = [turns.Area(one.row.reference, frozenset(one.kinds)) for one in choices]
    wanted = [Occurrence(when_of(one).day, one.turn) for one in waiting]
    found = turns.propose(wanted, areas, taken=_taken(series, waiting))
    return tuple(
        Line(
            workshop,
            one.occurrence.day,
            turn_label(one.occurrence.turn),
            named.get(one.code or ""),
            one.sure,
            tuple((named[code].row.name, why) for code, why in one.passed),
        )
        for workshop, one in zip(waiting, found, strict=True)
    )


def _taken(series: Series, waiting: list[Workshop]) -> list[tuple[str, object]]:
    """Workshops of the same team that have a place: as an area, and as its commune."""
    rows = Workshop.objects.filter(
        level=series.level, code=series.code, structure=series.structure
    ).exclude(state=Workshop.State.CANCELLED)
    found = []
    for one in rows.exclude(pk__in=[waits.pk for waits in waiting]):
        where = {one.area, f"commune:{one.commune}" if one.commune else ""} - {""}
        found += [(area, when_of(one).day) for area in sorted(where)]
    return found


def kinds_of(reader: Reader, level: str) -> dict[str, tuple[str, ...]]:
    """Return the kinds of place that each commune or IRIS is known to be; none elsewhere.

    Rural is the sparsest class of density of the travel times; a quartier populaire is a commune
    with a quartier prioritaire (QPV). Which IRIS of it is one is not known.
    """
    return _kinds(str(reader.store.home), reader.computation_id, level)


@lru_cache(maxsize=4)
def _kinds(_home: str, _computation: str, level: str) -> dict[str, tuple[str, ...]]:
    reader = living_reader()
    if level not in ("commune", "iris"):
        return {}
    quarters = set(reader.snapshot.territories.filter(level="qpv")["commune"].to_list())
    most = _sparse()
    rows = zones_of(reader).select(
        code="commune" if level == "commune" else "code",
        commune="commune",
        density=pl.col("class_persons") / pl.col("class_area_km2"),
    )
    found = {}
    for code, commune, density in rows.unique("code", maintain_order=True).iter_rows():
        found[code] = _kind(density, most, commune in quarters if quarters else None, level)
    return found


def _kind(density: float | None, most: float, quarter: bool | None, level: str) -> tuple[str, ...]:
    rural = None if density is None else density < most
    found = [RURAL] if rural else []
    if quarter and level == "commune":
        found.append(QUARTER)
    if rural is False and quarter is False:
        found.append(TOWN)
    return tuple(found)


def _sparse() -> float:
    """Return the density under which a commune is rural, in inhabitants by km²."""
    return min(minimum for _, minimum in default_travel().classes if minimum)


def _quarters_known(reader: Reader) -> bool:
    return not reader.snapshot.territories.filter(level="qpv").is_empty()
