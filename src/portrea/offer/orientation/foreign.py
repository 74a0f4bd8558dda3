"""Words typed in another language than French (``params/mots-des-langues.yaml``)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.offer.orientation.procedures import procedures
from portrea.vocab.languages import words_in

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS = re.compile(r"[^\W_]+")
_PARTS = re.compile(r"[:,()،؛;]")
_SAME = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و",
                       "ئ": "ي", "ـ": None, "'": None, "’": None})  # fmt: skip
"""Arabic letters written one for another, and signs that cut a word in two."""
_JOINED = re.compile(r"^(?:[وفبك]?ال|لل)(?=\w{3})")
"""The Arabic article, and what is written with it."""


@cache
def _table() -> dict[str, Any]:
    path = files("portrea.offer.orientation").joinpath("params/mots-des-langues.yaml")
    loaded: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return loaded


def folded_words(text: str, language: str) -> list[str]:
    """Return the words of a text without accents, vowel signs, plural nor article."""
    bare = text.casefold().translate(_SAME)
    bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    return [_root(word, language) for word in _WORDS.findall(bare)]


def _root(word: str, language: str) -> str:
    if language == "ar":
        return _JOINED.sub("", word)
    if language == "es" and len(word) > 5 and word.endswith("es"):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@cache
def empty_words(language: str) -> frozenset[str]:
    """Return the words that tell nothing of a procedure, folded."""
    told = _table()[language]["vides"]
    return frozenset(one for word in told for one in folded_words(str(word), language))


@cache
def phrases_in(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return, by procedure, its title part by part, then the words people use."""
    words, told = words_in(language), _table()[language]["phrases"]
    return {
        code: (*_parts(words.say(one.label)), *(str(text) for text in told[code]))
        for code, one in procedures().items()
    }


def _parts(title: str) -> list[str]:
    return [part.strip() for part in _PARTS.split(title) if part.strip()]
