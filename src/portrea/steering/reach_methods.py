"""The methods of access and placement, each in plain words: one text for the site and the pack."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from portrea.steering.display import parameters
from portrea.steering.wording import mark

GROUPS = {
    "mesurer": "Mesurer l’accès",
    "choisir": "Choisir où regarder",
    "placer": "Placer une permanence ou une tournée",
}
"""What a method answers, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method: its plain and scholarly names, one sentence, a picture, when, what it misses."""

    id: str
    group: str
    name: str
    scholar: str
    note: str
    sentence: str
    picture: str
    when: str
    blind: str


@cache
def methods() -> dict[str, Method]:
    """Return the methods, in the order in which they are explained."""
    return {
        name: Method(name, **{key: mark(text) for key, text in card.items()})
        for name, card in parameters("reach_methods").items()
    }


def groups() -> tuple[tuple[str, str, tuple[Method, ...]], ...]:
    """Return the methods by what they answer: id, title, methods."""
    return tuple(
        (group, title, tuple(m for m in methods().values() if m.group == group))
        for group, title in GROUPS.items()
    )
