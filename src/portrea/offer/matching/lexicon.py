"""What Portrea knows of names, addresses and weights when it compares two cards (params)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Blocking:
    """Which cards are compared at all: metres, and sizes beyond which a key says nothing."""

    near_m: float
    wide_m: float
    crowded: int
    token_at_most: int
    key_at_most: int


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities from which a pair is merged without asking, or shown to a person."""

    merge: float
    merge_same_source: float
    queue: float
    opposed: float


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The whole of ``params/matching.yaml``."""

    roles: dict[str, str]
    kinds: dict[str, str]
    hosts: frozenset[str]
    single: frozenset[str]
    stop: tuple[str, ...]
    street_words: dict[str, str]
    street_types: tuple[str, ...]
    vague: frozenset[str]
    street_same: dict[str, str]
    blocking: Blocking
    thresholds: Thresholds
    weights: dict[str, float]
    signs: dict[str, int]
    chosen: frozenset[str]
    """Evidence whose weight was chosen, not learnt."""
    words: dict[str, str]
    """French words of each contribution, for the explanation."""

    def bit(self, role: str) -> int:
        """Return the bit of a role in a card's mask."""
        return 1 << list(self.roles).index(role)

    def mask(self, roles: frozenset[str]) -> int:
        """Return the mask of several roles."""
        return sum(self.bit(role) for role in roles)


@cache
def load_lexicon() -> Lexicon:
    """Return the dated words and weights shipped with Portrea."""
    text = files("portrea.offer").joinpath("params/matching.yaml").read_text("utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    weights = {name: float(card["weight"]) for name, card in raw["weights"].items()}
    words = {name: str(card["words"]) for name, card in raw["weights"].items()}
    blocking = {k: v for k, v in raw["blocking"].items() if k in Blocking.__slots__}
    thresholds = {k: v for k, v in raw["thresholds"].items() if k in Thresholds.__slots__}
    return Lexicon(
        roles=raw["roles"],
        kinds=raw["kinds"],
        hosts=frozenset(raw["hosts"]),
        single=frozenset(raw["single"]),
        stop=tuple(raw["stop"]),
        street_words=raw["street_words"],
        street_types=tuple(raw["street_types"]),
        vague=frozenset(raw["vague"]),
        street_same=raw["street_same"],
        blocking=Blocking(**blocking),
        thresholds=Thresholds(**thresholds),
        weights=weights,
        signs={name: int(card["sign"]) for name, card in raw["weights"].items()},
        chosen=frozenset(name for name, card in raw["weights"].items() if card.get("chosen")),
        words=words,
    )
