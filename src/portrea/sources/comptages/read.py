"""Read a table of local counts, whatever its separator, encoding and header words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.sources.hand_tables import HandTable, find_roles, read_hand_table

if TYPE_CHECKING:
    from portrea.sources.source import Peek

ROLES = {
    "niveau": ("niveau", "échelon", "maille", "niveau géographique", "type de zone", "level"),
    "code": (
        "code", "code insee", "codgeo", "code zone", "code territoire", "code commune", "commune",
        "code iris", "iris", "code epci", "siren", "code département", "code région", "insee",
    ),
    "variable": ("variable", "indicateur", "mesure", "nom variable", "code variable"),
    "valeur": ("valeur", "effectif", "effectifs", "nombre", "nb", "comptage", "value", "total"),
    "millesime": ("millésime", "année", "annee", "date", "vintage", "year"),
    "source": ("source", "provenance", "origine", "producteur", "fournisseur"),
}  # fmt: skip
"""Role of a column → the words of a header that give it, whatever accents and case."""
NEEDED = ("code", "variable", "valeur")
SURE = 0.8
"""Three roles guessed right are enough; a producer's own file is recognised more surely."""


def sureness(peek: Peek) -> float:
    """Return 0.8 when the header names a code, a variable and a value, 0 otherwise."""
    if peek.container not in ("csv", "xlsx", "xls", "ods", "xlsm", "xlsb"):
        return 0.0
    found = find_roles(peek.columns, ROLES)
    return SURE if all(role in found for role in NEEDED) else 0.0


def read(peek: Peek) -> HandTable:
    """Return the rows as written."""
    return read_hand_table(peek, find_roles(peek.columns, ROLES))
