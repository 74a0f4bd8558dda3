"""What is given: each dataset, its words and the columns of its table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from portrea.steering.display import parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {
    "string": "texte", "number": "nombre", "integer": "nombre entier", "boolean": "oui ou non",
    "date": "date", "list": "plusieurs textes",
}  # fmt: skip
"""What a column may hold → how it is said."""
SEPARATOR = "|"
"""Between the values of a cell that holds several, in CSV and workbooks."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One column: what it is called, what it holds, and what secrecy does to it.

    ``kind`` is a key of :data:`KINDS`; ``unit`` is empty for what has none.
    """

    name: str
    label: str
    kind: str
    meaning: str
    unit: str = ""
    secrecy: str = ""
    required: bool = False
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def holds(self) -> str:
        """What the column holds, in French."""
        return KINDS[self.kind]

    def to_dict(self) -> dict[str, Any]:
        """Return what is told of the column, nothing empty."""
        told = asdict(self) | {"allowed": list(self.allowed), "required": self.required or None}
        return {name: value for name, value in told.items() if value not in (None, "", [])}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_dict` wrote."""
        return cls(**{**told, "allowed": tuple(told.get("allowed", ()))})


@dataclass(frozen=True, slots=True)
class Entry:
    """One dataset of the catalogue.

    ``group`` is the heading it stands under; ``family`` names who builds the table and writes its
    dictionary, ``levels`` the levels of its areas; ``frequency`` is an identifier of data.gouv.fr;
    ``standard`` the name of a schema of schema.data.gouv.fr, ``standard_version`` its version.
    """

    slug: str
    group: str
    title: str
    description: str
    quality: str
    family: str
    keywords: tuple[str, ...]
    frequency: str
    theme: str
    levels: tuple[str, ...] = ()
    standard: str = ""
    standard_version: str = ""


@cache
def entries() -> Mapping[str, Entry]:
    """Return every dataset by its slug, in the order of the catalogue."""
    told = parameters("catalogue")
    return {slug: _entry(slug, card, told["families"]) for slug, card in told["datasets"].items()}


def _entry(slug: str, card: Mapping[str, Any], families: Mapping[str, Any]) -> Entry:
    shared = families.get(card["family"], {})
    given = {**shared, **card}
    lists = {name: tuple(given.get(name, ())) for name in ("keywords", "levels")}
    return Entry(slug=slug, **(given | lists))
