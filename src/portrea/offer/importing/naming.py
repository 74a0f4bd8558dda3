"""What the name of a column may mean: candidates with a score, before the values are looked at."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from portrea.offer.importing.mapping import DAYS, place_targets
from portrea.offer.importing.parameters import parameters
from portrea.offer.importing.people import personal_column
from portrea.offer.importing.spelling import header_key, header_words, key

if TYPE_CHECKING:
    from collections.abc import Mapping

Candidates = dict[str, float]
"""Field → how well the name fits, in [0, 1]."""
EXACT, HOLDS = 1.0, 0.85
_INDEX = re.compile(r"(?:^|[ ._])services?[ ._]([a-z_]+)[ ._](\d+)[ ._]([A-Za-z_0-9.]+)$")


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    """Return words of a name → fields it exactly means."""
    found: dict[str, tuple[str, ...]] = {}
    for target, card in place_targets().items():
        for name in card["names"]:
            told = header_key(str(name))
            found[told] = (*found.get(told, ()), target)
    return found


@lru_cache(maxsize=4096)
def candidates(header: str) -> tuple[tuple[str, float], ...]:
    """Return the fields that a column name may mean, the best first."""
    found: Candidates = {}
    for reading in (_of_services, _of_helpers, _of_programmes, _of_days, _of_names):
        for target, score in reading(header).items():
            found[target] = max(score, found.get(target, 0.0))
        if found and reading is not _of_names and max(found.values()) >= HOLDS:
            break
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def aside(header: str) -> str | None:
    """Return why a column is left aside by its very name, ``None`` when it is not."""
    if personal_column(header):
        return "donnée personnelle : jamais reprise"
    if header_key(header) in _technical():
        return "sans rapport avec la fiche d’un lieu"
    return None


@cache
def _technical() -> frozenset[str]:
    return frozenset(header_key(str(name)) for name in parameters("parts")["technical"])


def _of_names(header: str) -> Candidates:
    told = header_key(header)
    exact = _names().get(told, ())
    found: Candidates = dict.fromkeys(exact, EXACT)
    words = told.split()
    if exact or not words:
        return found
    for name, targets in _names().items():
        parts = name.split()
        if len(parts) < len(words) and _inside(parts, words):
            place = 0.12 if words[: len(parts)] == parts else 0.0
            score = 0.45 + 0.35 * len(parts) / len(words) + place
            for target in targets:
                found[target] = max(found.get(target, 0.0), min(score, HOLDS - 0.01))
    return found


def _inside(parts: list[str], words: list[str]) -> bool:
    width = len(parts)
    return any(words[i : i + width] == parts for i in range(len(words) - width + 1))


# -- days -----------------------------------------------------------------------------------------


def _of_days(header: str) -> Candidates:
    day = day_of(header_words(header))
    if day is None:
        return {}
    rest = set(header_words(header)) - set(parameters("parts")["days"][day])
    known = set(parameters("parts")["around_days"])
    return {f"hours.{day}": 0.95 if rest <= known else 0.5}


def day_of(words: tuple[str, ...]) -> str | None:
    """Return the only day named by some words."""
    days = parameters("parts")["days"]
    found = [day for day in DAYS if set(days[day]) & set(words)]
    return found[0] if len(found) == 1 else None


# -- blocks ---------------------------------------------------------------------------------------


def _of_services(header: str) -> Candidates:
    indexed = _INDEX.search(header)
    if indexed:
        block = _block(key(indexed[1]))
        if block is None:
            return {}
        service = f"services.{block}-{int(indexed[2]) + 1}"
        return {f"{service}.{part}": 0.97 for part in [_part(indexed[3])] if part}
    told = key(header)
    block = _block(told)
    if block is None:
        return {}
    rest = _after_block(header, block)
    if not rest.strip():
        return {f"services.{block}.offered": 0.95}
    part = _part(rest)
    return {f"services.{block}.{part}": 0.92} if part else {f"services.{block}.offered": 0.4}


def _block(told: str) -> str | None:
    """Return the block named at the beginning of a header; the longest words win."""
    found = [
        (len(key(str(words))), block)
        for block, names in parameters("parts")["blocks"].items()
        for words in names
        if told.startswith(key(str(words)))
    ]
    return max(found)[1] if found else None


def _after_block(header: str, block: str) -> str:
    """Return the words that follow the name of the block."""
    names = [key(str(words)) for words in parameters("parts")["blocks"][block]]
    longest = max((n for n in names if key(header).startswith(n)), key=len)
    length = next(i for i in range(len(header) + 1) if len(key(header[:i])) >= len(longest))
    return re.sub(r"^[^0-9A-Za-zÀ-ÿ%]+", "", header[length:])


def _part(rest: str) -> str | None:
    """Return what is told of a block: ``hours_week``, ``open.Mo``… ``None`` when not known."""
    words = header_words(rest)
    day = day_of(words)
    told = " ".join(
        word for word in words if day is None or word not in parameters("parts")["days"][day]
    )
    names = {
        header_key(str(name)): part
        for part, values in parameters("parts")["of_block"].items()
        for name in values
    }
    fits = [name for name in names if told == name or _inside(name.split(), told.split())]
    if not fits:
        return f"hours.{day}" if day and not told else None
    part = str(names[max(fits, key=len)])
    if day and part in ("hours", "open", "close", "pause", "frequency"):
        return f"{part}.{day}"
    return part


# -- helpers and programmes -----------------------------------------------------------------------


def _of_helpers(header: str) -> Candidates:
    """Return the role that a column counts or names: « Nombre d’agents », « Nom du conseiller »."""
    words = header_words(header)
    parts = parameters("parts")
    roles = [role for role, card in parts["roles"].items() if set(card["words"]) & set(words)]
    if len(roles) != 1:
        return {}
    counted = words[0] in parts["count_words"]
    named = words[0] in ("nom", "noms") and len(words) <= 4
    return {f"helpers.{roles[0]}": 0.9} if counted or named else {}


def _of_programmes(header: str) -> Candidates:
    told = header_key(header)
    return {
        f"programmes.{programme}": 0.9
        for programme, names in parameters("parts")["programme_columns"].items()
        if told in {header_key(str(name)) for name in names}
    }
