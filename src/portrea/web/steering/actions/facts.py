"""The closed list of what is measured of a territory: rules read it, actions are followed by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.errors import ParameterError, TerritoryError
from portrea.web.accounts.clocks import today_in
from portrea.web.steering.actions import portrait_facts, room_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Set
    from datetime import date

    from portrea.steering.committee import Fact

    Read = Callable[[str, date], Iterator[Fact]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A function that reads facts of a territory on a day, and the keys of all it may give."""

    read: Read
    keys: frozenset[str]


def _of(read: Read, keys: str) -> Measured:
    return Measured(read, frozenset(keys.split()))


SOURCES = (
    _of(portrait_facts.key_figures, "a1 a2 a3 b b_load c temps"),
    _of(portrait_facts.shares, "part part_france"),
    _of(portrait_facts.access, "loin"),
    _of(portrait_facts.zones, "zones"),
    _of(
        portrait_facts.places,
        "lieux horaires horaires_inconnus soirs samedis formation capacites satures sans_lieu",
    ),
    _of(portrait_facts.census, "fiches fauteuil"),
    _of(portrait_facts.take_up, "non_recours"),
    _of(room_facts.wishes, "envie ne_connait_pas"),
    _of(room_facts.surveys, "enquetes"),
    _of(room_facts.meetings, "reunions"),
    _of(room_facts.isolated, "isoles"),
    _of(room_facts.blocked, "blocages"),
    _of(room_facts.unanswered, "sans_reponse"),
    _of(room_facts.opened, "droits_ouverts"),
    _of(room_facts.activity, "aides satisfaites acceptees"),
)


def facts_of(territory: str, keys: Set[str] | None = None) -> dict[str, Fact]:
    """Return the facts of a territory as they are today, by key; what is not known is left out.

    Parameters
    ----------
    territory
        ``level:code``.
    keys
        Those wanted; ``None`` for all of them.
    """
    today = today_in(territory)
    found: dict[str, Fact] = {}
    for source in SOURCES:
        if keys is None or source.keys & keys:
            found |= {fact.key: fact for fact in _read(source, territory, today)}
    return found if keys is None else {key: found[key] for key in found if key in keys}


def _read(source: Measured, territory: str, today: date) -> list[Fact]:
    """Read a source; one that says nothing at this level or in this computation is left out."""
    try:
        return list(source.read(territory, today))
    except (ParameterError, TerritoryError):
        return []
