"""What lists tell of one place, field by field: which word counts, which are united.

A field shows the newest layer that tells it; when dates are as fresh, the most reliable. Lists of
values are united, blanks are filled by older layers, what only makes sense together (hours and
their text, both coordinates) comes from one layer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portrea.offer.content import FIELDS, SERVICES, Content

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from typing import TypeAlias

    from portrea.offer.reliability import CensusParameters


@dataclass(frozen=True, slots=True)
class Layer:
    """What one list tells of a place.

    ``told`` is the day the census learned this content, when the list's own date does not say it:
    for an undated list, or one whose word changed without its date.
    """

    source: str
    source_id: str
    content: Mapping[str, Any]
    updated: date | None
    reliability: int
    told: date | None = None

    @property
    def learned(self) -> date | None:
        """Return the day this word is at least as new as, ``None`` when nothing says it."""
        return max((day for day in (self.updated, self.told) if day), default=None)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who tells a field, when, how reliable; for a united list, its first source."""

    source: str
    date: date | None
    reliability: int
    fixed: bool = False


if TYPE_CHECKING:
    Cards: TypeAlias = Sequence[tuple[Layer, Mapping[str, Any]]]

# -- what goes together, what is united -----------------------------------------------------------

TOGETHER = {
    "hours": ("hours", "hours_text", "hours_confirmed"),
    "longitude": ("longitude", "latitude", "position"),
    "address": ("address", "address_more"),
}
"""Path that names a group → its members, all told by one layer."""
_HEAD = {member: head for head, members in TOGETHER.items() for member in members}
SILENT = {"hours_confirmed", "position"}
"""Members that are never news by themselves."""
UNITED = {
    field.path.rsplit(".", 1)[-1]
    for field in FIELDS
    if field.kind in {"emails", "urls", "words", "closures"}
    or (field.kind == "choices" and field.name not in {"cost", "itinerant"})
}
"""Lists of which every layer may know a part; others are one layer's word."""
_VAGUE = {"street": 1, "commune": 2}
"""How a point was found → how vague it is."""
ORDER = {field.path: rank for rank, field in enumerate(FIELDS)}
SERVICE_ORDER = {
    name: rank
    for rank, name in enumerate(
        ("block", "key", *(field.name for field in FIELDS if field.of_service))
    )
}


def tied(path: str) -> tuple[str, ...]:
    """Return the paths that go with a path, itself included, the one that names them first."""
    return TOGETHER.get(_HEAD.get(path, ""), (path,))


# -- merging --------------------------------------------------------------------------------------


def rank(layer: Layer) -> tuple[Any, ...]:
    """Newest first, then the most reliable; names settle the rest."""
    day = -layer.updated.toordinal() if layer.updated else 0
    return day, -layer.reliability, layer.source, layer.source_id


def told_by_lists(
    ranked: Sequence[Layer], parameters: CensusParameters
) -> tuple[Content, dict[str, Evidence]]:
    """Return what the lists alone say, and who tells each path."""
    evidence: dict[str, Evidence] = {}
    own = [(layer, layer.content) for layer in ranked]
    content = _merged(own, "", evidence, parameters)
    told: dict[str, list[tuple[Layer, Mapping[str, Any]]]] = {}
    for layer in ranked:
        for service in layer.content.get(SERVICES, ()):
            told.setdefault(service["key"], []).append((layer, service))
    services = [
        _merged(cards, f"{SERVICES}.{key}.", evidence, parameters) | {"key": key}
        for key, cards in told.items()
    ]
    if services:
        content[SERVICES] = [in_order(service, SERVICE_ORDER) for service in services]
    return content, evidence


def _merged(
    cards: Cards,
    prefix: str,
    evidence: dict[str, Evidence],
    parameters: CensusParameters,
) -> Content:
    """Return one value per field told by some card, and note who tells it."""
    names = {name for _, card in cards for name in card} - _NEVER
    found: Content = {}
    for name in names:
        head = _HEAD.get(name, name) if not prefix else name
        if name in UNITED:
            telling = [(layer, card[name]) for layer, card in cards if name in card]
            found[name] = _united(telling)
            layer = telling[0][0]
        else:
            layer, card = chosen(telling_of(cards, head, prefix), head, parameters)
            if name not in card:
                continue
            found[name] = card[name]
        evidence[prefix + name] = Evidence(layer.source, layer.updated, layer.reliability)
    return found if prefix else in_order(found, ORDER)


_NEVER = {"id", "key", "source", "updated", SERVICES}
"""What is not merged field by field."""


def in_order(content: Content, order: Mapping[str, int]) -> Content:
    """Return content with its fields in the order of a sheet."""
    return {name: content[name] for name in sorted(content, key=lambda n: (order.get(n, -1), n))}


def telling_of(cards: Cards, head: str, prefix: str) -> list[tuple[Layer, Mapping[str, Any]]]:
    """Return the cards that tell a field, or any member of the group it names."""
    members = (head,) if prefix else TOGETHER.get(head, (head,))
    return [(layer, card) for layer, card in cards if any(name in card for name in members)]


def chosen(
    telling: list[tuple[Layer, Mapping[str, Any]]], head: str, parameters: CensusParameters
) -> tuple[Layer, Mapping[str, Any]]:
    """Return the card whose word counts: among the freshest, the most reliable."""
    if len(telling) == 1:
        return telling[0]
    if head == "longitude":
        vague = [_VAGUE.get(card.get("position", ""), 0) for _, card in telling]
        telling = [card for card, how in zip(telling, vague, strict=True) if how == min(vague)]
    newest = telling[0][0].updated
    if newest is not None:
        telling = [
            (layer, card)
            for layer, card in telling
            if layer.updated and (newest - layer.updated).days < parameters.as_fresh_days
        ]
    return min(telling, key=lambda pair: (-pair[0].reliability, rank(pair[0])))


def _united(telling: Sequence[tuple[Layer, Sequence[Any]]]) -> list[Any]:
    found: dict[str, Any] = {}
    for _, values in telling:
        for value in values:
            found.setdefault(alike(value), value)
    return list(found.values())


def alike(value: Any) -> str:
    """Return what two spellings of a value share: case and a last slash change nothing."""
    if isinstance(value, str):
        return value.casefold().rstrip("/")
    return json.dumps(value, sort_keys=True)
