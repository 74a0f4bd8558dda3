"""Cells that tell values of a list: the standard's words, older words, everyday words."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from portrea.offer.importing.parameters import parameters
from portrea.offer.importing.spelling import key, plain, without_tags
from portrea.offer.importing.values import Note, Read, untold
from portrea.vocab.standards import mednum

if TYPE_CHECKING:
    from collections.abc import Mapping

STANDARD = {
    "offers": "services",
    "cost": "frais_a_charge",
    "publics": "publics_specifiquement_adresses",
    "special_care": "prise_en_charge_specifique",
    "support_modes": "modalites_accompagnement",
    "access_modes": "modalites_acces",
    "programmes": "dispositif_programmes_nationaux",
    "trainings": "formations_labels",
    "itinerance": "itinerance",
}
"""Our list → field of the mednum standard whose values it takes."""
_SPLITS = (
    r"\||\n|\"\s*,|,\s*\"|;",
    r"\s+[/•–-]\s+|(?<=\D)/(?=\D)|^\s*-\s*|(?<=[a-zé)])-\s(?=[A-ZÉ])",
    r",(?![^(]*\))",
)

Found = tuple[tuple[str, str], ...]
"""Pairs (our field, value): an older word may tell another field than its column's."""


@cache
def _known(name: str) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return comparison key → (field, value) of every word that a list knows."""
    field = STANDARD[name]
    ours = {standard: name for name, standard in STANDARD.items()}
    known: dict[str, tuple[tuple[str, str], ...]] = {}
    for values in mednum.legacy_values().values():
        for old, new in values.items():
            if new and (new[0] == field or _same_column(name, values, field)):
                known[key(old)] = ((ours.get(new[0], name), new[1]),)
    for other in _siblings(name):
        known |= {key(v): ((other, v),) for v in mednum.fields()[STANDARD[other]].values}
    for word, value in parameters("words").get(name, {}).get("words", {}).items():
        targets = value if isinstance(value, list) else [value]
        known[key(str(word))] = tuple((name, str(target)) for target in targets)
    return known


def _same_column(name: str, values: Mapping[str, tuple[str, str] | None], field: str) -> bool:
    return name in ("publics", "programmes") and any(v and v[0] == field for v in values.values())


def _siblings(name: str) -> tuple[str, ...]:
    """Return the lists whose values are found in the same column in practice."""
    families = (("publics", "special_care"), ("programmes", "trainings"), ("cost",))
    family = next((f for f in families if name in f), (name,))
    return (*(other for other in family if other != name), name)


@cache
def _nothing(name: str) -> frozenset[str]:
    """Return words that are known and tell no value (« Adultes »)."""
    silent = {
        key(old)
        for values in mednum.legacy_values().values()
        for old, new in values.items()
        if new is None
    }
    return frozenset(silent | {key(w) for w in parameters("words").get(name, {}).get("ignore", ())})


@cache
def _likes(name: str) -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    rules = parameters("words").get(name, {}).get("like", ())
    return tuple(
        (re.compile(plain(pattern)), tuple(value) if isinstance(value, list) else (value,))
        for pattern, value in rules
    )


@lru_cache(maxsize=65536)
def listed(name: str, cell: str) -> tuple[Found, tuple[str, ...]]:
    """Return the values told by a cell, and the pieces that tell none.

    A piece is looked for as a whole before it is cut at finer and finer separators.
    """
    found: dict[tuple[str, str], None] = {}
    strange: list[str] = []
    cell = without_tags(cell)
    for piece in _cut(cell, _SPLITS[0]):
        _read_piece(name, piece, 1, found, strange)
    return tuple(found), tuple(dict.fromkeys(strange))


def _cut(cell: str, pattern: str) -> list[str]:
    return [
        part for piece in re.split(pattern, cell) if (part := piece.strip(" \t\"'-•*.–,[]")) != ""
    ]


def _read_piece(
    name: str, piece: str, level: int, found: dict[tuple[str, str], None], strange: list[str]
) -> None:
    if untold(piece) or key(piece) in _nothing(name):
        return
    known = _known(name).get(key(piece))
    if known:
        found.update(dict.fromkeys(known))
        return
    smaller = _cut(piece, _SPLITS[level]) if level < len(_SPLITS) else [piece]
    if len(smaller) > 1 or (level + 1 < len(_SPLITS)):
        for part in smaller:
            _read_piece(name, part, level + 1, found, strange)
        return
    likely = next((values for shape, values in _likes(name) if shape.search(plain(piece))), None)
    if likely:
        found.update(dict.fromkeys((name, value) for value in likely))
    else:
        strange.append(piece)


def unknown_note(strange: tuple[str, ...]) -> Note | None:
    """Return the note that names the pieces left aside."""
    if not strange:
        return None
    shown = ", ".join(f"« {piece[:50]} »" for piece in strange[:4])
    more = f" et {len(strange) - 4} autres" if len(strange) > 4 else ""
    return Note("unknown-values", f"valeurs inconnues laissées de côté : {shown}{more}")


# -- single values --------------------------------------------------------------------------------


@cache
def _kinds() -> Mapping[str, str]:
    known = {
        key(str(card.get("label") or code)): code for code, card in mednum.typologies().items()
    }
    known |= {
        key(str(card["place"])): code
        for code, card in mednum.typologies().items()
        if card.get("place")
    }
    return known | {key(str(w)): str(v) for w, v in parameters("words")["kind"]["words"].items()}


@lru_cache(maxsize=16384)
def kind(cell: str) -> Read:
    """Return typology codes joined by ``|``."""
    codes: dict[str, None] = {}
    strange: list[str] = []
    for piece in [cell] if _kind_of(cell) else _cut(cell, r"[|;\n]|\"\s*,\s*\"|\s/\s|,"):
        code = _kind_of(piece)
        if code:
            codes[code] = None
        elif not untold(piece):
            strange.append(piece)
    note = None
    if strange:
        shown = ", ".join(f"« {piece[:50]} »" for piece in strange[:3])
        note = Note(
            "unknown-kind", f"type de lieu inconnu : {shown}", "Employez un type de la liste."
        )
    return "|".join(codes) or None, note


def _kind_of(piece: str) -> str | None:
    short = re.sub(r"\(.*?\)", "", piece)
    return (
        mednum.typology(piece)
        or _kinds().get(key(piece))
        or (_kinds().get(key(short)) if key(short) else None)
    )


def single(name: str, cell: str) -> Read:
    """Return one value of a small list (block, saturation)."""
    words: Mapping[str, Any] = parameters("words")[name]["words"]
    by_key = {key(str(word)): value for word, value in words.items()}
    value = by_key.get(key(cell))
    if value or untold(cell):
        return value, None
    return None, Note("unknown-values", "valeur inconnue, laissée de côté")


def words(cell: str) -> Read:
    """Return the pieces of a free list."""
    pieces = [
        piece for piece in _cut(without_tags(cell), r"[|;\n]|\"\s*,\s*\"|,") if not untold(piece)
    ]
    return tuple(dict.fromkeys(piece[:200] for piece in pieces)), None
