"""What a structure is called and where it is: told by the room that keeps the places.

This floor lies below the rooms and does not know their tables; the room of places registers its
answer once, from its ``AppConfig.ready``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Lookup = Callable[[str], "Structure | None"]
    Listing = Callable[[str], "list[Structure]"]


@dataclass(frozen=True, slots=True)
class Structure:
    """A structure that a person may keep: identifier, name, territory (``commune:35188``)."""

    id: str
    name: str
    territory: str


_lookups: list[Lookup] = []
_listings: list[Listing] = []


def register(lookup: Lookup) -> None:
    """Name the function that finds a structure by identifier."""
    _lookups[:] = [lookup]


def register_listing(listing: Listing) -> None:
    """Name the function that lists the structures of a commune, by name."""
    _listings[:] = [listing]


def structures_of(commune: str) -> list[Structure]:
    """Return the structures of a commune by name; none when no room keeps places."""
    return _listings[0](commune) if commune and _listings else []


def structure(identifier: str) -> Structure | None:
    """Return a structure, ``None`` when it is unknown or no room keeps places."""
    return _lookups[0](identifier) if identifier and _lookups else None


def is_known(identifier: str) -> bool:
    """Tell whether a structure exists (true when no room can say)."""
    return not _lookups or structure(identifier) is not None


def name_of_structure(identifier: str) -> str:
    """Return the name of a structure, its identifier when it is unknown."""
    found = structure(identifier)
    return found.name if found else identifier
