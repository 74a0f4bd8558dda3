"""What to bring to a place, by the procedures it handles: a generic list, to be asked by phone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.territory.naming import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Papers:
    """What to bring for a kind of procedure; ``title`` is empty for what is always useful."""

    title: str
    pieces: tuple[str, ...]


@cache
def _table() -> dict[str, Any]:
    text = files("portrea.offer").joinpath("params/a-apporter.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def to_bring(procedures: Iterable[str]) -> tuple[Papers, ...]:
    """Return what is always useful, then what the procedures told by a place ask for."""
    table = _table()
    told = f" {' '.join(normalise(name) for name in procedures)} "
    special = (
        Papers(kind["titre"], tuple(kind["pieces"]))
        for kind in table["demarches"]
        if any(f" {word} " in told for word in kind["mots"])
    )
    return (Papers("", tuple(table["toujours"])), *special)
