"""Read a table of zones blanches and grises, whatever the exact words of its header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.errors import DataError
from portrea.sources.hand_tables import HandTable, find_roles, read_hand_table
from portrea.territory.naming import normalise

if TYPE_CHECKING:
    from portrea.sources.source import Peek

ROLES = {
    "code": ("code commune", "code insee", "codgeo", "insee com", "code", "commune", "insee"),
    "millesime": ("millésime", "année", "annee", "date", "vintage", "year"),
}
ZONES = {"blanche": "white", "grise": "grey"}
OF = {
    "population": ("population", "pop", "habitants", "habitant"),
    "area": ("surface", "superficie", "territoire"),
}
SURE = 0.9


def sureness(peek: Peek) -> float:
    """Return 0.9 when the header names a code and zones blanches or grises, 0 otherwise."""
    named = any(_zone(column) for column in peek.columns)
    return SURE if named and "code" in find_roles(peek.columns, ROLES) else 0.0


def read(peek: Peek) -> HandTable:
    """Return the rows as written; the columns of figures have the names of our variables.

    Raises
    ------
    DataError
        A column does not say whether its share is that of the population or of the surface.
    """
    roles = find_roles(peek.columns, ROLES)
    for column in peek.columns:
        zone = _zone(column)
        if zone:
            roles[f"mobile_{zone}_{_whole(column, peek)}"] = column
    return read_hand_table(peek, roles)


def _zone(column: str) -> str | None:
    words = [word.rstrip("s") for word in normalise(column).split()]
    found = [ours for word, ours in ZONES.items() if "zone" in words and word in words]
    return found[0] if len(found) == 1 else None


def _whole(column: str, peek: Peek) -> str:
    words = set(normalise(column).split())
    found = [ours for ours, known in OF.items() if words & set(known)]
    if len(found) == 1:
        return found[0]
    raise DataError(
        f"Dans le fichier {peek.name}, la colonne « {column} » ne dit pas de quoi elle est la"
        " part.",
        remedy="Renommez-la « part de la population en zone blanche » ou « part de la surface en "
        "zone blanche » (de même pour « zone grise »).",
    )
