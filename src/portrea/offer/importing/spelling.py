"""Words compared as a person would: no accent, no case, no punctuation."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from portrea.offer.importing.parameters import parameters

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[a-z0-9]+")
_PARENTHESES = re.compile(r"\([^)]*\)")


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Return a text without accent nor case, apostrophes straight."""
    text = text.replace("’", "'").replace("œ", "oe").replace("Œ", "OE")
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


@lru_cache(maxsize=65536)
def key(text: str) -> str:
    """Return only the letters and digits of a text, for comparison."""
    return "".join(_WORD.findall(plain(text)))


@lru_cache(maxsize=16384)
def header_words(header: str) -> tuple[str, ...]:
    """Return the meaningful words of a column name: « Nom de la structure » → nom, structure."""
    outside = _PARENTHESES.sub(" ", header)
    words = _WORD.findall(plain(_CAMEL.sub(" ", outside if outside.strip() else header)))
    kept = tuple(word for word in words if word not in _small())
    return kept or tuple(words)


@cache
def _small() -> frozenset[str]:
    return frozenset(str(word) for word in parameters("parts")["small"])


@lru_cache(maxsize=16384)
def header_key(header: str) -> str:
    """Return the meaningful words of a column name, joined by spaces."""
    return " ".join(header_words(header))


def slug(text: str) -> str:
    """Return a short identifier: ``"Bus n° 3"`` gives ``bus-n-3``."""
    return "-".join(_WORD.findall(plain(text)))[:60].strip("-")


TAGS = re.compile(r"<[^<>]{0,500}>")
_BREAKS = re.compile(r"<(?:br|/?p|/?li|/?div|/?ul|/?tr)\b[^<>]{0,200}>", re.IGNORECASE)


def without_tags(text: str) -> str:
    """Return the words of an HTML fragment, its blocks on one line each (for hours and lists)."""
    if "<" not in text:
        return text
    lines = TAGS.sub(" ", _BREAKS.sub("\n", text)).replace("&nbsp;", " ").replace("&amp;", "&")
    kept = (re.sub(r"\s+", " ", line).strip(" -") for line in lines.splitlines())
    return "\n".join(line for line in kept if line)
