"""Which source does a table belong to? Every source gives its opinion, the surest one wins."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import portrea.sources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.sources.source import Peek, Source

ENOUGH = 0.5
"""Below this sureness a source is only named as the nearest candidate."""

TOOLS = frozenset({"conformance", "exports", "lists"})
"""Packages that serve any list, and are the source of none."""


@dataclass(frozen=True, slots=True)
class Match:
    """A source and how sure it is that the table is its own (0 to 1)."""

    source: Source
    sureness: float


@cache
def packages() -> Mapping[str, Any]:
    """Import and return every source of ``portrea.sources``, by identifier."""
    found = {item.name for item in pkgutil.iter_modules(portrea.sources.__path__) if item.ispkg}
    return {name: import_module(f"portrea.sources.{name}") for name in sorted(found - TOOLS)}


def sources() -> dict[str, Source]:
    """Return the sources that read files: packages exposing ``SOURCE``, by identifier."""
    return {name: module.SOURCE for name, module in packages().items() if hasattr(module, "SOURCE")}


def candidates(peek: Peek) -> list[Match]:
    """Return the sources that see something of theirs in the table, the surest first."""
    matches = [Match(source, source.recognise(peek)) for source in sources().values()]
    seen = [match for match in matches if match.sureness > 0]
    return sorted(seen, key=lambda match: (-match.sureness, match.source.id))


def recognise(peek: Peek) -> Source | None:
    """Return the source of a table, or ``None`` when none is sure enough."""
    best = next(iter(candidates(peek)), None)
    return best.source if best and best.sureness >= ENOUGH else None
