"""What a person types → the procedures perhaps meant: accents, typing errors, order, SMS spelling.

Every phrase of ``params/demarches.yaml`` is a bag of words that weigh the more as fewer procedures
use them. A phrase is worth the part of its weight that is found in what was typed, less what was
typed for nothing; a procedure is worth its best phrase.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from portrea.offer.orientation.foreign import empty_words, folded_words, phrases_in
from portrea.offer.orientation.procedures import procedures, table
from portrea.offer.orientation.rules import rules
from portrea.territory.naming import normalise
from portrea.vocab.languages import LANGUAGES, SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from portrea.offer.orientation.procedures import Procedure

LONGEST = 160
"""Characters read of what is typed."""
MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Proposal:
    """A procedure perhaps meant; ``score`` in [0, 1]."""

    procedure: Procedure
    score: float


def propose(text: str, *, most: int = 3, language: str = SOURCE) -> tuple[Proposal, ...]:
    """Return the procedures perhaps meant by some words, best first; none when nothing is near."""
    words = words_of(text, language)
    if not words:
        return ()
    book, rule = _book(language), rules().typed
    scores = np.maximum(_by_words(book, words), _glued(book, _without_spaces(text, language)))
    best = np.zeros(len(book.codes))
    np.maximum.at(best, book.owner, scores)
    found = procedures()
    order = np.argsort(-best, kind="stable")[:most]
    kept = [rank for rank in order if best[rank] >= rule["least"]]
    near = best[kept[0]] * rule["near_best"] if kept else 0.0
    return tuple(
        Proposal(found[book.codes[rank]], float(best[rank])) for rank in kept if best[rank] >= near
    )


def propose_in_any(text: str, language: str, *, most: int = 3) -> tuple[Proposal, ...]:
    """Return the procedures perhaps meant in the language that understands best.

    At equal likeness, the language of the page, then French: words are typed in the language of the
    person, or as they are read on a letter.
    """
    order = dict.fromkeys((language, SOURCE, *LANGUAGES))
    found = [propose(text, most=most, language=one) for one in order]
    return max(found, key=lambda one: round(one[0].score, 6) if one else 0.0)


def asks_which(proposals: tuple[Proposal, ...]) -> bool:
    """Whether the person must choose: two procedures are as likely, or none is sure."""
    rule = rules().typed
    if not proposals or proposals[0].score < rule["sure"]:
        return bool(proposals)
    return len(proposals) > 1 and proposals[0].score - proposals[1].score < rule["as_likely"]


# -- words ----------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def words_of(text: str, language: str = SOURCE) -> tuple[str, ...]:
    """Return the telling words of a text, folded: no accent, no plural, no empty word."""
    if language != SOURCE:
        empty = empty_words(language)
        folded = folded_words(text[:LONGEST], language)[: 2 * MOST_WORDS]
        return tuple(dict.fromkeys(word for word in folded if word not in empty))[:MOST_WORDS]
    short: Mapping[str, str] = table()["abreviations"]
    empty = _empty()
    typed = normalise(text[:LONGEST]).split()[: 2 * MOST_WORDS]
    whole = [part for word in typed for part in short.get(word, word).split()]
    told = [_singular(word) for word in whole if word not in empty]
    return tuple(dict.fromkeys(told))[:MOST_WORDS]


@cache
def _empty() -> frozenset[str]:
    return frozenset(str(word) for word in table()["vides"])


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


_SOUNDS = (
    (r"ph", "f"), (r"qu|ck|k", "c"), (r"eaux?|au", "o"), (r"ai|ei|ay|et$", "e"),
    (r"ill?|y", "i"), (r"[ct]ion", "sion"), (r"c(?=[ei])", "s"), (r"g(?=[ei])", "j"),
    (r"n(?=[pbm])", "m"), (r"h", ""), (r"(.)\1+", r"\1"), (r"(?:er|ez|e|t|d|s|z|p)+$", ""),
)  # fmt: skip
"""French sounds written in several ways, and silent endings."""


@lru_cache(maxsize=16384)
def sound_of(word: str) -> str:
    """Return how a word sounds, roughly: « retrete » and « retraite » are the same."""
    for pattern, written in _SOUNDS:
        word = re.sub(pattern, written, word)
    return word


# -- the book of phrases --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Book:
    """Phrases as bags of words: ``held`` phrases × words, with the weight of each word."""

    codes: list[str]
    owner: NDArray[np.int64]
    words: list[str]
    column: dict[str, int]
    sounds: dict[str, list[int]]
    length: NDArray[np.int64]
    weight: NDArray[np.float64]
    held: NDArray[np.float64]
    total: NDArray[np.float64]
    glued: list[str]
    language: str


@cache
def _book(language: str = SOURCE) -> _Book:
    found = procedures()
    codes = list(found)
    said = phrases_in(language) if language != SOURCE else {}
    pairs = [
        (text, rank)
        for rank, code in enumerate(codes)
        for text in (said[code] if said else found[code].phrases)
    ]
    texts = [text for text, _ in pairs if words_of(text, language)]
    kept = [(words, rank) for text, rank in pairs if (words := words_of(text, language))]
    vocabulary = sorted({word for words, _ in kept for word in words})
    column = {word: rank for rank, word in enumerate(vocabulary)}
    held = np.zeros((len(kept), len(vocabulary)))
    used = np.zeros((len(codes), len(vocabulary)), dtype=bool)
    for row, (words, rank) in enumerate(kept):
        for word in words:
            held[row, column[word]] = 1.0
            used[rank, column[word]] = True
    weight = 1.0 + np.log(len(codes) / used.sum(axis=0))
    return _Book(
        codes,
        np.array([rank for _, rank in kept]),
        vocabulary,
        column,
        _sounds(vocabulary) if language == SOURCE else {},
        np.array([len(word) for word in vocabulary]),
        weight,
        held * weight,
        held @ weight,
        [_without_spaces(text, language) for text in texts],
        language,
    )


def _sounds(words: list[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for rank, word in enumerate(words):
        found.setdefault(sound_of(word), []).append(rank)
    return found


def _without_spaces(text: str, language: str) -> str:
    if language != SOURCE:
        return "".join(folded_words(text[:LONGEST], language))
    return normalise(text[:LONGEST]).replace(" ", "")


# -- likeness -------------------------------------------------------------------------------------


def _by_words(book: _Book, words: tuple[str, ...]) -> NDArray[np.float64]:
    """Return what each phrase is worth: its weight found, less what was typed besides."""
    rule = rules().typed
    whole = np.array([_alike(word, book.language) for word in words])
    near = np.flatnonzero(whole.any(axis=0))  # few words of the book are like those typed
    alike, held = whole[:, near], book.held[:, near]
    found = (held @ alike.max(axis=0, initial=0.0)) / book.total
    used = np.minimum((held > 0) @ alike.T, 1.0)
    strength = (alike * book.weight[near]).max(axis=1, initial=0.0)
    strength[strength == 0] = rule["unknown"]
    explained = (used @ strength) / strength.sum()
    scores: NDArray[np.float64] = found * (1 - rule["spare"] + rule["spare"] * explained)
    return scores


@lru_cache(maxsize=8192)
def _alike(word: str, language: str) -> NDArray[np.float64]:
    """Return how much each word of the book is like a typed one, in [0, 1]."""
    book, rule = _book(language), rules().typed
    most = (len(word) >= rule["one_error_from"]) + (len(word) >= rule["two_errors_from"])
    told = np.zeros(len(book.words))
    if len(word) >= rule["beginning_from"]:
        first, last = bisect_left(book.words, word), bisect_left(book.words, word + "\uffff")
        told[first:last] = rule["beginning"]
    if most:
        errors = process.cdist([word], book.words, scorer=OSA.distance)[0]
        near = (errors <= most) & (book.length >= rule["one_error_from"])
        told[near] = np.maximum(told[near], 1.0 - rule["per_error"] * errors[near])
    sound = sound_of(word) if book.sounds else ""
    if len(sound) > 1:
        told[book.sounds.get(sound, [])] = rule["same_sound"]
    if len(word) > 4 and word[0] in "dljmtns" and word[1] in "aeiouyh":
        told[book.sounds.get(sound_of(word[1:]), [])] = rule["elided"]
    told[book.column.get(word, [])] = 1.0
    return told


def _glued(book: _Book, text: str) -> NDArray[np.float64]:
    """Return the likeness of phrases written without spaces: « cartevitale »."""
    rule = rules().typed
    scores = np.zeros(len(book.glued))
    if len(text) < rule["glued_from"]:
        return scores
    ratio = process.cdist([text], book.glued, scorer=OSA.normalized_similarity)[0]
    near = ratio >= rule["glued_least"]
    scores[near] = ratio[near]
    return scores
