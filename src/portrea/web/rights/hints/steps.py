"""What other rooms tell the pages of the hint; ``web.journeys`` registers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune perhaps meant by what is typed."""

    code: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure of the catalogue; ``link`` is empty when no source gives its official page."""

    name: str
    link: str
    source: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date that goes with a right, in French: what, when, and where it was read."""

    what: str
    when: str
    source: str


@dataclass(frozen=True, slots=True)
class Rooms:
    """What is asked to the other rooms.

    ``communes`` finds those perhaps meant by a name or a postcode, and raises ``TerritoryError``
    when nothing looks like one; ``place`` names a code; ``procedure`` reads the catalogue;
    ``deadlines`` tells the dates of some rules for who would ask on a day.
    """

    communes: Callable[[str], Sequence[Commune]]
    place: Callable[[str], str]
    procedure: Callable[[str], Procedure | None]
    deadlines: Callable[[Sequence[str], date], Sequence[Deadline]]


_held: list[Rooms] = []


def register(rooms: Rooms) -> None:
    """Say who answers, instead of whoever did."""
    _held[:] = [rooms]


def rooms() -> Rooms:
    """Return who answers."""
    return _held[0]
