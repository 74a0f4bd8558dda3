"""The procedures that a territory may name, and the search in them: typing errors, synonyms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from rapidfuzz.distance import OSA

from portrea.offer.orientation.typed import sound_of, words_of
from portrea.web.accounts.scope import FRANCE, contains, key_of
from portrea.web.accounts.where import condition, keys_of
from portrea.web.action.models import Procedure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

LEAST, SURE, NEAR = 0.45, 0.75, 0.85
"""Likeness under which nothing is proposed, from which one is sure; part of the best to be near."""
_BEGINNING, _SOUND, _PER_ERROR = 0.9, 0.85, 0.15
_SPARE = 0.3
"""Part of a score that the words of the name not typed may take away."""


@dataclass(frozen=True, slots=True)
class Named:
    """A procedure perhaps meant; ``score`` in [0, 1]."""

    procedure: Procedure
    score: float


def procedures(territory_keys: Iterable[object] = ()) -> QuerySet[Procedure]:
    """Return the procedures in force: of the whole country, and of territories around or inside.

    ``territory_keys`` are keys or « commune:35188 »; none gives those of the whole country only.
    """
    keys = {key_of(one) for one in territory_keys}  # type: ignore[arg-type]
    rows = Procedure.objects.filter(retired=None)
    national = Q(level=FRANCE[0], code=FRANCE[1])
    if not keys:
        return rows.filter(national)
    held = rows.exclude(national).values_list("level", "code").order_by().distinct()
    near = [one for one in held if any(contains(one, key) or contains(key, one) for key in keys)]
    for level, code in near:
        national |= Q(level=level, code=code)
    return rows.filter(national)


def procedure_at(key: str) -> Procedure | None:
    """Return a procedure by its key, a retired one too."""
    return Procedure.objects.filter(key=key).first()


def retired_of(who: Any) -> list[Procedure]:
    """Return the retired procedures that someone may bring back."""
    keys = keys_of(who, "procedure.edit")
    return list(Procedure.objects.exclude(retired=None).filter(condition(keys)))


def procedure_named(
    typed: str, among: Sequence[Procedure] | None = None, *, most: int = 8
) -> list[Named]:
    """Return the procedures perhaps meant by some words, best first; none when nothing is near."""
    told = words_of(typed)
    rows = list(procedures()) if among is None else list(among)
    if not told or not rows:
        return []
    books = [_book(row.name, row.body, row.words) for row in rows]
    rarity = _rarity(tuple(books))
    found = [Named(row, _score(told, book, rarity)) for row, book in zip(rows, books, strict=True)]
    found.sort(key=lambda one: (-one.score, one.procedure.name, one.procedure.pk))
    return [one for one in found[:most] if one.score >= LEAST]


def procedure_sure(typed: str, among: Sequence[Procedure]) -> Procedure | None:
    """Return the one procedure that some words mean, ``None`` when two are as likely."""
    found = procedure_named(typed, among, most=2)
    if not found or found[0].score < SURE:
        return None
    alone = len(found) == 1 or found[1].score < NEAR * found[0].score
    return found[0].procedure if alone else None


@lru_cache(maxsize=2048)
def _book(name: str, body: str, words: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the words of the name, and all those by which a procedure may be found."""
    said = [name, body, *words.split(",")]
    return words_of(name), frozenset(word for text in said for word in words_of(text))


@lru_cache(maxsize=8)
def _rarity(books: tuple[tuple[tuple[str, ...], frozenset[str]], ...]) -> dict[str, float]:
    """Return what each word weighs: the more as fewer procedures are found by it."""
    used: dict[str, int] = {}
    for _name, words in books:
        for word in words:
            used[word] = used.get(word, 0) + 1
    return {word: 1.0 + log(len(books) / count) for word, count in used.items()}


def _score(
    told: tuple[str, ...], book: tuple[tuple[str, ...], frozenset[str]], rarity: dict[str, float]
) -> float:
    """Return the part of what was typed that is found, less what the name says besides."""
    name, words = book
    found = total = 0.0
    met: set[str] = set()
    for typed in told:
        like, word = max(((_alike(typed, one), one) for one in words), default=(0.0, ""))
        weight = rarity.get(word if like else typed, 1.0 + log(len(rarity)))
        found, total = found + weight * like, total + weight
        if like:
            met.add(word)
    named = sum(rarity[word] for word in name)
    besides = sum(rarity[word] for word in name if word not in met) / named if named else 0.0
    return (found / total) * (1 - _SPARE * besides)


@lru_cache(maxsize=65536)
def _alike(typed: str, word: str) -> float:
    """Return how much a typed word is like another, in [0, 1]."""
    if typed == word:
        return 1.0
    if len(typed) > 3 and word.startswith(typed):
        return _BEGINNING
    errors = (len(typed) > 3) + (len(typed) > 7)
    if errors and len(word) > 3:
        distance = OSA.distance(typed, word, score_cutoff=errors)
        if distance <= errors:
            return 1.0 - _PER_ERROR * distance
    sound = sound_of(typed)
    return _SOUND if len(sound) > 2 and sound == sound_of(word) else 0.0
