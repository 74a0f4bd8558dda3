"""National standard of digital-mediation places (mednum 1.0.2), and its 0.1 ancestor as import.

Facts (fields, patterns, vocabularies, correspondence of versions) live in ``mednum.yaml``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

SEPARATOR = "|"
NO_PIVOT = "00000000000000"
"""What ANCT's tools write when the SIRET is unknown: never a key."""

Record = dict[str, str | None]
"""One place: field name → text of the cell, ``None`` when empty."""


@dataclass(frozen=True, slots=True)
class Field:
    """One of the 32 fields, as the schema declares it."""

    name: str
    title: str
    type: str
    required: bool = False
    unique: bool = False
    list: bool = False
    pattern: re.Pattern[str] | None = None
    longest: int | None = None
    values: tuple[str, ...] = ()


@cache
def _facts() -> dict[str, Any]:
    text = files("portrea.vocab.standards").joinpath("mednum.yaml").read_text("utf-8")
    facts: dict[str, Any] = yaml.safe_load(text)
    return facts


@cache
def fields() -> Mapping[str, Field]:
    """Return the 32 fields of version 1.0.2, in the column order of the standard."""
    facts = _facts()
    return {
        name: Field(
            name,
            card["title"],
            card["type"],
            card.get("required", False),
            card.get("unique", False),
            card.get("list", False),
            re.compile(card["pattern"]) if "pattern" in card else None,
            card.get("longest"),
            tuple(facts["vocabularies"].get(name, ())),
        )
        for name, card in facts["fields"].items()
    }


def version() -> str:
    """Return the version of the standard written and checked: ``1.0.2``."""
    return str(_facts()["version"])


def schema_spelling(value: str) -> str:
    """Return the spelling that the schema's pattern takes (it differs for one value)."""
    spelling: str = _facts()["schema_spelling"].get(value, value)
    return spelling


@cache
def typologies() -> Mapping[str, dict[str, str | None]]:
    """Return typology codes with their published ``label`` and everyday ``place`` words."""
    text = files("portrea.vocab").joinpath("typologies.yaml").read_text("utf-8")
    codes: dict[str, dict[str, str | None]] = yaml.safe_load(text)
    return codes


def kind_label(kind: str | None) -> str:
    """Return everyday French words for typology codes joined by ``|``: ``MUNI`` is « Mairie »."""
    cards = [(code, typologies().get(code, {})) for code in (kind or "").split(SEPARATOR) if code]
    words = [card.get("place") or card.get("label") or code for code, card in cards]
    return ", ".join(words) if words else "Lieu"


def typology(text: str) -> str | None:
    """Return the typology code meant by a cell (case and known aliases forgiven), else ``None``."""
    aliases: dict[str, str] = _facts()["typology_aliases"]
    text = aliases.get(text.strip().upper(), text.strip())
    known = {code.upper(): code for code in typologies()}
    return known.get(text.upper())


def overseas_phone(prefix: str) -> str | None:
    """Return the international code of an overseas national prefix (``0262`` gives ``+262``)."""
    code: str | None = _facts()["overseas_phones"].get(prefix)
    return code


# -- values of lists ------------------------------------------------------------------------------


def straight(text: str) -> str:
    """Return text in NFC with straight apostrophes, as the standard writes its values."""
    return unicodedata.normalize("NFC", text).replace("’", "'").replace("‘", "'")


def bare(text: str) -> str:
    """Return a comparison key: no accent, no case, no spaces (``Étapes numériques(La Poste)``)."""
    plain = unicodedata.normalize("NFD", straight(text))
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"\s+", "", kept).casefold()


@cache
def _by_bare(name: str) -> dict[str, str]:
    return {bare(value): value for value in fields()[name].values}


def value_of(name: str, text: str) -> str | None:
    """Return the vocabulary value meant by ``text``, spelling faults forgiven, else ``None``."""
    return _by_bare(name).get(bare(text))


# -- version 0.1 ----------------------------------------------------------------------------------


def legacy_separator() -> str:
    """Return what separates values in version 0.1: ``;``."""
    return str(_facts()["legacy"]["separator"])


def legacy_names() -> Mapping[str, str]:
    """Return field names of version 0.1 that changed, with their 1.x name."""
    renamed: dict[str, str] = _facts()["legacy"]["renamed"]
    return renamed


@cache
def legacy_values() -> Mapping[str, Mapping[str, tuple[str, str] | None]]:
    """Return, per 0.1 field, comparison key of each value → (1.x field, 1.x value) or ``None``."""
    return {
        name: {bare(old): tuple(new) if new else None for old, new in values.items()}
        for name, values in _facts()["legacy"]["values"].items()
    }


def is_legacy(columns: tuple[str, ...]) -> bool:
    """Whether a header is that of version 0.1: it has a field that version 1 renamed or split."""
    gone = {*legacy_names(), *legacy_values(), *_facts()["legacy"]["dropped"]} - set(fields())
    return bool(gone & set(columns))
